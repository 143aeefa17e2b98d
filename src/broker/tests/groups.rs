//! Three brokers: what was seen of real ones, number by number.

use super::*;
use crate::store::Record;

/// On every broker that runs: units are those of the messages at their queue offsets, none beyond what is committed,
/// and equal wherever two brokers have them.
fn assert_consistent(bench: &Bench) {
    let up = bench
        .states
        .iter()
        .filter_map(|state| if let State::Up(broker) = state { Some(broker) } else { None });
    let mut units = BTreeMap::new();
    for broker in up {
        assert!(broker.dispatch_behind_bytes() >= 0);
        for queue_id in [T0, T1] {
            let queue = broker.queue(queue_id).unwrap();
            assert!(queue.max_physic_offset() <= broker.committed_position().max(0));
            for q in queue.min_offset()..queue.max_offset() {
                let unit = queue.get(q).unwrap();
                let body = broker.member().store().body_at(unit.offset, unit.size as usize).unwrap();
                assert_eq!(Record::parse(&body).unwrap().queue_offset(), q);
                assert_eq!(*units.entry((queue_id, q)).or_insert(unit), unit);
            }
        }
    }
}

/// A leader with three messages of 104 bytes, all committed on all, that is then cut off.
fn cut_off_leader() -> Bench {
    let mut bench = Bench::of_three(config());
    bench.put_and_wait(A, &["m0", "m1", "m2"]);
    bench.run(Micros::millis(2500));
    let all = [A, B, C].map(|n| (bench.up(n).committed_position(), bench.max_offset(n)));
    assert_eq!(all, [(456, 3); 3]);
    assert_consistent(&bench);
    bench.cut_off[A] = true;
    bench
}

#[test]
fn a_cut_off_leader_stores_what_it_cannot_commit() {
    let mut bench = cut_off_leader();
    let call = bench.put(A, "cut off!!");
    bench.run(Micros::millis(2600));
    let (status, index, queue_offset) = (PutStatus::InSyncReplicasNotEnough, Index(3), 3);
    assert_eq!(bench.answer(call), Some(BrokerAnswer::Put { status, index, queue_offset }));
    assert_eq!(bench.up(A).next_queue_offset(T0), Some(4));
    assert_eq!(
        (bench.max_offset(A), bench.up(A).committed_position(), bench.write_position(A)),
        (3, 456, 615)
    );
    assert_eq!(bench.pulled_at(3), (GetMessageStatus::OffsetOverflowOne, 3));
}

#[test]
fn what_a_cut_off_leader_stored_goes_and_its_offsets_are_given_to_the_next_leaders_messages() {
    let mut bench = cut_off_leader();
    let mut calls = Vec::new();
    while bench.up(A).role() == BrokerRole::SyncMaster && calls.len() < 6 {
        calls.push(bench.put(A, "cut off!!"));
        bench.run(Micros::millis(1100));
    }
    assert_eq!(calls.len(), 6);
    bench.run_until(|bench| bench.up(A).role() == BrokerRole::Slave);
    let stepped_down = bench.now;
    assert_eq!(bench.up(A).next_queue_offset(T0), Some(9));
    bench.run_until(|bench| {
        bench.up(B).role() == BrokerRole::SyncMaster || bench.up(C).role() == BrokerRole::SyncMaster
    });
    let master = if bench.up(B).role() == BrokerRole::SyncMaster { B } else { C };
    bench.put_and_wait(master, &["new message 0", "new message 1"]);
    bench.cut_off[A] = false;
    bench.run(Micros::seconds(12));
    for n in [A, B, C] {
        let member = bench.up(n).member();
        assert_eq!((member.end_index(), member.committed_index()), (Index(4), Index(4)));
        assert_eq!(
            (bench.write_position(n), bench.up(n).committed_position(), bench.max_offset(n)),
            (782, 782, 5)
        );
        let bodies = [3, 4]
            .map(|i| Record::parse(&member.store().get(Index(i)).unwrap().body).unwrap().body().to_vec());
        assert_eq!(bodies, [b"new message 0", b"new message 1"]);
    }
    assert_consistent(&bench);
    // Whoever had waited for two and a half seconds when the leader stepped down got an answer, the others none.
    let answered = calls.iter().filter(|call| bench.answer(**call).is_some()).count();
    assert!(
        bench
            .effects
            .iter()
            .all(|(at, who, e)| *who != A || *at <= stepped_down || !matches!(e, Effect::Answer { .. }))
    );
    assert!((1..6).contains(&answered), "{answered}");
}

#[test]
fn an_entry_whose_acknowledgement_was_lost_is_committed_by_the_next_leader_and_the_retry_is_a_second_copy() {
    let mut bench = Bench::of_three(config());
    bench.ask(A, BrokerRequest::Send { queue: T0, messages: [produced(0)].into() });
    bench.run(Micros::millis(1500));
    bench.cut_off[C] = true;
    let call = bench.ask(A, BrokerRequest::Send { queue: T0, messages: [produced(1)].into() });
    bench.step(Micros::seconds(60)); // B has it ...
    bench.cut_off[A] = true; // ... but A will never know
    bench.run(Micros::seconds(3));
    assert_eq!(bench.put_status(call), Some(PutStatus::InSyncReplicasNotEnough));
    bench.kill(A);
    bench.cut_off = vec![false; 3];
    bench.run_until(|bench| bench.up(B).member().is_leader());
    let elected = bench.now;
    bench.run_until(|bench| bench.up(B).role() == BrokerRole::SyncMaster);
    assert!(bench.now - elected <= Micros::millis(1000), "without anything new");
    let again = bench.ask(B, BrokerRequest::Send { queue: T0, messages: [produced(1)].into() });
    bench.run(Micros::millis(10));
    assert_eq!(bench.put_status(again), Some(PutStatus::PutOk));

    let store = bench.up(B).member().store();
    let copies = [1, 2].map(|i| store.get(Index(i)).unwrap());
    let copies = copies.each_ref().map(|entry| Record::parse(&entry.body).unwrap());
    let key =
        |record: &Record| properties::get(record.properties(), properties::UNIQ_KEY).unwrap().to_string();
    assert_eq!(copies.each_ref().map(Record::queue_offset), [1, 2]);
    assert_eq!(key(&copies[0]), key(&copies[1]));
    assert_ne!(copies[0].physical_offset(), copies[1].physical_offset());
    let hosts = copies.each_ref().map(|record| record.store_host().to_string());
    assert_eq!(hosts, ["10.0.0.1:10911", "10.0.0.2:10911"], "each names the broker that took it");
    assert_consistent(&bench);
}

#[test]
fn records_are_the_same_bytes_on_all_brokers() {
    let mut bench = Bench::of_three(config());
    bench.put_and_wait(A, &["a", "b"]);
    bench.run(Micros::millis(1500));
    let bodies = [A, B, C].map(|n| [0, 1].map(|i| bench.up(n).member().store().get(Index(i)).unwrap()));
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(bodies[0], bodies[2]);
}

#[test]
fn queues_stay_right_through_kills_of_every_leader() {
    let mut bench = Bench::of_three(config());
    for round in 0..6 {
        bench.run_until(|bench| {
            (0..3).any(|n| matches!(&bench.states[n], State::Up(b) if b.role() == BrokerRole::SyncMaster))
        });
        let master = (0..3).find(|n| bench.up(*n).role() == BrokerRole::SyncMaster).unwrap();
        bench.put_all(master, T0, (0..5).map(|_| message("x")).collect());
        bench.put_all(master, T1, vec![message("y")]);
        bench.run(Micros::millis(round));
        bench.kill(master);
        bench.run(Micros::millis(1500));
        assert_consistent(&bench);
        bench.restart(master);
        bench.run(Micros::seconds(15));
        assert_consistent(&bench);
    }
    assert_eq!(bench.max_offset(A), bench.max_offset(B));
}
