//! Tables 3.3 and 4: which entries become units, when, and where.

use super::*;
use crate::ledger::{Rule, Rules};
use crate::store::{ConsumeQueue, EntryKind, Term};

#[test]
fn an_empty_store_has_nothing_committed_and_nothing_to_dispatch() {
    let bench = Bench::alone(config());
    let broker = bench.up(A);
    assert_eq!(broker.member().committed_index(), Index::NONE);
    assert_eq!((broker.committed_position(), broker.dispatch_behind_bytes()), (0, 0));
    assert_eq!(broker.dispatched_index(), Index::NONE);
}

#[test]
fn only_what_is_committed_is_dispatched() {
    let mut bench = Bench::of_three(config());
    bench.put_and_wait(A, &["m0", "m1", "m2"]);
    bench.cut_off[A] = true;
    bench.put(A, "x");
    bench.run(Micros::seconds(3));
    assert_eq!((bench.up(A).next_queue_offset(T0), bench.max_offset(A)), (Some(4), 3));
    assert_eq!((bench.up(A).committed_position(), bench.up(A).dispatch_behind_bytes()), (456, 0));
}

#[test]
fn files_of_20480_bytes_take_17_entries_of_1150_and_dispatch_crosses_their_padding() {
    let small = Options { data_file_size: 20_480, ..Options::default() };
    let files = FileSizes { entries: small, ..FileSizes::default() };
    let mut bench = Bench::alone(BrokerConfig { files, ..config() });
    for _ in 0..40 {
        bench.put(A, [0; 1000]);
    }
    bench.run(Micros::millis(5));
    assert_eq!(bench.up(A).member().store().position_of(Index(17)), Some(20_480));
    assert_eq!(bench.phy_offset(A, 17), 20_528);
    assert_eq!((bench.max_offset(A), bench.up(A).dispatch_behind_bytes()), (40, 0));
    assert_eq!(bench.up(A).dispatched_index(), Index(39));
}

#[test]
fn units_are_told_with_their_entry_and_queue_offset() {
    let mut bench = Bench::alone(config());
    bench.put(A, "a");
    bench.put_all(A, T1, vec![message("b")]);
    bench.put(A, "c");
    bench.run(Micros::millis(3));
    let told = bench.wanted(A, |effect| match effect {
        Effect::Dispatched { index, queue, queue_offset } => Some((index.0, *queue, *queue_offset)),
        _ => None,
    });
    let told: Vec<_> = told.into_iter().map(|(_, unit)| unit).collect();
    assert_eq!(told, [(0, T0, 0), (1, T1, 0), (2, T0, 1)]);
}

#[test]
fn an_entry_that_carries_no_message_gets_no_unit() {
    let mut config = config();
    config.ledger.rules = Rules::SAFE.with(Rule::EraseOnTruncate, false);
    let mut bench = Bench::alone(config);
    bench.put_and_wait(A, &["a"]);
    bench.kill(A);
    bench.disk(A).ledger.checkpoint = Index::NONE; // so that the new leader finds its log uncommitted
    bench.restart(A);
    bench.run_until(|bench| bench.up(A).role() == BrokerRole::SyncMaster);
    bench.put_and_wait(A, &["b"]);
    let store = bench.up(A).member().store();
    assert_eq!(store.entry(Index(1)).map(|entry| entry.magic), Some(EntryKind::Noop));
    assert_eq!((bench.max_offset(A), bench.up(A).dispatched_index()), (2, Index(2)));
}

/// A broker whose log was made elsewhere.
fn with_log(bodies: &[Vec<u8>]) -> Bench {
    let mut bench = Bench::of(1, config());
    bench.kill(A);
    let store = &mut bench.disk(A).ledger.store;
    for body in bodies {
        let write = |phy_offset: i64, body: &mut [u8]| {
            if let Some(field) = body.get_mut(28..36) {
                field.copy_from_slice(&phy_offset.to_be_bytes());
            }
        };
        store.append_as_leader(EntryKind::Normal, Term(0), body.clone(), write).unwrap();
    }
    bench.restart(A);
    bench.run_until(|bench| bench.up(A).role() == BrokerRole::SyncMaster);
    bench
}

fn at_queue_offset(queue_offset: i64) -> Vec<u8> {
    Message { queue_offset, ..message("x") }.encode().unwrap()
}

#[test]
fn a_gap_in_queue_offsets_leaves_no_hole_and_a_repeated_one_no_second_unit() {
    let offsets = [0, 1, 6, 1, 3, 0];
    let mut bench = with_log(&offsets.map(at_queue_offset));
    let store = bench.up(A).member().store();
    let queue = bench.up(A).queue(T0).unwrap();
    let units: Vec<_> = (0..queue.max_offset()).filter_map(|q| queue.get(q)).collect();
    let entries: Vec<_> =
        units.iter().map(|unit| store.entry_at_position(unit.offset).unwrap().index.0).collect();
    // 6 lies at 2 and 3 behind it; the second 1 is a repeat; 0 is never checked.
    assert_eq!(entries, [0, 1, 2, 4, 5]);
    assert_eq!(bench.up(A).next_queue_offset(T0), Some(5), "the next message goes on where the units end");
    let pulled = bench.pull(A, pull_at(0)).messages;
    let said: Vec<_> = pulled.iter().map(|message| message.queue_offset).collect();
    assert_eq!(said, [0, 1, 6, 3, 0], "a message says its own, wherever its unit lies");
}

#[test]
fn a_record_that_is_none_takes_all_that_follows_in_its_file_with_it() {
    let bench = with_log(&[at_queue_offset(0), b"no record".to_vec(), at_queue_offset(1)]);
    assert_eq!((bench.max_offset(A), bench.up(A).dispatch_behind_bytes()), (1, 0));
}

#[test]
fn a_queue_that_begins_in_the_middle_is_blank_before() {
    let consume_queue = 52 * 20;
    let bench = {
        let files = FileSizes { consume_queue, ..FileSizes::default() };
        let mut bench = with_log(&[]);
        bench.config.files = files;
        bench.kill(A);
        *bench.disk(A) = Disk::new(&bench.config.clone());
        bench.restart(A);
        bench.run_until(|bench| bench.up(A).role() == BrokerRole::SyncMaster);
        bench.with(A, |broker, _| broker.next_offsets[0] = 60);
        bench.put_and_wait(A, &["x"]);
        bench
    };
    let queue = bench.up(A).queue(T0).unwrap();
    assert_eq!((queue.min_offset(), queue.max_offset()), (60, 61));
    assert!(queue.get(60).is_some() && queue.get(55).is_none());
}

#[test]
fn queue_files_roll_after_as_many_units_as_are_configured() {
    let files = FileSizes { consume_queue: 4 * 20, ..FileSizes::default() };
    let mut bench = Bench::alone(BrokerConfig { files, ..config() });
    for _ in 0..10 {
        bench.put(A, "x");
    }
    bench.run(Micros::millis(3));
    let spans: Vec<_> = bench.up(A).queue(T0).unwrap().spans().collect();
    assert_eq!(spans, [(0, 80), (80, 80), (160, 40)]);
}

#[test]
fn a_slave_dispatches_too_and_trails_by_one_commit_notification() {
    let mut bench = Bench::of_three(config());
    bench.put_and_wait(A, &["m0", "m1", "m2"]);
    assert_eq!([A, B, C].map(|n| bench.max_offset(n))[0], 3);
    bench.run(Micros::millis(2500));
    let all = [A, B, C].map(|n| (bench.up(n).committed_position(), bench.max_offset(n)));
    assert_eq!(all, [(456, 3); 3]);
}

#[test]
fn nobody_but_the_next_master_renumbers() {
    let mut bench = Bench::of_three(config());
    bench.put_and_wait(A, &["a", "b"]);
    bench.run(Micros::millis(1500));
    assert_eq!([A, B].map(|n| bench.up(n).next_queue_offset(T0)), [Some(2), Some(0)]);
    bench.kill(A);
    bench.run_until(|bench| bench.up(B).role() == BrokerRole::SyncMaster);
    assert_eq!(bench.up(B).next_queue_offset(T0), Some(2));
}

#[test]
fn a_queues_minimum_follows_the_beginning_of_the_log() {
    let mut queue = ConsumeQueue::new(6000);
    for q in 0..100 {
        queue.put(q * 100, 100, 0, q);
    }
    queue.correct_min_offset(2000);
    assert_eq!(queue.min_offset(), 20);
}
