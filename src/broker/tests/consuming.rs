//! Sections 5.6 and 5.7: consumer offsets, and who consumes.

use super::*;

fn update(bench: &mut Bench, n: usize, group: GroupId, queue: QueueId, offset: i64) {
    let call = bench.ask(n, BrokerRequest::UpdateOffset { group, queue, offset });
    assert_eq!(bench.answer(call), None, "one-way");
}

fn query(bench: &mut Bench, queue: QueueId) -> Option<i64> {
    match bench.asked(A, BrokerRequest::QueryOffset { group: G, queue }) {
        BrokerAnswer::Offset(offset) => offset,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_last_commit_wins_backwards_too() {
    let mut bench = Bench::alone(config());
    for offset in [3, 9, 4] {
        update(&mut bench, A, G, T0, offset);
        assert_eq!(query(&mut bench, T0), Some(offset));
    }
    assert_eq!(bench.up(A).consumer_offset(H, T0), None);
}

#[test]
fn a_slave_accepts_offsets_too() {
    let mut bench = Bench::of_three(config());
    update(&mut bench, B, G, T0, 5);
    assert_eq!(bench.up(B).consumer_offset(G, T0), Some(5));
}

#[test]
fn a_group_without_an_offset_starts_at_0_while_the_queue_has_its_first_message() {
    let mut bench = Bench::alone(config());
    assert_eq!(query(&mut bench, T0), None, "QUERY_NOT_FOUND: there is none yet");
    bench.put_and_wait(A, &["x"]);
    assert_eq!(query(&mut bench, T0), Some(0));
    bench.with(A, |broker, _| broker.next_offsets[1] = 60);
    bench.put_all(A, T1, vec![message("y")]);
    bench.run(Micros::millis(3));
    assert_eq!(query(&mut bench, T1), None, "there is none any more");
}

/// What a broker that is killed at `at` knows after its restart, of an offset that it had from 0 s and one that it got
/// `before` that.
fn after_kill(at: Micros, before: Micros) -> [Option<i64>; 2] {
    let mut bench = Bench::of(1, config());
    update(&mut bench, A, G, T0, 1);
    bench.run(at - before);
    update(&mut bench, A, G, T1, 2);
    bench.run(before);
    bench.kill(A);
    bench.restart(A);
    [T0, T1].map(|queue| bench.up(A).consumer_offset(G, queue))
}

#[test]
fn offsets_are_saved_every_five_seconds_first_after_ten_and_a_kill_loses_the_rest() {
    let ms = Micros::millis;
    assert_eq!(after_kill(ms(9_999), ms(9_000)), [None, None]);
    assert_eq!(after_kill(ms(10_001), ms(9_000)), [Some(1), Some(2)]);
    assert_eq!(after_kill(ms(14_999), ms(2_000)), [Some(1), None]);
    assert_eq!(after_kill(ms(15_001), ms(2_000)), [Some(1), Some(2)]);
}

#[test]
fn a_clean_stop_saves_all_offsets() {
    let mut bench = Bench::of(1, config());
    update(&mut bench, A, G, T0, 1);
    bench.stop(A);
    bench.restart(A);
    assert_eq!(bench.up(A).consumer_offset(G, T0), Some(1));
}

#[test]
fn the_file_of_offsets_is_written_as_rocketmq_writes_its_table() {
    let mut bench = Bench::of(1, config());
    let json = |bench: &mut Bench| {
        let groups = bench.config.groups.clone();
        bench.disk(A).consumer_offset_json(&groups)
    };
    bench.stop(A);
    assert_eq!(json(&mut bench), r#"{"offsetTable":{}}"#);
    bench.restart(A);
    for (group, queue, offset) in [(H, T0, 1), (G, T1, 7), (G, T0, 12)] {
        update(&mut bench, A, group, queue, offset);
    }
    bench.stop(A);
    assert_eq!(json(&mut bench), r#"{"offsetTable":{"T@G":{"0":12,"1":7},"T@H":{"0":1}}}"#);
    bench.disk(A).consumer_offsets.retain(|((_, queue), _)| *queue == T1);
    assert_eq!(json(&mut bench), r#"{"offsetTable":{"T@G":{"1":7}}}"#);
}

#[test]
fn all_offsets_are_given_to_who_asks_for_them() {
    let mut bench = Bench::alone(config());
    update(&mut bench, A, H, T1, 4);
    update(&mut bench, A, G, T0, 3);
    let answer = bench.asked(A, BrokerRequest::AllOffsets);
    assert_eq!(answer, BrokerAnswer::Offsets(vec![((G, T0), 3), ((H, T1), 4)]));
}

const X: ConsumerId = ConsumerId(0);
const Y: ConsumerId = ConsumerId(1);

fn beat(bench: &mut Bench, consumer: ConsumerId, group: GroupId) {
    assert_eq!(bench.asked(A, BrokerRequest::HeartBeat { consumer, group }), BrokerAnswer::Done);
}

fn list(bench: &mut Bench, group: GroupId) -> Vec<ConsumerId> {
    match bench.asked(A, BrokerRequest::ConsumerList { group }) {
        BrokerAnswer::Consumers(consumers) => consumers,
        other => panic!("{other:?}"),
    }
}

fn told(bench: &mut Bench) -> Vec<(GroupId, Vec<ConsumerId>)> {
    let told = bench.wanted(A, |effect| match effect {
        Effect::ConsumersChanged { group, consumers } => Some((*group, consumers.clone())),
        _ => None,
    });
    bench.effects.retain(|(.., effect)| !matches!(effect, Effect::ConsumersChanged { .. }));
    told.into_iter().map(|(_, change)| change).collect()
}

#[test]
fn a_new_consumer_is_told_to_all_of_its_group_and_a_known_one_to_nobody() {
    let mut bench = Bench::of(1, config());
    beat(&mut bench, Y, G);
    assert_eq!(told(&mut bench), [(G, vec![Y])]);
    beat(&mut bench, X, G);
    assert_eq!(told(&mut bench), [(G, vec![X, Y])]);
    beat(&mut bench, X, G);
    assert_eq!(told(&mut bench), []);
    beat(&mut bench, X, H);
    assert_eq!(told(&mut bench), [(H, vec![X])]);
    assert_eq!([list(&mut bench, G), list(&mut bench, H)], [vec![X, Y], vec![X]]);
}

#[test]
fn who_unregisters_is_forgotten_and_the_others_are_told() {
    let mut bench = Bench::of(1, config());
    beat(&mut bench, X, G);
    beat(&mut bench, Y, G);
    told(&mut bench);
    let call = bench.ask(A, BrokerRequest::Unregister { consumer: X, group: G });
    assert_eq!((bench.answer(call), told(&mut bench)), (None, vec![(G, vec![Y])]));
    bench.ask(A, BrokerRequest::Unregister { consumer: Y, group: G });
    assert_eq!((list(&mut bench, G), told(&mut bench)), (vec![], vec![]));
}

#[test]
fn who_is_silent_for_more_than_two_minutes_is_forgotten_by_the_next_scan_and_nobody_is_told() {
    let mut bench = Bench::of(1, config());
    bench.run(Micros::seconds(1));
    beat(&mut bench, X, G);
    bench.run(Micros::seconds(30));
    beat(&mut bench, Y, G);
    told(&mut bench);
    bench.run(Micros::millis(129_999) - bench.now);
    assert_eq!(list(&mut bench, G), [X, Y], "121 s old, scans are every 10 s");
    bench.run(Micros::millis(1));
    assert_eq!((list(&mut bench, G), told(&mut bench)), (vec![Y], vec![]));
}
