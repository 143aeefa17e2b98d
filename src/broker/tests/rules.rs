//! The broker's rules that RocketMQ keeps, kept and not.

use super::*;

/// A leader of three messages stores a fourth when it is cut off; the others elect B, which gets another one, and when
/// A is back it has to give up its fourth. The queue's end on A while it is cut off, and then whether A and B have the
/// same units.
fn fourth_message_of_a_cut_off_leader(config: BrokerConfig) -> (i64, bool) {
    let mut bench = Bench::of_three(config);
    bench.put_and_wait(A, &["m0", "m1", "m2"]);
    bench.cut_off[A] = true;
    bench.put(A, "a fourth message that is longer");
    bench.run(Micros::millis(10));
    let while_cut_off = bench.max_offset(A);
    bench.run_until(|bench| bench.up(B).role() == BrokerRole::SyncMaster);
    bench.put_and_wait(B, &["m3", "m4"]);
    bench.cut_off[A] = false;
    bench.run(Micros::seconds(20));
    assert_eq!(bench.write_position(A), bench.write_position(B));
    let units = [A, B].map(|n| (0..6).map(|at| bench.up(n).queue(T0).unwrap().get(at)).collect::<Vec<_>>());
    (while_cut_off, units[0] == units[1])
}

#[test]
fn dispatch_only_committed() {
    assert_eq!(fourth_message_of_a_cut_off_leader(config()), (3, true));
    let without = without(Rule::DispatchOnlyCommitted);
    assert_eq!(fourth_message_of_a_cut_off_leader(without), (4, false), "the unit outlives its message");
}

/// B has a message that it does not know as committed when it becomes leader, and is sent another one right then. The
/// role in which B is, the queue offset that it gives the message, and the queue's end.
fn message_for_a_new_leader(config: BrokerConfig) -> (BrokerRole, Option<i64>, i64) {
    let mut bench = Bench::of_three(config);
    bench.put_and_wait(A, &["m0", "m1", "m2"]);
    bench.put(A, "m3");
    bench.run(DELAY);
    bench.kill(A);
    bench.run_until(|bench| bench.up(B).member().is_leader());
    let role = bench.up(B).role();
    assert_eq!(bench.max_offset(B), 3);
    let call = bench.put(B, "m4");
    bench.run(Micros::seconds(3));
    let queue_offset = match bench.answer(call) {
        Some(BrokerAnswer::Put { status: PutStatus::PutOk, queue_offset, .. }) => Some(queue_offset),
        _ => None,
    };
    (role, queue_offset, bench.max_offset(B))
}

#[test]
fn recover_before_serving() {
    assert_eq!(message_for_a_new_leader(config()), (BrokerRole::Slave, None, 4));
    let without = without(Rule::RecoverBeforeServing);
    // Two messages for one place.
    assert_eq!(message_for_a_new_leader(without), (BrokerRole::SyncMaster, Some(3), 4));
}
