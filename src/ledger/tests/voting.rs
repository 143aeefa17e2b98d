//! Votes, vote rounds, heartbeats, time-outs.

use super::*;
use crate::ledger::election::Blocked;

fn vote(bench: &mut Bench, from: MemberId, term: i64, end_index: i64, end_term: i64) -> (i64, VoteResult) {
    let request = Request::Vote {
        term: Term(term),
        ledger_end_index: Index(end_index),
        ledger_end_term: Term(end_term),
    };
    match bench.call(from, request) {
        Some(Response::Vote { term, result }) => (term.0, result),
        other => panic!("{other:?}"),
    }
}

/// A in term 3 with entries of terms 1, 2, 2.
fn voter() -> Bench {
    let mut bench = Bench::of_three(&[1, 2, 2]);
    bench.member.set_vote(Term(3), None);
    bench
}

#[test]
fn the_first_rule_that_fits_answers_a_vote_request() {
    use VoteResult::*;
    assert_eq!(vote(&mut voter(), MemberId(7), 3, 2, 2), (3, RejectUnknownLeader));
    assert_eq!(vote(&mut voter(), A, 3, 2, 2), (3, RejectUnexpectedLeader));
    // The log comes before the term: not even a larger term helps an older log.
    assert_eq!(vote(&mut voter(), B, 9, 5, 1), (3, RejectExpiredLedgerTerm));
    assert_eq!(vote(&mut voter(), B, 9, 1, 2), (3, RejectSmallLedgerEndIndex));
    assert_eq!(vote(&mut voter(), B, 2, 2, 2), (3, RejectExpiredVoteTerm));
    assert_eq!(vote(&mut voter(), B, 4, 2, 2), (3, RejectTermNotReady));
    assert_eq!(vote(&mut voter(), B, 3, 2, 2), (3, Accept));
    assert_eq!(vote(&mut voter(), B, 3, 0, 3), (3, Accept));

    let mut given = voter();
    given.member.set_vote(Term(3), Some(C));
    assert_eq!(vote(&mut given, B, 3, 2, 2), (3, RejectAlreadyVoted));
    assert_eq!(vote(&mut given, C, 3, 2, 2), (3, Accept), "a repeat is fine");
    given.follow(3);
    assert_eq!(vote(&mut given, B, 3, 2, 2), (3, RejectAlreadyHasLeader));

    // A member whose term file was lost: its log knows of a larger term than itself.
    let mut behind = voter();
    behind.member.set_vote(Term(1), None);
    assert_eq!(vote(&mut behind, B, 1, 2, 2), (2, RejectTermSmallThanLedger));
}

#[test]
fn a_vote_is_on_disk_before_its_answer_leaves() {
    let mut bench = voter();
    vote(&mut bench, B, 3, 2, 2);
    let disk = bench.member.into_disk(Micros::ZERO).vote.read().unwrap();
    assert_eq!((disk.term, disk.voted_for.as_deref()), (Term(3), Some("n1")));
}

#[test]
fn a_larger_term_is_reached_on_the_next_tick_and_then_kept_quiet_about() {
    let mut bench = voter();
    bench.follow(3);
    vote(&mut bench, B, 6, 2, 2);
    assert_eq!((bench.member.role(), bench.member.term()), (Role::Candidate, Term(3)));
    bench.run(Micros::millis(10));
    assert_eq!((bench.member.term(), bench.member.voted_for()), (Term(6), None));
    bench.run(Micros::millis(289));
    assert!(bench.sent().is_empty(), "it lets the one who made it move ask first");
    bench.run(Micros::millis(20));
    assert_eq!(bench.sent().len(), 2, "then it asks for itself");
}

/// Starts a vote round in term 3, gives it these answers of B and C, and says what came of it: the outcome,
/// and after how many milliseconds it would ask again.
fn round(answers: &[(VoteResult, i64)]) -> (ParseResult, u64) {
    let mut bench = voter();
    bench.member.elector.last_parse_result = ParseResult::WaitToRevote;
    bench.run(Micros::millis(2));
    let number = bench.member.elector.rounds;
    for (from, (result, term)) in [B, C].into_iter().zip(answers) {
        let response = Response::Vote { term: Term(*term), result: *result };
        bench.with(|m, ctx| m.on_answer(ctx, from, CallTag::Vote { round: number }, response));
    }
    if let Blocked::Voting(_) = bench.member.elector.blocked {
        bench.run(Micros::millis(2000));
    }
    let since = bench.member.elector.paused_since;
    let next = bench.member.elector.next_time_to_request_vote.map_or(0, |at| (at - since).as_millis());
    (bench.member.elector.last_parse_result, next)
}

#[test]
fn the_first_line_that_fits_ends_a_vote_round() {
    use ParseResult::*;
    use VoteResult::*;
    assert_eq!(round(&[(RejectExpiredVoteTerm, 5), (Accept, 3)]), (WaitToVoteNext, 300), "before PASSED");
    assert_eq!(round(&[(RejectExpiredVoteTerm, 5), (Unknown, -1)]), (WaitToVoteNext, 300));
    assert_eq!(round(&[(RejectAlreadyHasLeader, 3), (Accept, 3)]), (WaitToRevote, 6300));
    assert_eq!(round(&[(Unknown, -1), (Unknown, -1)]), (WaitToRevote, 300));
    let older = RejectExpiredLedgerTerm;
    assert_eq!(round(&[(older, 3), (older, 3)]), (WaitToRevote, 1300));
    assert_eq!(round(&[(Accept, 3)]), (Passed, 0));
    assert_eq!(round(&[(RejectTermNotReady, 2)]), (RevoteImmediately, 0));
    assert_eq!(round(&[(RejectAlreadyVoted, 3), (RejectAlreadyVoted, 3)]), (WaitToVoteNext, 300));
    assert_eq!(round(&[]), (WaitToRevote, 300), "silence");
}

#[test]
fn a_round_waits_no_longer_than_it_takes_to_know_how_it_ends() {
    use VoteResult::*;
    let open_after = |answers: &[VoteResult]| {
        let mut bench = voter();
        bench.run(Micros::millis(2));
        let tag = CallTag::Vote { round: bench.member.elector.rounds };
        for (from, result) in [B, C].into_iter().zip(answers) {
            let response = Response::Vote { term: Term(3), result: *result };
            bench.with(|m, ctx| m.on_answer(ctx, from, tag, response));
        }
        matches!(bench.member.elector.blocked, Blocked::Voting(_))
    };
    for result in [Accept, RejectTermNotReady, RejectAlreadyHasLeader] {
        assert!(!open_after(&[result]), "{result:?} of one is enough");
    }
    for result in [RejectAlreadyVoted, RejectExpiredVoteTerm, RejectSmallLedgerEndIndex, Unknown] {
        assert!(open_after(&[result]), "{result:?}: the other may still vote");
        assert!(!open_after(&[result; 2]), "{result:?} of all: a failed call is an answer too");
    }
}

#[test]
fn a_round_that_ran_into_a_larger_term_goes_straight_to_it() {
    let mut bench = voter();
    bench.run(Micros::millis(2));
    let tag = CallTag::Vote { round: bench.member.elector.rounds };
    for from in [B, C] {
        let response = Response::Vote { term: Term(9), result: VoteResult::RejectExpiredVoteTerm };
        bench.with(|m, ctx| m.on_answer(ctx, from, tag, response));
    }
    assert_eq!(bench.member.term(), Term(3));
    bench.run(Micros::millis(320));
    assert_eq!(bench.member.term(), Term(9));
}

fn heartbeat(bench: &mut Bench, from: MemberId, term: i64) -> (i64, Code) {
    match bench.call(from, Request::HeartBeat { term: Term(term) }) {
        Some(Response::HeartBeat { term, code }) => (term.0, code),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_rule_that_fits_answers_a_heartbeat() {
    let mut bench = voter();
    assert_eq!(heartbeat(&mut bench, MemberId(7), 3), (-1, Code::UnknownMember));
    assert_eq!(heartbeat(&mut bench, A, 3), (-1, Code::UnexpectedMember));
    assert_eq!(heartbeat(&mut bench, C, 2), (3, Code::ExpiredTerm));
    assert_eq!(heartbeat(&mut bench, C, 3), (-1, Code::Success));
    assert_eq!(heartbeat(&mut bench, C, 3), (-1, Code::Success));
    assert_eq!(heartbeat(&mut bench, B, 3), (-1, Code::InconsistentLeader));
    assert_eq!(heartbeat(&mut bench, B, 4), (-1, Code::TermNotReady));
    assert_eq!(bench.member.role(), Role::Candidate);
    bench.run(Micros::millis(20));
    assert_eq!(heartbeat(&mut bench, B, 4), (-1, Code::Success));
}

#[test]
fn a_follower_stands_after_more_than_six_seconds_of_silence_in_its_old_term() {
    let mut bench = voter();
    bench.run(Micros::millis(1));
    bench.follow(3);
    bench.sent();
    bench.run(Micros::millis(6000));
    assert_eq!(bench.member.role(), Role::Follower);
    bench.run(Micros::millis(11));
    assert_eq!(bench.member.role(), Role::Candidate);
    bench.run(Micros::millis(10));
    let asked = bench.sent();
    assert!(matches!(asked[..], [(B, _, Request::Vote { term: Term(3), .. }), (C, ..)]), "{asked:?}");
}

/// A leads; its first round of heartbeats gets these answers. Its role 20 ms later.
fn after_heartbeats(answers: &[(i64, Code)]) -> Bench {
    let mut bench = voter();
    let term = bench.elect();
    bench.run(Micros::millis(10));
    let round = bench.member.elector.rounds;
    for (from, (term, code)) in [B, C].into_iter().zip(answers) {
        let response = Response::HeartBeat { term: Term(*term), code: *code };
        bench.with(|m, ctx| m.on_answer(ctx, from, CallTag::HeartBeat { round }, response));
    }
    bench.out.clear();
    bench.run(Micros::millis(20));
    assert_eq!(bench.member.term().0, term, "a heartbeat round never raises the term");
    bench
}

#[test]
fn a_leader_that_hears_of_a_larger_term_steps_down_even_with_a_majority() {
    let bench = after_heartbeats(&[(-1, Code::Success), (9, Code::ExpiredTerm)]);
    assert_eq!(bench.member.role(), Role::Candidate);
    assert_eq!(bench.member.known_max_term, Term(9));
}

#[test]
fn a_leader_repeats_at_once_what_a_majority_was_not_ready_for() {
    let mut bench = after_heartbeats(&[(-1, Code::TermNotReady)]);
    assert!(bench.member.is_leader());
    assert!(bench.sent().iter().any(|(_, _, r)| matches!(r, Request::HeartBeat { .. })));
}

#[test]
fn a_leader_goes_on_after_a_round_that_a_majority_answered() {
    let mut bench = after_heartbeats(&[(-1, Code::Success)]);
    assert!(bench.member.is_leader());
    let heartbeats =
        |b: &mut Bench| b.sent().iter().filter(|(_, _, r)| matches!(r, Request::HeartBeat { .. })).count();
    assert_eq!(heartbeats(&mut bench), 0);
    bench.run(Micros::millis(1960));
    assert_eq!(heartbeats(&mut bench), 0);
    bench.run(Micros::millis(40));
    assert_eq!(heartbeats(&mut bench), 2);
}

#[test]
fn a_new_leader_whose_first_round_reaches_nobody_steps_down() {
    let unreachable = (-1, Code::NetworkError);
    assert_eq!(after_heartbeats(&[unreachable, unreachable]).member.role(), Role::Candidate);
}

#[test]
fn a_member_counts_down_to_what_it_does_next() {
    let mut bench = voter();
    assert_eq!(bench.member.countdown(), None, "it asks for votes at once");
    bench.run(Micros::millis(1));
    let (since, after) = (bench.now, |s| Micros::millis(1) + Micros::seconds(s));
    assert_eq!(bench.member.countdown(), Some(Countdown::Round { since, until: after(2) }));
    bench.run(Micros::millis(2100)); // nobody answers
    let since = Micros::millis(2001);
    let until = since + Micros::millis(300);
    assert_eq!(bench.member.countdown(), Some(Countdown::Retry { since, until }));

    let mut bench = voter();
    bench.now = Micros::millis(1);
    bench.follow(3);
    bench.run(Micros::seconds(2));
    let since = Micros::millis(1);
    assert_eq!(bench.member.countdown(), Some(Countdown::Election { since, until: after(6) }));

    let bench = after_heartbeats(&[(-1, Code::Success)]);
    let Some(Countdown::Heartbeat { since, until }) = bench.member.countdown() else {
        panic!("{:?}", bench.member.countdown())
    };
    assert_eq!(until, since + Micros::seconds(2));
}
