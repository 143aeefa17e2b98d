//! Each rule that every program keeps, kept and not.

use super::rules::{both, follower_without, role_after, without};
use super::*;
use crate::ledger::election::Blocked;

/// B or C asks A for its vote, with the end of its log.
fn vote(bench: &mut Bench, from: MemberId, term: i64, (index, of): (i64, i64)) -> VoteResult {
    let request =
        Request::Vote { term: Term(term), ledger_end_index: Index(index), ledger_end_term: Term(of) };
    match bench.call(from, request) {
        Some(Response::Vote { result, .. }) => result,
        other => panic!("{other:?}"),
    }
}

#[test]
fn remember_vote() {
    let run = |rules: &[Rule]| {
        let mut bench = Bench::with_config(&[], without(rules));
        bench.member.set_vote(Term(3), None);
        vote(&mut bench, B, 3, (0, 3));
        let disk = bench.member.into_disk(bench.now).recover().unwrap();
        assert_eq!(disk.vote.backup(), Some("voteLeader=\ncurrTerm=3\n"), "the backup stays");
        bench.member = Member::start(A, 3, without(rules), disk, Micros::millis(1));
        let remembered = bench.member.term().0;
        let first = vote(&mut bench, C, 3, (0, 3)); // makes it take the term, if it has not
        bench.run(Micros::millis(20));
        (remembered, first, vote(&mut bench, C, 3, (0, 3)))
    };
    let kept = (3, VoteResult::RejectAlreadyVoted, VoteResult::RejectAlreadyVoted);
    both(Rule::RememberVote, run, kept, (0, VoteResult::RejectTermNotReady, VoteResult::Accept));
}

#[test]
fn compare_logs_before_voting() {
    let run = |rules: &[Rule]| {
        [(9, 1), (1, 2)].map(|end| {
            let mut bench = Bench::with_config(&[1, 2, 2], without(rules));
            bench.member.set_vote(Term(3), None);
            vote(&mut bench, B, 3, end)
        })
    };
    let kept = [VoteResult::RejectExpiredLedgerTerm, VoteResult::RejectSmallLedgerEndIndex];
    both(Rule::CompareLogsBeforeVoting, run, kept, [VoteResult::Accept; 2]);
}

/// Votes that a member of such a group needs to lead, its own among them.
fn votes_needed(members: u8, rules: &[Rule]) -> u8 {
    let mut bench = Bench::in_group(members, &[], without(rules));
    bench.run(Micros::millis(5));
    let accept = Response::Vote { term: Term(0), result: VoteResult::Accept };
    let mut votes = 1;
    while !bench.member.is_leader() {
        let tag = CallTag::Vote { round: bench.member.elector.rounds };
        bench.with(|m, ctx| m.on_answer(ctx, MemberId(votes), tag, accept));
        votes += 1;
    }
    votes
}

#[test]
fn majority_to_win() {
    let run = |rules: &[Rule]| [1, 2, 3, 4, 5].map(|members| votes_needed(members, rules));
    both(Rule::MajorityToWin, run, [1, 2, 2, 3, 3], [1, 1, 1, 2, 2]);
}

/// Copies after which an entry is committed, the leader's own among them.
fn copies_needed(members: u8, rules: &[Rule]) -> u8 {
    let config = without(&[rules, &[Rule::NoopOnElection, Rule::MajorityToWin]].concat());
    let mut bench = Bench::in_group(members, &[], config);
    bench.run(Micros::millis(5));
    if !bench.member.is_leader() {
        bench.elect();
    }
    bench.with(|m, ctx| m.append(ctx, body(), |_, _| {})).unwrap();
    bench.run(Micros::millis(2));
    let mut copies = 1;
    while bench.member.committed_index() == Index::NONE {
        bench.with(|m, _| m.count_copy(MemberId(copies), Index(0)));
        bench.run(Micros::millis(2));
        copies += 1;
    }
    copies
}

#[test]
fn majority_to_commit() {
    let run = |rules: &[Rule]| [1, 2, 3, 4, 5].map(|members| copies_needed(members, rules));
    both(Rule::MajorityToCommit, run, [1, 2, 2, 3, 3], [1, 1, 1, 2, 2]);
}

#[test]
fn raise_the_term() {
    // A has voted for B in term 3, and nobody votes for A.
    let run = |rules: &[Rule]| {
        let mut bench = Bench::with_config(&[], without(rules));
        bench.member.set_vote(Term(3), Some(B));
        bench.run(Micros::millis(5));
        for peer in [B, C] {
            let tag = CallTag::Vote { round: bench.member.elector.rounds };
            let no = Response::Vote { term: Term(3), result: VoteResult::RejectAlreadyVoted };
            bench.with(|m, ctx| m.on_answer(ctx, peer, tag, no));
        }
        assert!(matches!(bench.member.elector.blocked, Blocked::No));
        let before_it_asks_again = vote(&mut bench.clone(), C, 3, (-1, -1));
        bench.run(Micros::millis(350));
        (before_it_asks_again, bench.member.term().0, bench.member.voted_for())
    };
    let kept = (VoteResult::RejectAlreadyVoted, 4, Some(A));
    both(Rule::RaiseTheTerm, run, kept, (VoteResult::Accept, 3, Some(A)));
}

#[test]
fn a_larger_term_heard_of_is_taken_over_even_if_terms_are_not_raised() {
    let mut bench = Bench::with_config(&[], without(&[Rule::RaiseTheTerm]));
    vote(&mut bench, B, 6, (-1, -1));
    bench.run(Micros::millis(20));
    assert_eq!((bench.member.term(), bench.member.voted_for()), (Term(6), None));
}

#[test]
fn vote_once_a_term() {
    let run = |rules: &[Rule]| {
        let mut bench = follower_without(&[1], rules); // of C in term 5
        bench.run(Micros::millis(6005));
        assert_eq!((bench.member.role(), bench.member.term()), (Role::Candidate, Term(5)));
        vote(&mut bench, B, 5, (0, 1))
    };
    both(Rule::VoteOnceATerm, run, VoteResult::RejectAlreadyVoted, VoteResult::Accept);
}

#[test]
fn step_down_on_larger_term() {
    let asked = |rules: &[Rule]| {
        let mut leader = Leader::without(&[1], rules);
        let result = vote(&mut leader.bench, B, 9, (0, 1));
        let member = &leader.bench.member;
        (result, member.role(), member.term().0)
    };
    let not_ready = VoteResult::RejectTermNotReady;
    both(Rule::StepDownOnLargerTerm, asked, (not_ready, Role::Candidate, 2), (not_ready, Role::Leader, 9));

    let told = |rules: &[Rule]| {
        let mut leader = Leader::without(&[1], rules);
        leader.bench.call(C, Request::HeartBeat { term: Term(9) });
        leader.bench.run(Micros::seconds(1));
        // Now it is of C's term, and leads in it, or not.
        let again = leader.bench.call(C, Request::HeartBeat { term: Term(9) });
        let Some(Response::HeartBeat { code, .. }) = again else { panic!("{again:?}") };
        (code, leader.bench.member.role())
    };
    let kept = (Code::Success, Role::Follower);
    both(Rule::StepDownOnLargerTerm, told, kept, (Code::InconsistentLeader, Role::Leader));

    let minority = [Code::Success, Code::ExpiredTerm];
    both(Rule::StepDownOnLargerTerm, |rules| role_after(rules, minority), Role::Candidate, Role::Leader);
}

#[test]
fn a_leader_that_does_not_step_down_writes_entries_of_the_term_it_took_over() {
    let mut leader = Leader::without(&[1], &[Rule::StepDownOnLargerTerm]);
    vote(&mut leader.bench, B, 9, (0, 1));
    leader.append();
    assert_eq!(leader.bench.terms(), [1, 9]);
    assert_eq!(vote(&mut leader.bench, B, 9, (1, 9)), VoteResult::Accept, "and votes for another");
}

#[test]
fn truncate_conflicts() {
    let run = |rules: &[Rule]| {
        let mut bench = follower_without(&[1, 2, 2], rules);
        let code = bench.push(C, 5, 1, truncate(1, 3)).unwrap().code;
        (code, bench.terms(), bench.member.committed_index().0)
    };
    let kept = (Code::Success, vec![1], 0);
    both(Rule::TruncateConflicts, run, kept, (Code::Success, vec![1, 2, 2], 1));
}
