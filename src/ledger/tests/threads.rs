//! Threads run one by one.

use super::*;

fn pass(bench: &mut Bench, thread: Thread) {
    bench.with(|m, ctx| m.pass(ctx, thread));
}

#[test]
fn a_vote_asked_for_between_raising_the_term_and_asking_is_given() {
    let mut bench = Bench::of_three(&[1]);
    bench.member.elector.last_parse_result = ParseResult::WaitToVoteNext;
    pass(&mut bench, Thread::Maintainer);
    assert_eq!((bench.member.term(), bench.sent().len()), (Term(2), 0));
    let asked = Request::Vote { term: Term(2), ledger_end_index: Index(0), ledger_end_term: Term(1) };
    let given = Response::Vote { term: Term(2), result: VoteResult::Accept };
    assert_eq!(bench.call(B, asked), Some(given));
    pass(&mut bench, Thread::Maintainer);
    assert_eq!(bench.member.votes_granted(), Some(0), "its own vote is gone");
    assert_eq!(bench.sent().len(), 2, "it asks all the same");
}

#[test]
fn by_itself_it_raises_the_term_and_asks_at_once() {
    let mut bench = Bench::of_three(&[1]);
    bench.member.elector.last_parse_result = ParseResult::WaitToVoteNext;
    bench.run(Micros::millis(1));
    assert_eq!((bench.member.term(), bench.sent().len()), (Term(2), 2));
    assert_eq!(bench.member.votes_granted(), Some(1));
}

#[test]
fn what_was_only_taken_in_waits_for_its_thread() {
    let mut bench = Bench::of_three(&[]);
    bench.follow(0);
    let push = Push::Append { entries: [entry(0, 0)].into() };
    let request = Request::Push { term: Term(0), commit_index: Index::NONE, push };
    bench.with(|m, ctx| m.take_call(ctx, C, CallId(77), request));
    assert_eq!((bench.answer_to(CallId(77)), bench.terms()), (None, vec![]));
    assert_eq!(bench.member.next_pass(Thread::QuorumChecker, bench.now), None);
    assert!(bench.member.next_pass(Thread::EntryHandler, bench.now).is_some());
    pass(&mut bench, Thread::EntryHandler);
    assert!(bench.answer_to(CallId(77)).is_some());
    assert_eq!(bench.terms(), [0]);
}

#[test]
fn a_vote_that_decides_a_round_waits_for_the_maintainer() {
    let mut bench = Bench::of_three(&[]);
    bench.run(Micros::millis(1));
    let (tag, yes) =
        (CallTag::Vote { round: 1 }, Response::Vote { term: Term(0), result: VoteResult::Accept });
    bench.with(|m, ctx| m.take_answer(ctx, B, tag, yes));
    assert!(!bench.member.is_leader());
    assert_eq!(bench.member.next_pass(Thread::Maintainer, bench.now), Some(bench.now));
    pass(&mut bench, Thread::Maintainer);
    assert!(bench.member.is_leader());
}

#[test]
fn a_dispatcher_sends_one_append_in_a_turn() {
    let mut bench = Bench::of_three(&[]);
    let term = bench.elect();
    let append = |bench: &mut Bench| {
        bench.with(|m, ctx| m.take_append(ctx, body(), &mut |_, _| {}).unwrap());
    };
    append(&mut bench);
    let open = |bench: &mut Bench| {
        pass(bench, Thread::Dispatcher(B));
        let (_, tag, request) = bench.sent().pop().unwrap();
        let Request::Push { push, .. } = request else { panic!("{request:?}") };
        let yes = Response::Push(PushResponse::new(Term(term), Code::Success, &push));
        bench.with(|m, ctx| m.take_answer(ctx, B, tag, yes));
    };
    open(&mut bench); // COMPARE
    open(&mut bench); // TRUNCATE
    for _ in 0..3 {
        append(&mut bench);
    }
    for _ in 0..3 {
        pass(&mut bench, Thread::Dispatcher(B));
        assert_eq!(bench.sent().len(), 1);
    }
    pass(&mut bench, Thread::Dispatcher(B));
    assert_eq!(bench.sent().len(), 0);
}

#[test]
fn a_dispatchers_next_pass_is_that_of_its_own_peer() {
    let mut leader = Leader::new(&[1]);
    let compare = leader.pushes(B, 2).remove(0);
    leader.answer(B, &compare, Code::NotFollower);
    let (member, now) = (&leader.bench.member, leader.bench.now);
    let after_the_pause = Some(now + Micros::millis(500));
    assert_eq!(member.next_pass(Thread::Dispatcher(B), now), after_the_pause);
    assert_eq!(member.next_pass(Thread::Dispatcher(C), now), None, "blocked until C answers");
}
