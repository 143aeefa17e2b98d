//! Section 2.9: what a broker makes of its files, and what a crash costs it, as meant and as released.

use super::*;

fn as_released(recheck_reput_offset_from_cq: bool) -> BrokerConfig {
    BrokerConfig { recheck_reput_offset_from_cq, ..without(Rule::RecoverQueuesWhole) }
}

/// A master alone with 200 messages, `hello0` to `hello199`, in one file, and its commit index saved.
fn with_200(config: BrokerConfig) -> Bench {
    let mut bench = Bench::alone(config);
    for n in 0..200 {
        bench.put(A, format!("hello{n}"));
    }
    bench.run(Micros::seconds(4));
    assert_eq!(bench.max_offset(A), 200);
    bench
}

fn lead_again(bench: &mut Bench) {
    bench.restart(A);
    bench.run_until(|bench| bench.up(A).role() == BrokerRole::SyncMaster);
    bench.run(Micros::millis(5));
}

#[test]
fn a_kill_costs_the_queues_nothing() {
    let mut bench = with_200(config());
    bench.kill(A);
    lead_again(&mut bench);
    assert_eq!((bench.max_offset(A), bench.up(A).next_queue_offset(T0)), (200, Some(200)));
}

#[test]
fn as_released_a_crash_cuts_48_bytes_for_each_message_off_the_queue_200_become_139() {
    let mut bench = with_200(as_released(false));
    bench.kill(A);
    lead_again(&mut bench);
    assert_eq!(bench.max_offset(A), 139);
    assert_eq!(bench.up(A).dispatch_behind_bytes(), 0, "and nobody will look for the others");
    let call = bench.put(A, "hello200");
    bench.run(Micros::millis(3));
    let (status, index, queue_offset) = (PutStatus::PutOk, Index(200), 139);
    assert_eq!(bench.answer(call), Some(BrokerAnswer::Put { status, index, queue_offset }));
}

#[test]
fn with_recheck_what_was_cut_is_dispatched_again() {
    let mut bench = with_200(as_released(true));
    bench.kill(A);
    lead_again(&mut bench);
    assert_eq!(bench.max_offset(A), 200);
}

#[test]
fn what_was_cut_comes_back_as_long_as_the_commit_index_was_not_saved() {
    let mut bench = with_200(as_released(false));
    bench.kill(A);
    bench.disk(A).ledger.checkpoint = Index(100);
    lead_again(&mut bench);
    // Dispatch begins behind entry 100, and 139 units are there already.
    assert_eq!(bench.max_offset(A), 200);
}

#[test]
fn as_released_a_clean_stop_costs_nothing() {
    let mut bench = with_200(as_released(false));
    bench.stop(A);
    assert!(!bench.disk(A).abort);
    lead_again(&mut bench);
    assert_eq!(bench.max_offset(A), 200);
}

#[test]
fn the_file_abort_stays_while_there_is_a_process_and_when_dispatch_is_not_at_the_committed_end() {
    let mut bench = with_200(config());
    bench.kill(A);
    assert!(bench.disk(A).abort);
    bench.disk(A).ledger.checkpoint = Index(100);
    bench.restart(A);
    assert!(bench.up(A).dispatch_behind_bytes() < 0);
    bench.stop(A);
    assert!(bench.disk(A).abort);
}

#[test]
fn a_clean_stop_saves_the_commit_index() {
    let mut bench = Bench::alone(config());
    bench.put_and_wait(A, &["a", "b"]);
    bench.stop(A);
    assert_eq!(bench.disk(A).ledger.checkpoint, Index(1));
}

#[test]
fn units_beyond_the_end_of_the_log_go() {
    for config in [config(), as_released(false)] {
        let mut bench = with_200(config);
        bench.stop(A);
        bench.disk(A).ledger.store.truncate(Index(50), true);
        bench.restart(A);
        assert_eq!(bench.max_offset(A), 50);
    }
}

/// The queue's end after a recovery as released of 40 messages in three files, of which the queue has lost all units.
fn recovered_from(checkpoint: impl Fn(&Bench) -> i64) -> (i64, i64) {
    let small = Options { data_file_size: 20_480, ..Options::default() };
    let files = FileSizes { entries: small, ..FileSizes::default() };
    let mut bench = Bench::alone(BrokerConfig { files, ..as_released(false) });
    for _ in 0..40 {
        bench.put(A, [0; 1000]);
        bench.run(Micros::millis(1000));
    }
    let timestamp_ms = checkpoint(&bench);
    bench.kill(A);
    let config = bench.config.clone();
    bench.disk(A).queues = Queues::new(&config);
    bench.disk(A).checkpoint = Checkpoint { timestamp_ms };
    bench.restart(A);
    let queue = bench.up(A).queue(T0).unwrap();
    (queue.min_offset(), queue.max_offset())
}

#[test]
fn as_released_recovery_begins_in_the_last_file_that_begins_three_seconds_before_the_checkpoint() {
    let stored = |bench: &Bench, index: i64| {
        let entry = bench.up(A).member().store().get(Index(index)).unwrap();
        crate::store::Record::parse(&entry.body).unwrap().store_timestamp_ms()
    };
    assert_eq!(recovered_from(|bench| stored(bench, 34) + 3000), (34, 40));
    assert_eq!(recovered_from(|bench| stored(bench, 34) + 2999), (17, 40));
    assert_eq!(recovered_from(|bench| stored(bench, 17) + 2999), (0, 40));
    assert_eq!(recovered_from(|_| 0), (0, 40), "the first one if there is none");
}

#[test]
fn the_checkpoint_is_the_store_time_of_the_last_message_dispatched_saved_each_second() {
    let mut bench = Bench::alone(config());
    bench.run(Micros::millis(1500) - bench.now);
    bench.put_and_wait(A, &["a"]);
    let mut early = bench.clone();
    early.kill(A);
    assert_eq!(early.disk(A).checkpoint, Checkpoint::default());
    bench.run(Micros::millis(700));
    bench.kill(A);
    assert_eq!(bench.disk(A).checkpoint.timestamp_ms, 1_700_000_000_000 + 1500);
}

/// A leader of three committed messages that is cut off, stores two more, crashes and comes back, while the others go
/// on with three of their own; then it may talk to them again.
fn crash_of_a_cut_off_leader(config: BrokerConfig) -> Bench {
    let mut bench = Bench::of_three(config);
    bench.put_and_wait(A, &["m0", "m1", "m2"]);
    bench.run(Micros::seconds(5));
    bench.cut_off[A] = true;
    let uncommitted = [0, 1].map(|_| bench.put(A, [b'x'; 22]));
    bench.run(Micros::millis(100));
    assert_eq!(uncommitted.map(|call| bench.answer(call)), [None, None]);
    bench.kill(A);
    bench.restart(A);
    bench
}

fn heal(bench: &mut Bench) {
    bench.run_until(|bench| bench.up(B).role() == BrokerRole::SyncMaster);
    bench.put_and_wait(B, &["new0", "new1", "new2"]);
    bench.cut_off[A] = false;
    bench.run_until(|bench| bench.up(A).committed_position() == bench.up(B).committed_position());
    bench.run(Micros::millis(5));
}

#[test]
fn as_released_uncommitted_messages_can_be_read_after_a_crash_and_leave_dirty_units() {
    let mut bench = crash_of_a_cut_off_leader(as_released(false));
    assert_eq!((bench.max_offset(A), bench.up(A).committed_position()), (5, 456));
    assert_eq!(bench.pulled_at(3), (GetMessageStatus::Found, 5));

    heal(&mut bench);
    let sizes = [A, B].map(|n| [3, 4].map(|q| bench.up(n).queue(T0).unwrap().get(q).unwrap().size));
    assert_eq!(sizes, [[124, 124], [106, 106]]);
    // The first two new messages are repeats to the dirty queue; the third is beyond what it has.
    assert_eq!([A, B].map(|n| bench.phy_offset(n, 5)), [812, 812]);
    bench.config.slave_read_enable = true;
    let config = bench.config.clone();
    bench.with(A, |broker, _| broker.config = Rc::new(config));
    let result = bench.pull(A, pull_at(3));
    let read: Vec<_> = result.messages.iter().map(|m| (m.queue_offset, m.index.0, m.number)).collect();
    assert_eq!(
        (result.status, read),
        (GetMessageStatus::Found, vec![(3, 3, 0), (4, 4, u32::MAX), (5, 5, 0)])
    );
}

#[test]
fn as_meant_a_crash_shows_nobody_what_is_not_committed() {
    let mut bench = crash_of_a_cut_off_leader(config());
    assert_eq!((bench.max_offset(A), bench.up(A).committed_position()), (3, 456));
    heal(&mut bench);
    let units = [A, B].map(|n| (0..6).map(|q| bench.up(n).queue(T0).unwrap().get(q)).collect::<Vec<_>>());
    assert_eq!(units[0], units[1]);
}

/// Three brokers with three messages in their queues and a fourth in nobody's but the leader's log, all restarted. The
/// first thing that happens to the one they had voted for is that it leads again; it gets a fifth message then.
fn message_for_a_restarted_leader(config: BrokerConfig) -> (Bench, CallId) {
    let mut bench = Bench::of_three(config);
    bench.put_and_wait(A, &["m0", "m1", "m2"]);
    bench.run(Micros::seconds(5));
    bench.cut_off[A] = true;
    bench.put(A, "m3");
    bench.run(Micros::millis(10));
    for n in [A, B, C] {
        bench.kill(n);
    }
    bench.cut_off[A] = false;
    bench.mail.clear();
    for n in [A, B, C] {
        bench.restart(n);
    }
    bench.run_until(|bench| bench.up(A).member().is_leader());
    assert_eq!(bench.up(A).role(), BrokerRole::AsyncMaster);
    let call = bench.put(A, "m4");
    bench.run(Micros::seconds(3));
    (bench, call)
}

#[test]
fn as_released_a_restarted_leader_may_give_a_queue_offset_twice_and_hide_a_message_it_acknowledged() {
    let (bench, call) = message_for_a_restarted_leader(without(Rule::TakeOnlyAsMaster));
    let (status, index, queue_offset) = (PutStatus::PutOk, Index(4), 3);
    assert_eq!(bench.answer(call), Some(BrokerAnswer::Put { status, index, queue_offset }));
    assert_eq!([A, B, C].map(|n| bench.max_offset(n)), [4; 3]);
}

#[test]
fn as_meant_a_restarted_leader_takes_messages_when_it_is_master() {
    let (mut bench, call) = message_for_a_restarted_leader(config());
    assert_eq!(bench.put_status(call), Some(PutStatus::OsPageCacheBusy));
    bench.put_and_wait(A, &["m4"]);
    assert_eq!(bench.max_offset(A), 5);
}

/// What the ConsumeQueue's files hold after a loss of power.
fn left_by_power_loss(puts_at: Micros, puts: usize, lost_at: Micros) -> (i64, Bench) {
    let mut bench = Bench::alone(config());
    bench.run(puts_at - bench.now);
    for _ in 0..puts {
        bench.put(A, "x");
    }
    bench.run(lost_at - bench.now);
    bench.kill(A);
    let now = bench.now;
    bench.disk(A).lose_power(now);
    let left = bench.disk(A).queues.get(T0).unwrap().max_offset();
    (left, bench)
}

#[test]
fn a_loss_of_power_takes_the_units_that_no_flush_has_reached_and_they_are_dispatched_again() {
    let ms = Micros::millis;
    // The first flush, after a second, and every 60th take everything; the others two dirty pages or more, which is
    // 410 units.
    for (puts_at, puts, lost_at, left) in [
        (ms(500), 10, ms(999), 0),
        (ms(500), 10, ms(1100), 10),
        (ms(1500), 10, ms(60_900), 0),
        (ms(1500), 10, ms(61_100), 10),
        (ms(1500), 409, ms(2100), 0),
        (ms(1500), 410, ms(2100), 410),
        (ms(1500), 410, ms(1900), 0),
    ] {
        let (found, mut bench) = left_by_power_loss(puts_at, puts, lost_at);
        assert_eq!(found, left, "{puts} at {puts_at}, lost at {lost_at}");
        assert_eq!(bench.disk(A).ledger.store.end_index(), Index(puts as i64 - 1), "flushed every 10 ms");
        lead_again(&mut bench);
        assert_eq!(bench.max_offset(A), puts as i64);
    }
}

#[test]
fn a_loss_of_power_leaves_the_saved_offsets() {
    let mut bench = Bench::of(1, config());
    bench.ask(A, BrokerRequest::UpdateOffset { group: G, queue: T0, offset: 7 });
    bench.run(Micros::seconds(11));
    bench.kill(A);
    let now = bench.now;
    bench.disk(A).lose_power(now);
    bench.restart(A);
    assert_eq!(bench.up(A).consumer_offset(G, T0), Some(7));
}

#[test]
fn units_that_one_queue_lost_are_made_again_though_another_queue_is_further_and_after_another_crash() {
    let mut bench = Bench::of_three(config());
    bench.run(Micros::millis(1500) - bench.now);
    bench.put(A, "in the first queue");
    bench.run(Micros::seconds(2));
    let many: Vec<Message> = (0..410).map(|_| message("x")).collect();
    bench.put_all(A, T1, many);
    bench.run(Micros::seconds(3));
    bench.kill(C);
    let now = bench.now;
    bench.disk(C).lose_power(now);
    let left = [T0, T1].map(|queue| bench.disk(C).queues.get(queue).unwrap().max_offset());
    assert_eq!(left, [0, 410]);
    bench.cut_off[C] = true;
    bench.disk(C).ledger.checkpoint = Index::NONE;
    bench.restart(C);
    bench.run(Micros::millis(50));
    bench.kill(C);
    bench.restart(C);
    bench.cut_off[C] = false;
    bench.run(Micros::seconds(10));
    assert_eq!([T0, T1].map(|queue| bench.up(C).queue(queue).unwrap().max_offset()), [1, 410]);
}

#[test]
fn a_new_process_goes_by_the_bytes_of_its_log_not_by_what_the_last_one_knew() {
    let mut bench = Bench::alone(config());
    bench.put_and_wait(A, &["a", "b"]);
    bench.kill(A);
    bench.disk(A).ledger.store.truncate(Index(1), false);
    assert_eq!(bench.disk(A).ledger.store.end_index(), Index(0));
    bench.restart(A);
    assert_eq!(bench.up(A).member().end_index(), Index(1), "the bytes are still there");
}
