//! The frame: what the stage draws, as one flat list of numbers. Where each is, `layout` says.

use super::layout::{broker, cell, disk as flaw, flight, head, link as links, queue, state, timer, unit};
use crate::broker::{Broker, BrokerRole, Disk, TopicId};
use crate::client::{Producer, Route, SendStatus};
use crate::ledger::{Countdown, MemberId};
use crate::sim::{BrokerState, DiskState, Event, Packet, Party, Summary, World, carried};
use crate::store::{ConsumeQueue, EntryStore, Index};
use crate::time::Micros;

/// Log columns per broker: enough for the widest picture.
pub const COLUMNS: usize = 32;
/// ConsumeQueues of the first topic that are shown.
const QUEUES_SHOWN: usize = 4;
/// Units of each ConsumeQueue.
pub const UNITS: usize = 24;

const NONE: f64 = -1.0;

/// Fills `frame` with the world's present. Keeps the list's memory from frame to frame.
pub fn fill(frame: &mut Vec<f64>, world: &World) {
    let brokers = usize::from(world.scenario().brokers);
    let queues = usize::from(world.scenario().topics[0].queues).min(QUEUES_SHOWN);
    let queue_size = queue::LENGTH + UNITS * unit::STRIDE;
    let brokers_at = head::LENGTH;
    let cells_at = brokers_at + brokers * broker::STRIDE;
    let queues_at = cells_at + brokers * COLUMNS * cell::STRIDE;
    let links_at = queues_at + brokers * queues * queue_size;
    let flights_at = links_at + brokers * brokers;

    frame.clear();
    frame.resize(flights_at, NONE);
    for (at, flaws) in frame[links_at..].iter_mut().enumerate() {
        *flaws = flaws_of(world, at / brokers, at % brokers);
    }
    let first = first_column(world, brokers);
    for n in 0..brokers {
        fill_broker(block(frame, brokers_at + n * broker::STRIDE), world, n);
        let (store, consume_queues) = disk(world, n);
        let cells = &mut frame[cells_at + n * COLUMNS * cell::STRIDE..];
        fill_log(cells, store, first);
        for (q, consume_queue) in consume_queues.iter().take(queues).enumerate() {
            let at = queues_at + (n * queues + q) * queue_size;
            fill_queue(&mut frame[at..at + queue_size], store, consume_queue);
        }
    }
    let mut flights = 0;
    for packet in world.in_flight().filter(|p| is_drawn(p.from, p.to, &p.summary)) {
        flights += 1;
        push_flight(frame, packet, world);
    }

    let head: &mut [f64; head::LENGTH] = block(frame, 0);
    head[head::TIME_US] = world.now().0 as f64;
    head[head::BROKERS] = brokers as f64;
    head[head::FLIGHTS] = f64::from(flights);
    head[head::BROKERS_AT] = brokers_at as f64;
    head[head::FLIGHTS_AT] = flights_at as f64;
    head[head::CELLS_AT] = cells_at as f64;
    head[head::QUEUES_AT] = queues_at as f64;
    head[head::FIRST_INDEX] = first.0 as f64;
    head[head::COLUMNS] = COLUMNS as f64;
    head[head::QUEUES] = queues as f64;
    head[head::UNITS] = UNITS as f64;
    head[head::NEXT_EVENT_US] =
        world.next_event_time().filter(|_| !world.is_left_alone()).map_or(NONE, |t| t.0 as f64);
    head[head::EVENTS] = world.emitted() as f64;
    head[head::LEADER] = member(world.leader());
    fill_producer(head, world.producer(0));
    head[head::QUORUM] = (brokers / 2 + 1) as f64;
    head[head::LINKS_AT] = links_at as f64;
}

/// Without a producer there is one that does nothing.
fn fill_producer(head: &mut [f64; head::LENGTH], producer: Option<&Producer>) {
    head[head::PRODUCER_PENDING] = producer.map_or(0.0, |p| p.pending() as f64);
    head[head::PRODUCER_SENT] = producer.map_or(0.0, |p| f64::from(p.started()));
    head[head::PRODUCER_OK] = producer.map_or(0.0, |p| f64::from(p.ok()));
    head[head::PRODUCER_FAILED] = producer.map_or(0.0, |p| f64::from(p.failed()));
    head[head::PRODUCER_TO] = member(producer.and_then(Producer::route).and_then(Route::master));
    if let Some((number, status)) = producer.and_then(Producer::last) {
        head[head::PRODUCER_LAST] = f64::from(number);
        head[head::PRODUCER_LAST_OK] = if status == SendStatus::OK { 1.0 } else { 0.0 };
    }
}

/// Brokers and the first producer are on the stage; name server, consumers and the other producers are not, nor is what
/// has come to the kinds of message since.
fn is_drawn(from: Party, to: Party, message: &Summary) -> bool {
    message.kind.is_of_the_group() && from.number() >= -1 && to.number() >= -1
}

/// Whether an event is about what is on the stage.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
pub fn is_on_stage(event: &Event) -> bool {
    match event {
        Event::Sent { from, to, message, .. }
        | Event::Delivered { from, to, message, .. }
        | Event::Lost { from, to, message, .. }
        | Event::Refused { from, to, message, .. } => is_drawn(*from, *to, message),
        Event::Put { producer, .. } | Event::PutResult { producer, .. } => producer.0 == 0,
        Event::Registered { .. }
        | Event::Unregistered { .. }
        | Event::RouteChanged { .. }
        | Event::ConsumerStarted { .. }
        | Event::ConsumerStopped { .. }
        | Event::Rebalanced { .. }
        | Event::Pulled { .. }
        | Event::Consumed { .. } => false,
        _ => true,
    }
}

/// The numbers of one thing. Its length is known, so that what fills it need not be checked number by number.
fn block<const N: usize>(frame: &mut [f64], at: usize) -> &mut [f64; N] {
    frame[at..].first_chunk_mut().expect("the frame has room for all that it shows")
}

/// What is wrong with a link between two brokers.
fn flaws_of(world: &World, from: usize, to: usize) -> f64 {
    let party = |n: usize| Party::Broker(MemberId(n as u8));
    let (link, scenario) = (world.link(party(from), party(to)), world.scenario());
    let chances = link.loss_permille | link.duplicate_permille | link.reorder_permille;
    let slow = link.delay > Micros::ZERO
        || link.latency_us + link.jitter_us > scenario.latency_max_us
        || link.latency_us > scenario.latency_min_us;
    let flaws = [(link.cut, links::CUT), (chances > 0, links::LOSSY), (slow, links::SLOW)];
    flaws.into_iter().map(|(is, flaw)| if is { flaw } else { 0.0 }).sum()
}

fn member(id: Option<MemberId>) -> f64 {
    id.map_or(NONE, |id| f64::from(id.0))
}

fn disk(world: &World, n: usize) -> (&EntryStore, &[ConsumeQueue]) {
    match world.broker(n) {
        BrokerState::Up(broker) => (broker.member().store(), broker.queues_of(TopicId(0))),
        BrokerState::Dead(disk) | BrokerState::Booting { disk, .. } => of_disk(disk),
        BrokerState::Between => unreachable!("a world is looked at only between its steps"),
    }
}

fn of_disk(disk: &Disk) -> (&EntryStore, &[ConsumeQueue]) {
    (&disk.ledger.store, disk.queues.of(TopicId(0)))
}

/// All logs are shown from the same index on, so that rows can be compared: the end of the longest is in.
fn first_column(world: &World, brokers: usize) -> Index {
    let end = (0..brokers).map(|n| disk(world, n).0.end_index().0).max().unwrap_or(-1);
    Index((end + 1 - COLUMNS as i64).max(0))
}

fn fill_broker(place: &mut [f64; broker::STRIDE], world: &World, n: usize) {
    let DiskState { slow_ms, full } = world.disk_state(n);
    place[broker::CLOCK_PERMILLE] = f64::from(world.clock_rate(n));
    place[broker::DISK] = if slow_ms > 0 { flaw::SLOW } else { 0.0 } + if full { flaw::FULL } else { 0.0 };
    match world.broker(n) {
        BrokerState::Up(process) => {
            place[broker::STATE] = if world.is_paused(n) { state::PAUSED } else { state::UP };
            fill_process(place, process, |own| world.world_time(n, own));
        }
        BrokerState::Dead(disk) | BrokerState::Booting { disk, .. } => {
            let vote = disk.ledger.vote.read().unwrap_or_default();
            let booting = matches!(world.broker(n), BrokerState::Booting { .. });
            place[broker::STATE] = if booting { state::BOOTING } else { state::DEAD };
            place[broker::ROLE] = 0.0;
            place[broker::TERM] = vote.term.0 as f64;
            place[broker::MASTER] = 0.0;
            place[broker::END_INDEX] = disk.ledger.store.end_index().0 as f64;
            place[broker::TIMER] = timer::NONE;
        }
        BrokerState::Between => {}
    }
}

/// `shown` turns a time of the broker's clock into one of the world's.
fn fill_process(place: &mut [f64; broker::STRIDE], process: &Broker, shown: impl Fn(Micros) -> Micros) {
    let m = process.member();
    place[broker::ROLE] = f64::from(m.role() as u8);
    place[broker::TERM] = m.term().0 as f64;
    place[broker::VOTED_FOR] = member(m.voted_for());
    place[broker::LEADER_ID] = member(m.leader());
    place[broker::BROKER_ID] = process.broker_id() as f64;
    place[broker::MASTER] = if process.role() == BrokerRole::SyncMaster { 1.0 } else { 0.0 };
    place[broker::END_INDEX] = m.end_index().0 as f64;
    place[broker::COMMITTED_INDEX] = m.committed_index().0 as f64;
    place[broker::DISPATCHED_INDEX] = process.dispatched_index().0 as f64;
    place[broker::VOTES] = m.votes_granted().map_or(NONE, f64::from);
    let (kind, since, until) = match m.countdown() {
        None => (timer::NONE, NONE, NONE),
        Some(countdown) => {
            let (kind, since, until) = match countdown {
                Countdown::Election { since, until } => (timer::ELECTION, since, until),
                Countdown::Retry { since, until } => (timer::RETRY, since, until),
                Countdown::Heartbeat { since, until } => (timer::HEARTBEAT, since, until),
                Countdown::Round { since, until } => (timer::ROUND, since, until),
            };
            (kind, shown(since).0 as f64, shown(until).0 as f64)
        }
    };
    place[broker::TIMER] = kind;
    place[broker::TIMER_START_US] = since;
    place[broker::TIMER_END_US] = until;
}

fn fill_log(cells: &mut [f64], store: &EntryStore, first: Index) {
    for column in 0..COLUMNS {
        let place: &mut [f64; cell::STRIDE] = block(cells, column * cell::STRIDE);
        place[cell::ENTRY] = 0.0;
        let Some(entry) = store.entry(Index(first.0 + column as i64)) else {
            continue;
        };
        place[cell::TERM] = entry.term.0 as f64;
        place[cell::ENTRY] = f64::from(entry.magic.code());
        if let Some(carried) = carried(entry) {
            place[cell::MESSAGE] = f64::from(carried.number);
            place[cell::QUEUE] = f64::from(carried.queue);
        }
    }
}

fn fill_queue(numbers: &mut [f64], store: &EntryStore, consume_queue: &ConsumeQueue) {
    let place: &mut [f64; queue::LENGTH] = block(numbers, 0);
    let (min, max) = (consume_queue.min_offset(), consume_queue.max_offset());
    let shown = (max - min).clamp(0, UNITS as i64);
    place[queue::MIN] = min as f64;
    place[queue::MAX] = max as f64;
    place[queue::SHOWN] = shown as f64;
    for i in 0..shown as usize {
        let unit = consume_queue.get(max - shown + i as i64);
        // A unit points to the message, 48 bytes into the entry, so the entry's bytes include it.
        let entry = unit.and_then(|unit| store.entry_at_position(unit.offset));
        let at = queue::LENGTH + i * unit::STRIDE;
        if let Some(entry) = entry {
            let place: &mut [f64; unit::STRIDE] = block(numbers, at);
            place[unit::INDEX] = entry.index.0 as f64;
            place[unit::TERM] = entry.term.0 as f64;
        }
    }
}

fn party(party: Party) -> f64 {
    party.number() as f64
}

fn push_flight(frame: &mut Vec<f64>, packet: &Packet, world: &World) {
    let at = frame.len();
    frame.resize(at + flight::STRIDE, NONE);
    let place: &mut [f64; flight::STRIDE] = block(frame, at);
    let message = &packet.summary;
    let (sent, arrives) = (packet.sent_at.0 as f64, packet.arrives_at.0 as f64);
    place[flight::ID] = packet.id as f64;
    place[flight::KIND] = f64::from(message.kind as u8);
    place[flight::FROM] = party(packet.from);
    place[flight::TO] = party(packet.to);
    place[flight::SENT_US] = sent;
    place[flight::ARRIVES_US] = arrives;
    place[flight::PROGRESS] = ((world.now().0 as f64 - sent) / (arrives - sent).max(1.0)).clamp(0.0, 1.0);
    place[flight::TERM] = message.term.0 as f64;
    place[flight::INDEX] = message.index.0 as f64;
    place[flight::ENTRY_TERM] = message.entry_term.0 as f64;
    place[flight::RESULT] = message.result.map_or(0.0, |r| r.number() as f64);
    place[flight::OK] = match message.result {
        None => 0.0,
        Some(result) if result.agrees() => 1.0,
        Some(_) => -1.0,
    };
    place[flight::MESSAGE] = message.number.map_or(NONE, f64::from);
    place[flight::LOST] = if packet.lost { 1.0 } else { 0.0 };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{ProducerSpec, Scenario};

    fn busy() -> Scenario {
        Scenario {
            producers: vec![ProducerSpec { topic: 0, every_ms: 100, batch: 1 }],
            ..Scenario::default()
        }
    }

    #[test]
    fn a_frame_shows_the_logs_from_one_index_and_the_units_that_point_into_them() {
        let mut world = World::new(busy());
        world.advance(Micros::seconds(8));
        let mut frame = Vec::new();
        fill(&mut frame, &world);

        let number = |at: usize| frame[at] as i64;
        let end = number(head::LENGTH + broker::END_INDEX);
        assert!(end > COLUMNS as i64, "long enough to scroll: {end}");
        let first = number(head::FIRST_INDEX);
        assert_eq!(first, end + 1 - COLUMNS as i64);
        let last_cell = number(head::CELLS_AT) as usize + (COLUMNS - 1) * cell::STRIDE;
        assert_eq!(number(last_cell + cell::TERM), world.up(0).unwrap().member().store().end_term().0);

        let queue_at = number(head::QUEUES_AT) as usize;
        let newest = queue_at + queue::LENGTH + (UNITS - 1) * unit::STRIDE;
        let index = Index(number(newest + unit::INDEX));
        let entry = world.up(0).unwrap().member().store().get(index).unwrap();
        assert_eq!(carried(&entry).unwrap().queue, 0);
        assert_eq!(number(newest + unit::TERM), entry.term.0);
    }

    #[test]
    fn the_producer_points_at_the_master_it_remembers_until_it_asks_again() {
        let mut world = World::new(busy());
        world.advance(Micros::seconds(8));
        let mut frame = Vec::new();
        fill(&mut frame, &world);
        let old = world.master().unwrap();
        assert_eq!(frame[head::PRODUCER_TO], f64::from(old.0));

        world.command(crate::sim::Command::Kill { broker: old }).unwrap();
        world.advance(Micros::seconds(20));
        assert!(world.master().is_some_and(|new| new != old), "another serves");
        fill(&mut frame, &world);
        assert_eq!(frame[head::PRODUCER_TO], f64::from(old.0), "its route is polled every 30 s");
        world.advance(Micros::seconds(31));
        fill(&mut frame, &world);
        assert_eq!(frame[head::PRODUCER_TO], f64::from(world.master().unwrap().0));
    }

    #[test]
    fn what_flies_is_somewhere_between_its_ends() {
        let mut world = World::new(Scenario::default());
        while world.in_flight().next().is_none() {
            world.step();
        }
        let packet = world.in_flight().next().unwrap();
        let middle = Micros((packet.sent_at.0 + packet.arrives_at.0) / 2);
        world.advance(middle);
        let mut frame = Vec::new();
        fill(&mut frame, &world);
        let flights = frame[head::FLIGHTS] as usize;
        assert!(flights > 0);
        assert_eq!(frame.len(), frame[head::FLIGHTS_AT] as usize + flights * flight::STRIDE);
        for n in 0..flights {
            let at = frame[head::FLIGHTS_AT] as usize + n * flight::STRIDE;
            let progress = frame[at + flight::PROGRESS];
            assert!((0.0..1.0).contains(&progress), "{progress}");
        }
    }
}
