//! The rule that no program keeps: what counts has reached the disk. Flushes are at 1 ms, 11 ms, 21 ms ...

use super::*;
use crate::ledger::Thread;

fn flushing() -> Config {
    let rules = Rules::SAFE.without(&[Rule::NoopOnElection]).with(Rule::FlushBeforeAcknowledging, true);
    Config { rules, ..Config::default() }
}

/// A follows C in term 5; it is 15 ms past the start.
fn follower_at_15(config: Config) -> Bench {
    let mut bench = Bench::with_config(&[1], config);
    bench.follow(5);
    bench.run(Micros::millis(15));
    bench
}

fn answers(bench: &Bench) -> Vec<Code> {
    let codes = bench.out.iter().filter_map(|output| match output {
        Output::Reply { response: Response::Push(response), .. } => Some(response.code),
        _ => None,
    });
    codes.collect()
}

#[test]
fn a_follower_acknowledges_what_a_flush_has_reached() {
    for (config, at_once) in [(Config::default(), Some(Code::Success)), (flushing(), None)] {
        let mut bench = follower_at_15(config);
        assert_eq!(bench.push(C, 5, -1, append(1, 5)).map(|answer| answer.code), at_once);
        bench.run(Micros::millis(5));
        assert_eq!(answers(&bench).first().copied(), at_once);
        bench.run(Micros::millis(1));
        assert_eq!(answers(&bench), [Code::Success]);
    }
}

#[test]
fn a_follower_says_that_logs_agree_where_a_flush_has_been() {
    let mut bench = follower_at_15(flushing());
    assert_eq!(bench.push(C, 5, -1, compare(0, 1)).unwrap().code, Code::Success);
    bench.push(C, 5, -1, append(1, 5));
    assert_eq!(bench.push(C, 5, -1, compare(1, 5)), None);
    assert_eq!(bench.push(C, 5, -1, compare(1, 4)).unwrap().code, Code::InconsistentState, "a no waits not");
    bench.run(Micros::millis(6));
    assert_eq!(answers(&bench)[2..], [Code::Success; 2]);
}

#[test]
fn a_repeat_is_answered_from_the_log_when_that_is_flushed() {
    let mut bench = follower_at_15(flushing());
    bench.push(C, 5, -1, append(1, 5));
    bench.push(C, 5, -1, append(1, 5));
    bench.with(|m, ctx| m.pass(ctx, Thread::GapCheck));
    assert_eq!(answers(&bench), []);
    bench.run(Micros::millis(6));
    assert_eq!(answers(&bench), [Code::Success; 2]);
}

#[test]
fn what_is_deleted_before_the_flush_is_not_acknowledged() {
    let mut bench = follower_at_15(flushing());
    bench.push(C, 5, -1, append(1, 5));
    bench.push(C, 5, -1, append(2, 5));
    bench.follow(6);
    assert_eq!(bench.push(C, 6, -1, truncate(2, 6)).unwrap().code, Code::Success);
    bench.push(C, 6, -1, append(2, 6));
    bench.run(Micros::millis(6));
    let (gone, success) = (Code::InconsistentState, Code::Success);
    assert_eq!(answers(&bench), [gone, success, success, success]);
}

#[test]
fn a_leaders_own_copy_counts_after_the_flush() {
    for (config, committed_at_20) in [(Leader::without(&[], &[]).bench.member.config, 0), (flushing(), -1)] {
        let mut bench = Bench::in_group(1, &[], config);
        bench.run(Micros::millis(15));
        assert!(bench.member.is_leader());
        bench.with(|m, ctx| m.append(ctx, body(), |_, _| {})).unwrap();
        bench.run(Micros::millis(5));
        assert_eq!(bench.member.committed_index(), Index(committed_at_20));
        bench.run(Micros::millis(2));
        assert_eq!(bench.member.committed_index(), Index(0));
    }
}

#[test]
fn a_leader_pushes_what_a_flush_has_reached_and_no_more() {
    let mut config = flushing();
    config.batch_append = true;
    let mut leader = Leader::with_config(&[], config);
    leader.append();
    leader.open(B);
    let flush = Micros(leader.bench.now.0.next_multiple_of(10_000) + 11_000);
    leader.bench.run(flush + Micros::millis(1) - leader.bench.now);
    leader.bench.sent();

    leader.append();
    assert_eq!(leader.pushes(B, 8), []);
    leader.bench.now = flush + Micros::millis(10);
    leader.append(); // wakes the dispatchers
    let pushed = leader.pushes(B, 9);
    assert_eq!(pushed.len(), 1);
    let Push::Append { entries } = &pushed[0].1 else { panic!("{pushed:?}") };
    assert_eq!(entries.iter().map(|entry| entry.index.0).collect::<Vec<_>>(), [1], "not the next as well");
    leader.answer(B, &pushed[0], Code::Success);
    leader.bench.run(Micros::millis(1));
    assert_eq!(leader.bench.member.committed_index(), Index(1));
    assert_eq!(leader.pushes(B, 1).len(), 1, "and this is the next flush");
}

#[test]
fn without_the_rule_again_nobody_waits_any_longer() {
    let mut bench = follower_at_15(flushing());
    bench.push(C, 5, -1, append(1, 5));
    bench.member.config.rules = Rules::SAFE;
    assert_eq!(bench.member.next_wakeup(bench.now), Some(bench.now));
    bench.run(Micros(1));
    assert_eq!(answers(&bench), [Code::Success]);
}
