//! Each guarantee can be seen to be broken: by events that do not fit, or by a world that is not the one that was seen.

use super::invariant::Counts;
use super::logs::First;
use super::{Broken, Invariant, Run, Violation, Watch};
use crate::broker::{ConsumerId, GetMessageStatus, ProducerId, QueueId, TopicId};
use crate::client::SendStatus;
use crate::ledger::{MemberId, Preset, Role, Rules};
use crate::scenario::{ConsumeFrom, ConsumerSpec, Groups, LinkChange, Scenario};
use crate::sim::{Command, Event, Record, World};
use crate::store::{Entry, EntryKind, Index, Term};
use crate::time::Micros;

const A: MemberId = MemberId(0);
const B: MemberId = MemberId(1);
const QUEUE: QueueId = QueueId { topic: TopicId(0), queue: 0 };

fn scenario(seed: u64) -> Scenario {
    let mut scenario = Scenario { seed, ..Scenario::default() };
    scenario.producers[0].every_ms = 700;
    scenario.consumers.push(ConsumerSpec {
        group: "GroupTest".to_string(),
        topic: 0,
        from: ConsumeFrom::First,
        start_ms: 0,
        consume_ms: 0,
    });
    scenario
}

/// Thirty seconds of a group that works.
fn world(seed: u64) -> World {
    let mut world = World::new(scenario(seed));
    world.advance(Micros::seconds(30));
    world
}

/// The same, and a watch that has seen it all.
fn watched(seed: u64) -> (World, Watch) {
    let mut world = World::new(scenario(seed));
    let mut watch = Watch::new(world.scenario());
    watch.advance(&mut world, Micros::seconds(30)).unwrap();
    (world, watch)
}

fn new_watch(world: &World) -> Watch {
    Watch::new(world.scenario())
}

/// Says that these happened, in `world` as it is; what is broken first.
fn tell(watch: &mut Watch, world: &World, events: &[Event]) -> Option<Violation> {
    let record = |event: &Event| Record { seq: 0, at: world.now(), event: *event };
    events.iter().find_map(|event| watch.watch(world, &record(event)).err())
}

fn first_broken(watch: &mut Watch, world: &World, events: &[Event]) -> Option<Broken> {
    tell(watch, world, events).map(|violation| violation.what)
}

fn leads(broker: MemberId, term: i64) -> Event {
    Event::Role { broker, role: Role::Leader, term: Term(term), leader: Some(broker) }
}

fn committed(broker: MemberId, index: i64) -> Event {
    Event::Committed { broker, index: Index(index) }
}

fn dispatched(broker: MemberId, index: i64, queue_offset: i64) -> Event {
    Event::Dispatched { broker, index: Index(index), queue: QUEUE, queue_offset }
}

fn put(number: u32, attempt: u32) -> Event {
    Event::Put { producer: ProducerId(0), number, count: 1, broker: A, queue: QUEUE, attempt }
}

fn acknowledged(number: u32, index: i64) -> Event {
    Event::PutResult {
        producer: ProducerId(0),
        number,
        count: 1,
        broker: Some(A),
        ok: true,
        status: SendStatus::OK,
        index: Index(index),
    }
}

fn consumed(queue_offset: i64, number: u32, index: i64) -> Event {
    let (consumer, queue, index) = (ConsumerId(0), QUEUE, Index(index));
    Event::Consumed { consumer, queue, queue_offset, index, number, again: false }
}

/// The message in an entry of the first broker, and its place in its queue.
fn message(world: &World, index: i64) -> (u32, u8, i64) {
    let entry = world.up(0).unwrap().member().store().entry(Index(index)).unwrap();
    let record = crate::store::Record::parse(&entry.body).unwrap();
    (record.flag() as u32, record.queue_id() as u8, record.queue_offset())
}

/// The first entries with messages of queue 0.
fn of_queue_0(world: &World) -> [i64; 3] {
    let mut of_queue = (0..).filter(|index| message(world, *index).1 == 0);
    [(); 3].map(|()| of_queue.next().unwrap())
}

#[test]
fn a_group_that_works_breaks_nothing_and_every_guarantee_is_looked_at() {
    let (mut world, mut watch) = watched(1);
    watch.advance(&mut world, Micros::seconds(600)).unwrap();
    assert!(watch.acknowledged() > 500);
    for (invariant, looked) in watch.guarantees() {
        assert!(looked > 0, "{}", invariant.name());
    }
}

#[test]
fn one_leader_per_term() {
    let world = World::new(scenario(1));
    let mut watch = new_watch(&world);
    assert_eq!(first_broken(&mut watch, &world, &[leads(A, 3), leads(A, 3), leads(B, 4)]), None);
    let violation = tell(&mut watch, &world, &[leads(B, 3)]).unwrap();
    assert_eq!(violation.to_string(), "at 0.000 ms: brokers 0 and 1 both led term 3");
    let shown = serde_json::to_string(&violation.shown()).unwrap();
    let fields =
        r#"{"invariant":"one_leader_per_term","what":"two_leaders","at_us":0,"brokers":[0,1],"term":3}"#;
    assert_eq!(shown, fields);
}

#[test]
fn leader_append_only() {
    let world = world(1);
    let truncated = Event::Truncated { broker: A, from_index: Index(40), count: 1 };
    let mut watch = new_watch(&world);
    assert_eq!(first_broken(&mut watch, &world, &[truncated]), None);
    assert_eq!(first_broken(&mut watch, &world, &[leads(A, 9), truncated]), Some(Broken::LeaderDeleted));
    let appended = |index| Event::Appended {
        broker: B,
        index: Index(index),
        term: Term(9),
        entry: EntryKind::Normal,
        number: None,
        queue: None,
    };
    let events = [leads(B, 10), appended(50), appended(50)];
    assert_eq!(first_broken(&mut watch, &world, &events), Some(Broken::LeaderDeleted));
}

#[test]
fn log_matching_and_same_bytes() {
    let entry = Entry {
        magic: EntryKind::Normal,
        index: Index(7),
        term: Term(3),
        pos: 4096,
        channel: 0,
        chain_crc: 0,
        body_crc: 0,
        body: [1, 2, 3].into(),
    };
    let first = First { broker: A, entry: entry.clone(), previous: Term(2), at: 4096 };
    assert_eq!(first.differs(&entry, Term(2), 4096), None);
    let other_body = Entry { body: [1, 2, 4].into(), ..entry.clone() };
    assert_eq!(first.differs(&other_body, Term(2), 4096), Some(Broken::EntriesDiffer));
    assert_eq!(first.differs(&entry, Term(1), 4096), Some(Broken::PrefixesDiffer));
    assert_eq!(first.differs(&entry, Term(2), 4097), Some(Broken::PlacesDiffer));
    let other_pos = Entry { pos: 4097, ..entry };
    assert_eq!(first.differs(&other_pos, Term(2), 4096), Some(Broken::PlacesDiffer));
}

#[test]
fn logs_are_compared_as_they_are_written_and_as_they_are_found() {
    let (mine, others) = (world(2), world(5));
    let term = |world: &World| world.up(0).unwrap().member().store().term_at(Index(0)).unwrap();
    assert_eq!(term(&mine), term(&others), "seeds whose first leader is of the same term");
    let appended = |broker| Event::Appended {
        broker,
        index: Index(0),
        term: term(&mine),
        entry: EntryKind::Normal,
        number: None,
        queue: None,
    };
    let started = Event::Started { broker: B, term: Term(9), voted_for: None, end_index: Index(3) };
    for event in [appended(B), started] {
        let mut watch = new_watch(&mine);
        assert_eq!(first_broken(&mut watch, &mine, &[appended(A), event]), None);
        assert_eq!(first_broken(&mut watch, &others, &[event]), Some(Broken::EntriesDiffer));
    }
}

#[test]
fn who_lost_its_entry_with_its_power_and_writes_another_differs_from_who_still_has_it() {
    let mut scenario = Scenario { seed: 22, ..Scenario::default() };
    scenario.producers[0].every_ms = 200;
    let groups = Groups::new(&[&[MemberId(2)]]);
    scenario.commands = [
        (2_000, Command::Disk { broker: A, slow_ms: Some(50), full: None }),
        (2_500, Command::Partition { groups }),
        (2_700, Command::PowerLoss { broker: A }),
        (3_000, Command::HealAll),
        (3_000, Command::Restart { broker: A }),
    ]
    .map(|(at, command)| (Micros::millis(at), command))
    .to_vec();
    let violation = Run::new(scenario).finish().unwrap_err();
    assert_eq!(violation.to_string(), "at 3004.865 ms: brokers 1 and 0 have different entries 9 of term 1");
}

#[test]
fn leader_completeness() {
    let (full, empty) = (world(1), World::new(scenario(1)));
    let mut watch = new_watch(&full);
    assert_eq!(first_broken(&mut watch, &full, &[leads(A, 3), put(0, 1), put(1, 1), committed(A, 1)]), None);
    // Who leads an earlier term need not have it.
    assert_eq!(first_broken(&mut watch, &empty, &[leads(B, 2)]), None);
    assert_eq!(first_broken(&mut watch, &full, &[leads(B, 4)]), None);
    let violation = tell(&mut watch, &empty, &[leads(B, 5)]).unwrap();
    assert_eq!((violation.what, violation.index), (Broken::LeaderLacksCommitted, Some(Index(0))));
    // It was committed in an earlier term than that of a leader who never had it.
    let lacks = [leads(A, 3), leads(B, 4), put(0, 1), committed(A, 0)];
    let mut watch = new_watch(&full);
    let mut cut_off = full.clone();
    cut_off.command(Command::PowerLoss { broker: B }).unwrap();
    assert_eq!(first_broken(&mut watch, &cut_off, &lacks), Some(Broken::LeaderLacksCommitted));
    // And does not lead any more.
    let follows = Event::Role { broker: B, role: Role::Follower, term: Term(4), leader: None };
    let lacks = [leads(A, 3), leads(B, 4), follows, put(0, 1), committed(A, 0)];
    let mut watch = new_watch(&full);
    assert_eq!(first_broken(&mut watch, &cut_off, &lacks), Some(Broken::LeaderLacksCommitted));
}

#[test]
fn committed_entries_agree() {
    let (mine, mut others) = (world(1), World::new(scenario(1)));
    // A first leadership in a later term: nobody votes but the first two, the second time.
    others.command(Command::Kill { broker: MemberId(2) }).unwrap();
    while others.leader().is_none() {
        others.step();
    }
    let first = others.leader().unwrap();
    others.command(Command::Kill { broker: first }).unwrap();
    others.command(Command::Restart { broker: MemberId(2) }).unwrap();
    others.advance(Micros::seconds(60));
    let term = |world: &World| {
        let up = (0..3).find_map(|n| world.up(n)).unwrap();
        up.member().store().term_at(Index(0)).unwrap()
    };
    assert_ne!(term(&mine), term(&others));
    let broker = others.leader().unwrap();
    let mut watch = new_watch(&mine);
    assert_eq!(first_broken(&mut watch, &mine, &[put(0, 1), committed(A, 0), committed(B, 0)]), None);
    let differs = [
        Event::Started { broker, term: Term(1), voted_for: None, end_index: Index::NONE },
        committed(broker, 0),
    ];
    assert_eq!(first_broken(&mut watch, &others, &differs), Some(Broken::CommittedDiffers));
}

#[test]
fn commit_index_sound() {
    let world = world(1);
    let beyond = world.up(0).unwrap().member().end_index().0 + 1;
    let mut watch = new_watch(&world);
    assert_eq!(first_broken(&mut watch, &world, &[committed(A, beyond)]), Some(Broken::CommittedBeyondEnd));
    let puts: Vec<Event> = (0..4).map(|n| put(n, 1)).collect();
    let mut watch = new_watch(&world);
    assert_eq!(first_broken(&mut watch, &world, &puts), None);
    let back = [committed(A, 3), committed(A, 2)];
    assert_eq!(first_broken(&mut watch, &world, &back), Some(Broken::CommittedWentBack));
    let cut = [committed(A, 3), Event::Truncated { broker: A, from_index: Index(3), count: 1 }];
    assert_eq!(first_broken(&mut watch, &world, &cut), Some(Broken::CommittedBeyondEnd));
    // A new process has not committed anything yet.
    let started = Event::Started { broker: A, term: Term(1), voted_for: None, end_index: Index(5) };
    assert_eq!(first_broken(&mut watch, &world, &[started, committed(A, 2)]), None);
}

#[test]
fn what_a_checkpoint_says_was_committed_stays_too() {
    let mut world = World::new(Scenario { preset: Preset::DLedger031, rules: Rules::SAFE, ..scenario(1) });
    let mut watch = new_watch(&world);
    watch.advance(&mut world, Micros::seconds(30)).unwrap();
    let follower = (0..3).map(MemberId).find(|broker| Some(*broker) != world.leader()).unwrap();
    world.command(Command::Kill { broker: follower }).unwrap();
    world.command(Command::Restart { broker: follower }).unwrap();
    while world.up(usize::from(follower.0)).is_none() {
        world.step();
        watch.look(&mut world).unwrap();
    }
    let cut = [Event::Truncated { broker: follower, from_index: Index(3), count: 1 }];
    assert_eq!(first_broken(&mut watch, &world, &cut), Some(Broken::CommittedBeyondEnd));
}

#[test]
fn units_point_at_their_message() {
    let (world, mut watch) = watched(1);
    let [first, second, _] = of_queue_0(&world);
    assert_eq!(first_broken(&mut watch, &world, &[dispatched(A, first, 0)]), None);
    assert_eq!(first_broken(&mut watch, &world, &[dispatched(A, second, 0)]), Some(Broken::UnitMisplaced));
    assert_eq!(first_broken(&mut watch, &world, &[dispatched(A, 99_999, 0)]), Some(Broken::UnitMisplaced));
    // A broker that starts with the queues of a log that it does not have.
    let mut cut = world.clone();
    let n = usize::from(cut.leader() == Some(A));
    let broker = MemberId(n as u8);
    let truncated = Event::Truncated { broker, from_index: Index(9_999), count: 1 };
    assert_eq!(first_broken(&mut watch, &world, &[truncated]), None);
    cut.up_mut(n).unwrap().ledger_disk().store.truncate(Index(3), true);
    assert_eq!(first_broken(&mut watch, &cut, &[truncated]), Some(Broken::UnitDangles));
    let started = Event::Started { broker, term: Term(1), voted_for: None, end_index: Index(2) };
    assert_eq!(first_broken(&mut watch, &cut, &[started]), Some(Broken::UnitMisplaced));
}

#[test]
fn queue_offsets_agree() {
    // Seeds in which queue 0 gets different messages first, in the same term.
    let term = |world: &World| world.up(0).unwrap().member().store().term_at(Index(0));
    let mine = world(1);
    let [a, _, _] = of_queue_0(&mine);
    let differs = |other: &World| of_queue_0(other)[0] != a && term(other) == term(&mine);
    let others = (2..).map(world).find(differs).unwrap();
    let [b, _, _] = of_queue_0(&others);
    let mut watch = new_watch(&mine);
    assert_eq!(first_broken(&mut watch, &mine, &[dispatched(A, a, 0), dispatched(B, a, 0)]), None);
    let violation = tell(&mut watch, &others, &[dispatched(B, b, 0)]).unwrap();
    assert_eq!((violation.what, violation.brokers), (Broken::UnitsDiffer, vec![A, B]));
    // Of a log of one and the rest of the other: the leader gave the offset, whoever commits it first.
    let ((a, mine), (b, others)) = if a < b { ((a, mine), (b, others)) } else { ((b, others), (a, mine)) };
    let led = leads(MemberId(2), term(&others).unwrap().0);
    let puts: Vec<Event> = (0..40).map(|number| put(number, 1)).collect();
    let mut watch = new_watch(&mine);
    assert_eq!(first_broken(&mut watch, &mine, &[led]), None);
    assert_eq!(first_broken(&mut watch, &mine, &puts), None);
    assert_eq!(first_broken(&mut watch, &mine, &[committed(A, a)]), None);
    let violation = tell(&mut watch, &others, &[committed(B, b)]).unwrap();
    assert_eq!((violation.what, violation.brokers), (Broken::OffsetGivenTwice, vec![MemberId(2)]));
}

#[test]
fn acknowledged_kept() {
    let (full, empty) = (world(1), World::new(scenario(1)));
    let (number, ..) = message(&full, 0);
    let mut watch = new_watch(&full);
    let events = [leads(A, 3), put(number, 1), committed(A, 0), acknowledged(number, 0)];
    assert_eq!(first_broken(&mut watch, &full, &events), None);
    let violation = tell(&mut watch, &empty, &[leads(B, 4)]).unwrap();
    assert_eq!((violation.what, violation.number), (Broken::LeaderLacksAcknowledged, Some(number)));
    let not_committed = Some(Broken::AcknowledgedNotCommitted);
    assert_eq!(first_broken(&mut watch, &full, &[acknowledged(number, 1)]), not_committed);
    assert_eq!(first_broken(&mut watch, &full, &[acknowledged(number + 1, 0)]), not_committed);
}

#[test]
fn what_still_flies_when_trouble_is_over_is_waited_for() {
    let mut scenario = Scenario::silent(1, 3);
    scenario.commands = (0..5).map(|_| (Micros::seconds(3), Command::Send { producer: 0 })).collect();
    let delay =
        |from, to| (Micros::seconds(4), Command::Delay { from: MemberId(from), to: MemberId(to), ms: 4_000 });
    let links = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)];
    scenario.commands.extend(links.map(|(from, to)| delay(from, to)));
    scenario.commands.push((Micros::seconds(7), Command::Calm));
    let mut run = Run::new(scenario);
    run.finish().unwrap();
    assert_eq!(run.stats().acknowledged, 5);
    // Once each when its producer was told, and in the end on every broker.
    assert!(run.stats().looks[Invariant::AcknowledgedKept as usize] >= 5 + 3 * 5, "{:?}", run.stats());
}

/// What is broken in the next quarter of an hour, if the watch is told of some events something else, or nothing.
fn told(watch: &mut Watch, world: &mut World, tell: impl Fn(Event) -> Option<Event>) -> Option<Broken> {
    let end = world.now() + Micros::seconds(900);
    while world.now() < end {
        world.step();
        for record in world.take_events() {
            let Some(event) = tell(record.event) else { continue };
            if let Err(violation) = watch.watch(world, &Record { event, ..record }) {
                return Some(violation.what);
            }
        }
        if let Err(violation) = watch.after_step(world) {
            return Some(violation.what);
        }
    }
    None
}

#[test]
fn what_was_acknowledged_is_shown_in_the_end() {
    let (mut world, mut watch) = watched(1);
    for n in 0..3 {
        // Units are gone that nobody writes again.
        world.up_mut(n).unwrap().queue_mut(QUEUE).unwrap().truncate_dirty(500);
    }
    // So what comes next is at other offsets than it should be; this one is for who looks at rest only.
    let without_units = |event| match event {
        Event::Dispatched { .. } | Event::Consumed { .. } => None,
        event => Some(event),
    };
    assert_eq!(told(&mut watch, &mut world, without_units), Some(Broken::AcknowledgedNotShown));
}

#[test]
fn what_was_acknowledged_is_consumed_in_the_end() {
    let (mut world, mut watch) = watched(1);
    let not_consumed = |event| match event {
        Event::Consumed { .. } => None,
        event => Some(event),
    };
    assert_eq!(told(&mut watch, &mut world, not_consumed), Some(Broken::AcknowledgedNotConsumed));
}

#[test]
fn a_consumer_that_is_slower_than_the_producer_but_goes_on_breaks_nothing() {
    let mut slow = scenario(1);
    slow.topics[0].queues = 1;
    slow.producers[0].every_ms = 10;
    // Of 1000 messages at a time, 50 a second.
    slow.consumers[0].consume_ms = 20_000;
    let mut world = World::new(slow);
    let mut watch = new_watch(&world);
    let until = watch.patience() + Micros::seconds(60);
    watch.advance(&mut world, until).unwrap();
}

#[test]
fn consumed_only_committed() {
    let world = world(1);
    let [first, _, _] = of_queue_0(&world);
    let (number, ..) = message(&world, first);
    let puts: Vec<Event> = (0..40).map(|n| put(n, 1)).collect();
    let mut watch = new_watch(&world);
    assert_eq!(first_broken(&mut watch, &world, &puts), None);
    let not_committed = Some(Broken::ConsumedNotCommitted);
    assert_eq!(first_broken(&mut watch.clone(), &world, &[consumed(0, number, first)]), not_committed);
    assert_eq!(first_broken(&mut watch, &world, &[committed(A, first)]), None);
    assert_eq!(first_broken(&mut watch.clone(), &world, &[consumed(0, number, first)]), None);
    assert_eq!(first_broken(&mut watch, &world, &[consumed(0, number + 1, first)]), not_committed);
}

#[test]
fn queue_order() {
    let world = world(1);
    let indices = of_queue_0(&world);
    let mut watch = new_watch(&world);
    let puts: Vec<Event> = (0..40).map(|n| put(n, 1)).collect();
    assert_eq!(first_broken(&mut watch, &world, &puts), None);
    assert_eq!(first_broken(&mut watch, &world, &[committed(A, indices[2])]), None);
    let [zeroth, first, second] =
        [0, 1, 2].map(|n| consumed(n, message(&world, indices[n as usize]).0, indices[n as usize]));
    let moved = Event::Rebalanced { consumer: ConsumerId(0), queues: 0 };
    let broken = |events: &[Event]| first_broken(&mut watch.clone(), &world, events);
    assert_eq!(broken(&[zeroth, first, second]), None);
    assert_eq!(broken(&[zeroth, first, first]), Some(Broken::ConsumedOutOfOrder));
    assert_eq!(broken(&[zeroth, first, moved, first, second]), None, "again, after a rebalance");
    assert_eq!(broken(&[zeroth, moved, second]), Some(Broken::PassedOver));
    assert_eq!(broken(&[first]), Some(Broken::PassedOver));
    // Sent back by a broker that is behind, it takes what the broker says, but for what it never came to.
    let status = GetMessageStatus::OffsetOverflowBadly;
    let pulled = |offset, next| {
        let consumer = ConsumerId(0);
        Event::Pulled { consumer, queue: QUEUE, offset, status, next, count: 0 }
    };
    assert_eq!(broken(&[zeroth, pulled(5, 2), moved, second]), None);
    assert_eq!(broken(&[zeroth, pulled(5, 1), moved, second]), Some(Broken::PassedOver));
    assert_eq!(broken(&[zeroth, pulled(1, 2), moved, second]), Some(Broken::PassedOver));
}

#[test]
fn duplicates_explained() {
    let world = world(1);
    let (number, ..) = message(&world, 0);
    let mut watch = new_watch(&world);
    assert_eq!(first_broken(&mut watch.clone(), &world, &[committed(A, 0)]), Some(Broken::StoredTooOften));
    let events = [put(number, 1), put(number, 2), committed(A, 0), acknowledged(number, 0)];
    assert_eq!(first_broken(&mut watch, &world, &events), None);
    assert_eq!(first_broken(&mut watch, &world, &[put(number, 3)]), Some(Broken::SentAfterSuccess));
}

#[test]
fn a_copy_that_the_network_made_explains_a_second_entry() {
    let mut world = World::new(scenario(1));
    let mut watch = new_watch(&world);
    watch.advance(&mut world, Micros::seconds(5)).unwrap();
    let change = LinkChange { duplicate_permille: Some(1000), ..LinkChange::default() };
    world.command(Command::Network { from: None, to: None, change }).unwrap();
    watch.advance(&mut world, Micros::seconds(15)).unwrap();
    let stored = world.up(0).unwrap().member().end_index();
    assert!(stored.0 > 30, "{stored}");
}

#[test]
fn leader_returns() {
    let nobody_leads = |event| match event {
        Event::Role { .. } => None,
        event => Some(event),
    };
    let broken_after = |commands: &[Command]| {
        let mut world = World::new(Scenario { consumers: Vec::new(), ..Scenario::silent(1, 3) });
        for command in commands {
            world.command(*command).unwrap();
        }
        told(&mut new_watch(&world), &mut world, nobody_leads)
    };
    assert_eq!(broken_after(&[]), Some(Broken::NoLeader));
    // Nothing is promised of one out of three, nor of brokers that do not hear each other, or are slow to.
    assert_eq!(broken_after(&[A, B].map(|broker| Command::Kill { broker })), None);
    let cut = Command::Cut { from: A, to: B };
    assert_eq!(broken_after(&[cut]), None);
    assert_eq!(broken_after(&[Command::Delay { from: A, to: B, ms: 1 }]), None);
    // The other two are a majority.
    assert_eq!(broken_after(&[cut, Command::Isolate { broker: A }]), Some(Broken::NoLeader));
    assert_eq!(broken_after(&[Command::Kill { broker: A }]), Some(Broken::NoLeader));
}

#[test]
fn a_majority_is_promised_a_leader_though_nothing_is_promised_of_one_outside() {
    let mut world = World::new(Scenario::silent(1, 3));
    let mut watch = new_watch(&world);
    watch.advance(&mut world, Micros::seconds(5)).unwrap();
    world.command(Command::Send { producer: 0 }).unwrap();
    watch.advance(&mut world, Micros::seconds(10)).unwrap();
    // Elected with a full disk, before it knows that its log is committed.
    world.command(Command::Kill { broker: A }).unwrap();
    world.command(Command::Restart { broker: A }).unwrap();
    watch.advance(&mut world, Micros::millis(10_004)).unwrap();
    world.command(Command::Disk { broker: A, slow_ms: None, full: Some(true) }).unwrap();
    world.command(Command::Pause { broker: A }).unwrap();
    assert_eq!(first_broken(&mut watch, &world, &[leads(A, 99)]), None);
    let nobody_leads = |event| match event {
        Event::Role { .. } => None,
        event => Some(event),
    };
    assert_eq!(told(&mut watch, &mut world, nobody_leads), Some(Broken::NoLeader));
}

#[test]
fn puts_succeed() {
    let (mut world, mut watch) = watched(1);
    let failed = |event| match event {
        Event::PutResult { producer, number, count, broker, .. } => {
            let (status, index) = (SendStatus::Timeout, Index::NONE);
            Some(Event::PutResult { producer, number, count, broker, ok: false, status, index })
        }
        event => Some(event),
    };
    assert_eq!(told(&mut watch.clone(), &mut world.clone(), Some), None);
    assert_eq!(told(&mut watch, &mut world, failed), Some(Broken::NoPut));
}

#[test]
fn every_way_to_break_something_has_a_sentence_and_every_invariant_one_way() {
    let mut counts = Counts::default();
    for what in Broken::ALL {
        counts.add(what.invariant());
        let violation = Violation::new(Micros(1_500), what, &[A, B]).of_entry(Index(7), Term(3));
        let violation = Violation {
            number: Some(11),
            consumer: Some(ConsumerId(1)),
            producer: Some(ProducerId(2)),
            ..violation.of_unit(QUEUE, 5)
        };
        let said = violation.to_string();
        assert!(said.starts_with("at 1.500 ms: ") && !said.contains("  ") && !said.ends_with(' '), "{said}");
    }
    assert!(counts.all().all(|(_, ways)| ways > 0));
    assert_eq!(Invariant::ALL.len(), 15);
}
