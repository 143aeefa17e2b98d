//! Section 5.4: pulls that wait for a message.

use super::*;
use GetMessageStatus::*;

const FIFTEEN: Micros = Micros::seconds(15);

fn waiting_at(offset: i64) -> PullRequest {
    PullRequest { suspend: true, suspend_timeout: FIFTEEN, ..pull_at(offset) }
}

fn held(bench: &mut Bench, request: PullRequest) -> CallId {
    let call = bench.ask(A, BrokerRequest::Pull(request));
    assert_eq!(bench.answer(call), None);
    assert_eq!(bench.up(A).held_pulls().last().map(|held| (held.call, held.request)), Some((call, request)));
    call
}

fn result(bench: &Bench, call: CallId) -> Option<(GetMessageStatus, i64)> {
    match bench.answer(call)? {
        BrokerAnswer::Pulled(result) => Some((result.status, result.next_offset)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_pull_at_the_end_of_a_queue_waits_and_a_message_wakes_it() {
    let mut bench = Bench::alone(config());
    bench.put_and_wait(A, &["a"]);
    let call = held(&mut bench, waiting_at(1));
    bench.run(Micros::seconds(2));
    assert_eq!(result(&bench, call), None);
    bench.put(A, "b");
    bench.run(Micros::millis(3));
    assert_eq!(result(&bench, call), Some((Found, 2)));
    assert!(bench.up(A).held_pulls().is_empty());
}

#[test]
fn a_pull_of_an_empty_queue_waits_at_offset_0_only() {
    let mut bench = Bench::alone(config());
    held(&mut bench, waiting_at(0));
    let call = bench.ask(A, BrokerRequest::Pull(waiting_at(5)));
    assert_eq!(result(&bench, call), Some((NoMessageInQueue, 0)));
}

#[test]
fn only_a_pull_that_may_wait_and_found_nothing_waits() {
    let mut bench = Bench::alone(config());
    bench.put_and_wait(A, &["a"]);
    for (request, status) in [
        (pull_at(1), OffsetOverflowOne),
        (waiting_at(0), Found),
        (waiting_at(7), OffsetOverflowBadly),
        (PullRequest { tag: Some("TagB"), ..waiting_at(0) }, NoMatchedMessage),
    ] {
        let call = bench.ask(A, BrokerRequest::Pull(request));
        assert_eq!(result(&bench, call).map(|(status, _)| status), Some(status));
    }
}

#[test]
fn messages_dispatched_in_one_pass_wake_a_pull_together() {
    let mut bench = Bench::alone(config());
    let call = held(&mut bench, waiting_at(0));
    bench.put_all(A, T0, vec![message("a"), message("b"), message("c")]);
    bench.run(Micros::millis(3));
    assert_eq!(result(&bench, call), Some((Found, 3)));
}

#[test]
fn a_message_of_another_queue_or_another_tag_wakes_nobody_but_the_scan_each_five_seconds_sees_it() {
    let mut bench = Bench::alone(config());
    let call = held(&mut bench, PullRequest { tag: Some("TagB"), ..waiting_at(0) });
    let other_queue = held(&mut bench, PullRequest { queue: T1, ..waiting_at(0) });
    bench.put(A, "of TagA");
    bench.run(Micros::millis(4500));
    assert_eq!(result(&bench, call), None);
    bench.run(Micros::millis(500));
    assert_eq!(result(&bench, call), Some((NoMatchedMessage, 1)), "run again, and never held again");
    assert_eq!(result(&bench, other_queue), None);
}

#[test]
fn time_is_up_at_the_first_scan_after_fifteen_seconds() {
    let mut bench = Bench::alone(config());
    bench.run(Micros::millis(100));
    let call = held(&mut bench, waiting_at(0));
    bench.run_until(|bench| bench.answer(call).is_some());
    assert_eq!(bench.now, Micros::seconds(20), "scans are at 5, 10, 15, 20 s");
    assert_eq!(result(&bench, call), Some((NoMessageInQueue, 0)));
}

#[test]
fn a_pull_whose_time_is_up_is_answered_by_any_message_of_its_queue() {
    let mut bench = Bench::alone(config());
    bench.run(Micros::millis(100));
    let call = held(&mut bench, PullRequest { tag: Some("TagB"), ..waiting_at(0) });
    // Past its fifteen seconds, and not yet at the scan of second 20.
    bench.run(Micros::seconds(16) - bench.now);
    bench.put(A, "of TagA");
    bench.run(Micros::millis(3));
    assert_eq!(result(&bench, call), Some((NoMatchedMessage, 1)));
}

#[test]
fn without_long_polling_a_pull_waits_a_second_and_messages_do_not_wake_it() {
    let mut bench = Bench::alone(BrokerConfig { long_polling_enable: false, ..config() });
    let call = held(&mut bench, waiting_at(0));
    let since = bench.now;
    bench.put(A, "x");
    bench.run(Micros::millis(500));
    assert_eq!(result(&bench, call), None);
    bench.run_until(|bench| bench.answer(call).is_some());
    assert!(bench.now - since <= Micros::seconds(2));
    assert_eq!(result(&bench, call), Some((Found, 1)));
}

#[test]
fn a_pull_that_waits_at_a_master_is_answered_although_it_became_a_slave() {
    let mut bench = Bench::of_three(config());
    bench.put_and_wait(A, &["a"]);
    let call = held(&mut bench, waiting_at(1));
    bench.cut_off[A] = true;
    bench.run_until(|bench| bench.up(A).role() == BrokerRole::Slave);
    bench.run_until(|bench| bench.answer(call).is_some());
    assert_eq!(result(&bench, call), Some((OffsetOverflowOne, 1)));
}

#[test]
fn an_offset_that_comes_with_a_pull_is_committed_once_though_the_pull_runs_twice() {
    let mut bench = Bench::alone(config());
    bench.put_and_wait(A, &["a"]);
    held(&mut bench, PullRequest { commit_offset: Some(1), ..waiting_at(1) });
    assert_eq!(bench.up(A).consumer_offset(G, T0), Some(1));
    bench.ask(A, BrokerRequest::UpdateOffset { group: G, queue: T0, offset: 0 });
    bench.put_and_wait(A, &["b"]);
    assert_eq!(bench.up(A).consumer_offset(G, T0), Some(0));
}
