//! What a producer goes through when a majority is missing: attempts, copies, the end of its patience.

use ledgerscope::ledger::MemberId;
use ledgerscope::scenario::Scenario;
use ledgerscope::sim::{Command, Event, Record, World};
use ledgerscope::store::{Index, Record as MessageRecord, properties};
use ledgerscope::time::Micros;

/// A leader that has lost both its followers just before it is sent a message, at some moment of the second
/// after which it looks for appends that waited too long; what happens in the next four.
fn leader_without_a_majority(seed: u64) -> (World, MemberId, Vec<Record>) {
    let mut world = World::new(Scenario::silent(seed, 3));
    let lost_at = Micros::seconds(3) + Micros::millis(seed * 7 % 1000);
    world.advance(lost_at);
    let leader = world.leader().expect("a leader after three seconds");
    for broker in (0..3).map(MemberId).filter(|b| *b != leader) {
        world.command(Command::Kill { broker }).expect("it is alive");
    }
    world.command(Command::Send { producer: 0 }).expect("sending is always possible");
    world.advance(lost_at + Micros::seconds(4));
    let events = world.take_events();
    (world, leader, events)
}

#[test]
fn a_message_stored_twice_has_one_unique_key_and_two_queue_offsets_or_queues() {
    let (world, leader, _) = leader_without_a_majority(7);
    let store = world.up(usize::from(leader.0)).expect("it lives").member().store();
    let copies: Vec<_> = (0..=store.end_index().0)
        .map(|i| store.entry(Index(i)).expect("an entry up to the end"))
        .map(|entry| MessageRecord::parse(&entry.body).expect("a message"))
        .collect();
    assert_eq!(copies.len(), 2, "the attempt after 502 stored a second copy");
    let keys: Vec<_> = copies.iter().map(|c| properties::get(c.properties(), properties::UNIQ_KEY)).collect();
    assert!(keys[0].is_some());
    assert_eq!(keys[0], keys[1]);
    assert_ne!(
        (copies[0].queue_id(), copies[0].queue_offset()),
        (copies[1].queue_id(), copies[1].queue_offset())
    );
}

#[test]
fn no_attempt_begins_when_the_three_seconds_are_over() {
    let mut silent = 0;
    for seed in 0..300 {
        let (_, _, events) = leader_without_a_majority(seed);
        let sent_at = events.iter().find(|r| matches!(r.event, Event::Put { .. })).expect("it was sent").at;
        let over = sent_at + Micros::millis(3000);
        let late = events.iter().find(|r| r.at >= over && matches!(r.event, Event::Put { .. }));
        assert_eq!(late, None, "seed {seed}");
        let attempts = events.iter().filter(|r| matches!(r.event, Event::Put { .. })).count();
        silent += usize::from(attempts == 1);
    }
    assert!(silent > 0, "in some runs the leader says nothing in time");
}
