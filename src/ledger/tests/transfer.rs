//! Handing the leadership over, from both sides, and to preferred members.

use super::*;
use crate::ledger::message::Output;

fn take(index: i64, term: i64) -> Request {
    Request::Transfer { term: Term(term), transferee: A, ledger_index: Index(index) }
}

fn code(response: Option<Response>) -> Option<Code> {
    response.map(|response| match response {
        Response::Transfer { code, .. } => code,
        other => panic!("{other:?}"),
    })
}

/// A follows C in term 5, with two entries, and was told by C to take over with these.
fn taking() -> (Bench, CallId) {
    let mut bench = follower(&[1, 5]);
    bench.run(Micros::millis(1));
    assert_eq!(code(bench.call(C, take(1, 5))), None, "answered when it is decided");
    let call = CallId(bench.calls);
    (bench, call)
}

fn hand_over(leader: &mut Leader, to: MemberId) -> Result<(), Code> {
    leader.bench.with(|m, ctx| m.transfer_leadership(ctx, to))
}

fn asked(leader: &mut Leader) -> Vec<(MemberId, CallTag, Request)> {
    let sent = leader.bench.sent().into_iter();
    sent.filter(|(_, _, request)| matches!(request, Request::Transfer { .. })).collect()
}

fn answer(leader: &mut Leader, from: MemberId, code: Code) {
    let term = Term(leader.term);
    let response = Response::Transfer { term, code };
    leader.bench.with(|m, ctx| m.on_answer(ctx, from, CallTag::Transfer { term }, response));
}

#[test]
fn a_leader_looks_at_member_role_distance_and_other_transfers_in_this_order() {
    let mut stranger = follower(&[1]);
    let unknown = stranger.with(|m, ctx| m.transfer_leadership(ctx, MemberId(7)));
    assert_eq!(unknown, Err(Code::UnknownMember));
    let refused = stranger.with(|m, ctx| m.transfer_leadership(ctx, B));
    assert_eq!(refused, Err(Code::NotLeader));

    // Nobody has acknowledged an entry of this term yet, so everybody seems to lack the whole log.
    let mut leader = Leader::new(&[1; 1000]);
    assert_eq!(hand_over(&mut leader, B), Err(Code::FallBehindTooMuch));
    let mut leader = Leader::new(&[1; 999]);
    assert_eq!(hand_over(&mut leader, B), Ok(()));
    assert_eq!(hand_over(&mut leader, C), Err(Code::LeaderTransferring));
}

#[test]
fn a_leader_that_hands_over_takes_no_appends_until_the_transfer_failed() {
    let mut leader = Leader::new(&[1, 1]);
    hand_over(&mut leader, B).unwrap();
    let request = Request::Transfer { term: Term(leader.term), transferee: B, ledger_index: Index(1) };
    assert_eq!(asked(&mut leader), [(B, CallTag::Transfer { term: Term(leader.term) }, request)]);
    let refused = leader.bench.with(|m, ctx| m.append(ctx, body(), |_, _| {}));
    assert_eq!(refused, Err(Code::LeaderTransferring));
    answer(&mut leader, B, Code::TakeLeadershipFailed);
    assert!(leader.bench.notes().contains(&Note::TransferEnded { to: B, code: Code::TakeLeadershipFailed }));
    leader.append();
}

#[test]
fn a_leader_that_still_leads_when_the_transferee_has_succeeded_goes_on() {
    let mut leader = Leader::new(&[]);
    hand_over(&mut leader, B).unwrap();
    answer(&mut leader, B, Code::Success);
    leader.append();
}

#[test]
fn a_leader_that_is_deposed_hands_nothing_over_any_more() {
    let mut leader = Leader::new(&[]);
    hand_over(&mut leader, B).unwrap();
    leader.bench.call(B, Request::HeartBeat { term: Term(leader.term + 1) });
    assert_eq!((leader.bench.member.role(), leader.bench.member.transferee()), (Role::Candidate, None));
}

#[test]
fn a_late_answer_of_an_earlier_leaderships_transferee_says_nothing_of_the_present_transfer() {
    let mut leader = Leader::new(&[]);
    hand_over(&mut leader, B).unwrap();
    let earlier = Term(leader.term);
    leader.bench.with(|m, ctx| m.change_to_candidate(ctx, m.term()));
    leader.term = leader.bench.elect();
    hand_over(&mut leader, C).unwrap();
    let late = Response::Transfer { term: earlier, code: Code::Success };
    leader.bench.with(|m, ctx| m.on_answer(ctx, B, CallTag::Transfer { term: earlier }, late));
    assert_eq!(leader.bench.member.transferee(), Some(C));
}

#[test]
fn a_transferee_takes_orders_from_its_leader_in_its_term() {
    let mut bench = follower(&[1, 5]);
    let other = Request::Transfer { term: Term(5), transferee: B, ledger_index: Index(1) };
    assert_eq!(code(bench.call(C, other)), Some(Code::UnexpectedArgument));
    assert_eq!(code(bench.call(B, take(1, 5))), Some(Code::InconsistentLeader));
    assert_eq!(code(bench.call(C, take(1, 4))), Some(Code::InconsistentTerm));
    assert_eq!((bench.member.role(), bench.member.term()), (Role::Follower, Term(5)));
}

#[test]
fn a_transferee_moves_to_the_next_term_and_asks_for_votes_after_a_candidates_pause() {
    let (mut bench, call) = taking();
    assert_eq!((bench.member.role(), bench.member.term()), (Role::Candidate, Term(5)));
    bench.run(Micros::millis(10));
    assert_eq!((bench.member.term(), bench.member.voted_for()), (Term(6), None));
    bench.out.clear();
    bench.run(Micros::millis(289));
    assert!(bench.sent().is_empty());
    bench.run(Micros::millis(11));
    assert_eq!(bench.sent().len(), 2);
    let round = bench.member.elector.rounds;
    let yes = Response::Vote { term: Term(6), result: VoteResult::Accept };
    bench.with(|m, ctx| m.on_answer(ctx, B, CallTag::Vote { round }, yes));
    assert!(bench.member.is_leader());
    assert_eq!(code(bench.answer_to(call)), Some(Code::Success));
}

#[test]
fn a_transferee_waits_a_second_for_the_entries_it_lacks() {
    let lacking = || {
        let mut bench = follower(&[1]);
        bench.run(Micros::millis(1));
        assert_eq!(code(bench.call(C, take(1, 5))), None);
        let call = CallId(bench.calls);
        (bench, call)
    };
    let (mut bench, call) = lacking();
    bench.push(C, 5, -1, append(1, 5));
    assert_eq!(bench.member.role(), Role::Follower, "it looks every 10 ms");
    bench.run(Micros::millis(10));
    assert_eq!(bench.member.role(), Role::Candidate);
    assert_eq!(code(bench.answer_to(call)), None);

    let (mut bench, call) = lacking();
    bench.run(Micros::millis(1000));
    assert_eq!(code(bench.answer_to(call)), None, "more than a second");
    bench.run(Micros::millis(10));
    assert_eq!(code(bench.answer_to(call)), Some(Code::TakeLeadershipFailed));
    assert_eq!(bench.member.role(), Role::Follower);

    // The term is looked at when the entries are there.
    let (mut bench, call) = lacking();
    bench.call(B, Request::HeartBeat { term: Term(7) });
    bench.run(Micros::millis(12));
    bench.call(B, Request::HeartBeat { term: Term(7) });
    bench.push(B, 7, -1, append(1, 7));
    bench.run(Micros::millis(10));
    assert_eq!(code(bench.answer_to(call)), Some(Code::InconsistentTerm));
}

#[test]
fn a_heartbeat_of_the_old_leader_before_the_tick_makes_a_transfer_fail() {
    let (mut bench, call) = taking();
    bench.call(C, Request::HeartBeat { term: Term(5) });
    assert_eq!((bench.member.role(), bench.member.leader()), (Role::Follower, Some(C)));
    assert_eq!(code(bench.answer_to(call)), Some(Code::TakeLeadershipFailed));
}

#[test]
fn a_heartbeat_of_the_old_leader_after_the_tick_is_told_of_the_larger_term() {
    let (mut bench, _) = taking();
    bench.run(Micros::millis(10));
    let beat = bench.call(C, Request::HeartBeat { term: Term(5) });
    assert_eq!(beat, Some(Response::HeartBeat { term: Term(6), code: Code::ExpiredTerm }));
}

#[test]
fn every_change_of_role_decides_about_a_take_over() {
    // Another leads the target's term.
    let (mut bench, call) = taking();
    bench.run(Micros::millis(10));
    bench.call(B, Request::HeartBeat { term: Term(6) });
    assert_eq!(code(bench.answer_to(call)), Some(Code::TakeLeadershipFailed));

    // Somebody is in a larger term.
    let (mut bench, call) = taking();
    bench.call(B, Request::HeartBeat { term: Term(7) });
    assert_eq!(code(bench.answer_to(call)), Some(Code::ExpiredTerm));

    // Somebody else asks for votes of the target's term: that changes nothing.
    let (mut bench, call) = taking();
    bench.call(B, Request::HeartBeat { term: Term(6) });
    assert_eq!((bench.member.role(), code(bench.answer_to(call))), (Role::Candidate, None));

    // It stands in its old term, or even leads it.
    let (mut bench, call) = taking();
    bench.with(|m, ctx| m.change_to_candidate(ctx, Term(5)));
    assert_eq!(code(bench.answer_to(call)), Some(Code::InternalError));
    let (mut bench, call) = taking();
    bench.with(|m, ctx| m.change_to_leader(ctx, Term(5)));
    assert_eq!(code(bench.answer_to(call)), Some(Code::InternalError));
    assert!(!bench.member.is_taking_leadership());
}

/// A is preferred, followed C in term 5, was told to take over, and has just moved to term 6.
fn preferred_taking(draw: fn(u64) -> u64) -> Bench {
    let config = Config { preferred_leaders: vec![A], ..Config::default() };
    let mut bench = Bench::with_config(&[1, 5], config);
    bench.follow(5);
    bench.run(Micros::millis(1));
    bench.call(C, take(1, 5));
    bench.now = bench.member.next_wakeup(bench.now).unwrap();
    let mut dice = |_, bound| draw(bound);
    bench.member.wake(&mut Context { now: bench.now, random: &mut dice, out: &mut bench.out });
    assert_eq!(bench.member.term(), Term(6));
    bench.out.clear();
    bench
}

#[test]
fn a_preferred_transferee_pauses_for_30_to_99_ms_only() {
    let mut bench = preferred_taking(|_| 0);
    let paused = |bench: &Bench| {
        bench.member.elector.next_time_to_request_vote.unwrap() - bench.member.elector.paused_since
    };
    assert_eq!(paused(&bench), Micros::millis(30));
    bench.run(Micros::millis(40));
    assert_eq!(bench.sent().len(), 2);

    let bench = preferred_taking(|bound| bound - 1);
    assert_eq!(paused(&bench), Micros::millis(99));
}

#[test]
fn a_preferred_transferee_refuses_rivals_with_no_better_log() {
    let vote = |bench: &mut Bench, index: i64, term: i64| {
        let asked =
            Request::Vote { term: Term(6), ledger_end_index: Index(index), ledger_end_term: Term(term) };
        match bench.call(B, asked) {
            Some(Response::Vote { result, .. }) => result,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(vote(&mut preferred_taking(|_| 0), 1, 5), VoteResult::RejectTakingLeadership);
    assert_eq!(vote(&mut preferred_taking(|_| 0), 2, 5), VoteResult::Accept);
    assert_eq!(vote(&mut preferred_taking(|_| 0), 0, 6), VoteResult::Accept);
    let (mut not_preferred, _) = taking();
    not_preferred.run(Micros::millis(10));
    assert_eq!(vote(&mut not_preferred, 1, 5), VoteResult::Accept);
}

/// A leads with entries of these terms, not preferred itself; B and C have just answered a heartbeat so.
fn leader_of_preferred(preferred: &[MemberId], terms: &[i64], heartbeats: [Code; 2]) -> Leader {
    let rules = Rules::SAFE.without(&[Rule::NoopOnElection]);
    let config = Config { preferred_leaders: preferred.to_vec(), rules, ..Config::default() };
    let mut leader = Leader::with_config(terms, config);
    leader.bench.run(Micros::millis(10));
    let round = leader.bench.member.elector.rounds;
    for (from, code) in [B, C].into_iter().zip(heartbeats) {
        let response = Response::HeartBeat { term: Term::NONE, code };
        leader.bench.with(|m, ctx| m.on_answer(ctx, from, CallTag::HeartBeat { round }, response));
    }
    leader.bench.sent();
    leader
}

/// Who is asked to take over in the next so many milliseconds.
fn asked_within(leader: &mut Leader, ms: u64) -> Vec<MemberId> {
    leader.bench.run(Micros::millis(ms));
    asked(leader).into_iter().map(|(to, ..)| to).collect()
}

const WELL: [Code; 2] = [Code::Success; 2];

#[test]
fn a_leader_looks_once_a_second_whether_a_preferred_member_should_lead() {
    let mut leader = leader_of_preferred(&[B], &[], WELL);
    // The first look is 1000 ms after the process started, at 1 ms.
    let ms_to_go = 1001 - leader.bench.now.as_millis();
    assert_eq!(asked_within(&mut leader, ms_to_go - 1), []);
    assert_eq!(asked_within(&mut leader, 1), [B]);
    leader.bench.run(Micros::millis(3));
    answer(&mut leader, B, Code::InconsistentLeader);
    assert_eq!(asked_within(&mut leader, 996), []);
    assert_eq!(asked_within(&mut leader, 1), [B], "at 2001 ms: the rate is fixed");
    assert_eq!(asked_within(&mut leader, 900), [], "one is running");
}

#[test]
fn a_leader_keeps_the_leadership_from_whom_it_cannot_or_need_not_hand_it_to() {
    let mut nobody = leader_of_preferred(&[], &[], WELL);
    assert_eq!(asked_within(&mut nobody, 1500), []);
    let mut itself = leader_of_preferred(&[A, B], &[], WELL);
    assert_eq!(asked_within(&mut itself, 1500), []);
    let mut unknown = leader_of_preferred(&[MemberId(7)], &[], WELL);
    assert_eq!(asked_within(&mut unknown, 1500), []);
    let mut dead = leader_of_preferred(&[B], &[], [Code::NetworkError, Code::Success]);
    assert_eq!(asked_within(&mut dead, 1500), []);
    // Whatever a live member answers, it is live.
    let mut live = leader_of_preferred(&[B], &[], [Code::TermNotReady, Code::Success]);
    assert_eq!(asked_within(&mut live, 1500), [B]);
    let mut behind = leader_of_preferred(&[B], &[1; 1000], WELL);
    assert_eq!(asked_within(&mut behind, 1500), []);
    let mut just_in_reach = leader_of_preferred(&[B], &[1; 999], WELL);
    assert_eq!(asked_within(&mut just_in_reach, 1500), [B]);
}

#[test]
fn of_several_preferred_members_the_least_behind_is_asked() {
    let mut leader = leader_of_preferred(&[B, C], &[], WELL);
    leader.append();
    leader.open(C);
    let pushes = leader.pushes(C, 2);
    leader.answer(C, &pushes[0], Code::Success);
    assert_eq!(asked_within(&mut leader, 1500), [C]);
}

#[test]
fn the_next_leader_begins_with_nobody_known_to_live() {
    let mut leader = leader_of_preferred(&[B], &[], WELL);
    leader.bench.with(|m, ctx| m.change_to_candidate(ctx, m.term()));
    leader.bench.with(|m, ctx| m.change_to_leader(ctx, m.term()));
    assert_eq!(leader.bench.member.live, [false; 3]);
    assert!(
        !leader.bench.out.iter().any(|o| matches!(o, Output::Call { request: Request::Transfer { .. }, .. }))
    );
}
