//! ConsumeQueues: what their units point at, and that all brokers number messages alike.

use super::invariant::Invariant;
use super::violation::{Broken, Violation};
use super::watch::Look;
use crate::broker::{Broker, QueueId, TopicId};
use crate::ledger::MemberId;
use crate::scenario::Scenario;
use crate::store::{CqUnit, ENTRY_HEADER_SIZE, Entry, Index, Record, Term};

/// The first message seen at a queue offset.
#[derive(Clone, Copy, Debug)]
struct First {
    broker: MemberId,
    index: Index,
    term: Term,
    unit: CqUnit,
}

/// All queues, as they were seen.
#[derive(Clone, Debug)]
pub(super) struct Units {
    topics: Vec<String>,
    queues: Vec<QueueId>,
    /// by queue and offset
    first: Vec<Vec<Option<First>>>,
    /// the committed entry of each offset
    given: Vec<Vec<Option<Index>>>,
}

impl Units {
    pub fn new(scenario: &Scenario) -> Units {
        let mut queues = Vec::new();
        for (n, topic) in (0..).zip(&scenario.topics) {
            queues.extend((0..topic.queues).map(|queue| QueueId { topic: TopicId(n), queue }));
        }
        let topics = scenario.topics.iter().map(|topic| topic.name.clone()).collect();
        Units { topics, first: vec![Vec::new(); queues.len()], given: vec![Vec::new(); queues.len()], queues }
    }

    /// An entry was committed, by anybody for the first time: its message must be the only one of its queue offset, or it
    /// will never show. `giver` led when the offset was given.
    pub fn committed(
        &mut self,
        look: &mut Look,
        broker: MemberId,
        index: Index,
        giver: MemberId,
    ) -> Result<(), Violation> {
        let Some(process) = look.world.up(usize::from(broker.0)) else { return Ok(()) };
        let Some(record) = process.member().store().entry(index).and_then(|e| Record::parse(&e.body).ok())
        else {
            return Ok(());
        };
        look.counts.add(Invariant::QueueOffsetsAgree);
        let of = |queue: &QueueId| {
            i32::from(queue.queue) == record.queue_id()
                && self.topics[usize::from(queue.topic.0)] == record.topic()
        };
        let Some(n) = self.queues.iter().position(of) else { return Ok(()) };
        let (given, at) = (&mut self.given[n], record.queue_offset() as usize);
        given.resize(given.len().max(at + 1), None);
        if given[at].replace(index).is_none_or(|other| other == index) {
            return Ok(());
        }
        let violation = Violation::new(look.at, Broken::OffsetGivenTwice, &[giver]);
        let number = Some(record.flag() as u32);
        Err(Violation {
            index: Some(index),
            number,
            ..violation.of_unit(self.queues[n], record.queue_offset())
        })
    }

    /// A broker has put the unit of an entry into a queue.
    pub fn dispatched(
        &mut self,
        look: &mut Look,
        broker: MemberId,
        index: Index,
        (queue, queue_offset): (QueueId, i64),
    ) -> Result<(), Violation> {
        let Some(process) = look.world.up(usize::from(broker.0)) else { return Ok(()) };
        let unit = process.queue(queue).and_then(|units| units.get(queue_offset));
        let entry = process.member().store().entry(index);
        self.compare(look, broker, (queue, queue_offset), unit.zip(entry))
    }

    fn compare(
        &mut self,
        look: &mut Look,
        broker: MemberId,
        (queue, queue_offset): (QueueId, i64),
        seen: Option<(CqUnit, &Entry)>,
    ) -> Result<(), Violation> {
        look.counts.add(Invariant::UnitsPointAtTheirMessage);
        look.counts.add(Invariant::QueueOffsetsAgree);
        let broken = |what, brokers: &[MemberId]| {
            Err(Violation::new(look.at, what, brokers).of_unit(queue, queue_offset))
        };
        let of_queue = &mut self.first[self.queues.iter().position(|of| *of == queue).unwrap_or(0)];
        let first = of_queue.get(queue_offset as usize).copied().flatten();
        // What is equal to one that was right, and points into the same entry, is right.
        if let (Some(first), Some((unit, entry))) = (&first, &seen)
            && (first.index, first.term, first.unit) == (entry.index, entry.term, *unit)
        {
            return Ok(());
        }
        let topic = &self.topics[usize::from(queue.topic.0)];
        let points = |(unit, entry): &(CqUnit, &Entry)| points_at(*unit, entry, (topic, queue, queue_offset));
        let Some((unit, entry)) = seen.filter(points) else {
            return broken(Broken::UnitMisplaced, &[broker]);
        };
        match first {
            Some(first) if (first.index, first.term) != (entry.index, entry.term) => {
                broken(Broken::UnitsDiffer, &[first.broker, broker])
            }
            Some(_) => Ok(()),
            None => {
                let at = queue_offset as usize;
                of_queue.resize(of_queue.len().max(at + 1), None);
                of_queue[at] = Some(First { broker, index: entry.index, term: entry.term, unit });
                Ok(())
            }
        }
    }

    /// A process is up: its units are those that recovery left.
    pub fn started(&mut self, look: &mut Look, broker: MemberId) -> Result<(), Violation> {
        let Some(process) = look.world.up(usize::from(broker.0)) else { return Ok(()) };
        for n in 0..self.queues.len() {
            let queue = self.queues[n];
            let Some(units) = process.queue(queue) else { continue };
            for queue_offset in units.min_offset()..units.max_offset() {
                let first = self.first[n].get(queue_offset as usize).copied().flatten();
                let seen =
                    units.get(queue_offset).and_then(|unit| Some((unit, entry_of(process, unit, first)?)));
                self.compare(look, broker, (queue, queue_offset), seen)?;
            }
        }
        Ok(())
    }

    /// A log was cut. Units of messages that were in it would point at whatever comes there.
    pub fn truncated(&self, look: &mut Look, broker: MemberId) -> Result<(), Violation> {
        let Some(process) = look.world.up(usize::from(broker.0)) else { return Ok(()) };
        look.counts.add(Invariant::UnitsPointAtTheirMessage);
        let end = process.member().store().wrote_position();
        let reaches_beyond = |queue: &&QueueId| {
            let last = process.queue(**queue).and_then(|units| units.get(units.max_offset() - 1));
            last.is_some_and(|unit| unit.end() > end)
        };
        match self.queues.iter().find(reaches_beyond) {
            None => Ok(()),
            Some(queue) => {
                let violation = Violation::new(look.at, Broken::UnitDangles, &[broker]);
                Err(Violation { queue: Some(*queue), ..violation })
            }
        }
    }
}

/// The entry that a unit points into. Most likely it is where the first one at that queue offset was.
fn entry_of(broker: &Broker, unit: CqUnit, first: Option<First>) -> Option<&Entry> {
    let store = broker.member().store();
    let known = first.map(|first| first.index).filter(|index| {
        let at = store.position_of(*index);
        at.is_some_and(|at| at + ENTRY_HEADER_SIZE as i64 == unit.offset)
    });
    known.map_or_else(|| store.entry_at_position(unit.offset), |index| store.entry(index))
}

/// Whether the entry's message is the one at that offset, and where the unit says.
fn points_at(unit: CqUnit, entry: &Entry, (topic, queue, queue_offset): (&str, QueueId, i64)) -> bool {
    Record::parse(&entry.body).is_ok_and(|record| {
        record.queue_offset() == queue_offset
            && record.queue_id() == i32::from(queue.queue)
            && record.topic() == topic
            && (unit.offset, unit.size) == (record.physical_offset(), record.total_size())
    })
}
