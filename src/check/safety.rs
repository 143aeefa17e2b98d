//! The watch itself.

use std::collections::BTreeMap;
use std::fmt;

use crate::broker::{Broker, ConsumerId, GroupId, QueueId, TopicId};
use crate::ledger::{MemberId, Role};
use crate::sim::{Event, Record, World, carried};
use crate::store::{self, Entry, Index, Term};
use crate::time::Micros;

/// Something that must never happen, happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// when it was seen
    pub at: Micros,
    /// what was broken
    pub what: Broken,
}

/// The rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Broken {
    /// two brokers led one term
    TwoLeaders { term: Term, first: MemberId, second: MemberId },
    /// a broker committed another entry than the one that was committed before at that index
    CommittedDiffers { index: Index, broker: MemberId },
    /// two brokers' ConsumeQueues show different entries at one queue offset
    UnitDiffers { queue: QueueId, queue_offset: i64, broker: MemberId },
    /// a message was acknowledged whose entry is not committed, or carries another message
    AcknowledgedNotCommitted { number: u32, index: Index },
    /// a consumer got a message that is not committed, or not in the entry it is said to be in
    ConsumedNotCommitted { consumer: ConsumerId, number: u32, index: Index },
    /// a consumer skipped a message, or went back, in a queue that it held all along
    ConsumedOutOfOrder { consumer: ConsumerId, queue: QueueId, queue_offset: i64 },
    /// a broker's ConsumeQueue does not point at an acknowledged message where it should
    NotShown { index: Index, broker: MemberId },
    /// a broker that should hold everything does not hold a committed entry
    Lost { index: Index, broker: MemberId },
    /// with everybody up and nothing going wrong, a group of consumers does not get to the end of a queue
    NotConsumed { group: GroupId, queue: QueueId, reached: i64 },
    /// with everybody up and nothing going wrong, the group does not come to rest in agreement
    NoAgreement { broker: MemberId },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: ", self.at)?;
        match &self.what {
            Broken::TwoLeaders { term, first, second } => {
                write!(f, "brokers {} and {} both led term {term}", first.0, second.0)
            }
            Broken::CommittedDiffers { index, broker } => {
                write!(f, "broker {} committed another entry {index} than was committed before", broker.0)
            }
            Broken::UnitDiffers { queue, queue_offset, broker } => {
                let (broker, queue) = (broker.0, name(queue));
                write!(f, "broker {broker} has another message at offset {queue_offset} of {queue}")
            }
            Broken::AcknowledgedNotCommitted { number, index } => {
                write!(f, "message {number} was acknowledged, but entry {index} is not it, or not committed")
            }
            Broken::ConsumedNotCommitted { consumer, number, index } => {
                let consumer = consumer.0;
                write!(
                    f,
                    "consumer {consumer} got message {number}, but entry {index} is not it, or not committed"
                )
            }
            Broken::ConsumedOutOfOrder { consumer, queue, queue_offset } => {
                let (consumer, queue) = (consumer.0, name(queue));
                write!(f, "consumer {consumer} came to offset {queue_offset} of {queue} out of order")
            }
            Broken::NotShown { index, broker } => {
                write!(f, "broker {} does not show entry {index} in its queue", broker.0)
            }
            Broken::Lost { index, broker } => {
                write!(f, "broker {} does not hold committed entry {index}", broker.0)
            }
            Broken::NotConsumed { group, queue, reached } => {
                write!(f, "group {} got only to offset {reached} of {}", group.0, name(queue))
            }
            Broken::NoAgreement { broker } => write!(f, "broker {} is not where the leader is", broker.0),
        }
    }
}

fn name(queue: &QueueId) -> String {
    format!("queue {} of topic {}", queue.queue, queue.topic.0)
}

impl std::error::Error for Violation {}

fn group_of(world: &World, consumer: ConsumerId) -> GroupId {
    let scenario = world.scenario();
    let group = &scenario.consumers[usize::from(consumer.0)].group;
    let at = scenario.groups().iter().position(|name| name == group);
    GroupId(at.unwrap_or_default() as u8)
}

/// What has been seen so far in a run.
#[derive(Clone, Debug, Default)]
pub struct Safety {
    leaders: BTreeMap<Term, MemberId>,
    /// every entry that anybody committed, by index
    committed: Vec<Entry>,
    /// how far each process has committed, and was compared
    compared: BTreeMap<MemberId, Index>,
    /// the entry at each queue offset, by queue
    units: BTreeMap<(QueueId, i64), Index>,
    acknowledged: Vec<(u32, Index)>,
    /// the next offset of each queue that a consumer holds, once it is known
    consumers: BTreeMap<(ConsumerId, QueueId), i64>,
    /// where each group has been: the queue offset after its last message
    reached: BTreeMap<(GroupId, QueueId), i64>,
    consumed: usize,
    consumed_again: usize,
}

impl Safety {
    /// Looks at an event that has just happened in `world`.
    pub fn watch(&mut self, world: &World, record: &Record) -> Result<(), Violation> {
        let broken = |what| Err(Violation { at: record.at, what });
        match record.event {
            Event::Role { broker: second, role: Role::Leader, term, .. } => {
                let first = *self.leaders.entry(term).or_insert(second);
                if first != second {
                    return broken(Broken::TwoLeaders { term, first, second });
                }
            }
            Event::Started { broker, .. } => {
                self.compared.remove(&broker);
            }
            Event::Committed { broker, index } => {
                if let Some(index) = self.take_committed(world, broker, index) {
                    return broken(Broken::CommittedDiffers { index, broker });
                }
            }
            Event::Dispatched { broker, index, queue, queue_offset } => {
                let first = *self.units.entry((queue, queue_offset)).or_insert(index);
                if first != index {
                    return broken(Broken::UnitDiffers { queue, queue_offset, broker });
                }
            }
            Event::PutResult { number, count, ok: true, index: last, .. } => {
                // A batch lies in entries that follow each other.
                for n in 0..count {
                    let (number, index) = (number + n, Index(last.0 + 1 + i64::from(n) - i64::from(count)));
                    if self.committed_message(index) != Some(number) {
                        return broken(Broken::AcknowledgedNotCommitted { number, index });
                    }
                    self.acknowledged.push((number, index));
                }
            }
            Event::Rebalanced { consumer, queues } => {
                self.consumers.retain(|(of, queue), _| *of != consumer || queues & 1 << queue.queue != 0);
            }
            Event::ConsumerStopped { consumer } => self.consumers.retain(|(of, _), _| *of != consumer),
            Event::Consumed { consumer, queue, queue_offset, index, number, again } => {
                if self.committed_message(index) != Some(number) {
                    return broken(Broken::ConsumedNotCommitted { consumer, number, index });
                }
                let before = self.consumers.insert((consumer, queue), queue_offset + 1);
                if before.is_some_and(|expected| expected != queue_offset) {
                    return broken(Broken::ConsumedOutOfOrder { consumer, queue, queue_offset });
                }
                let reached = self.reached.entry((group_of(world, consumer), queue)).or_default();
                *reached = (queue_offset + 1).max(*reached);
                self.consumed += 1;
                self.consumed_again += usize::from(again);
            }
            _ => {}
        }
        Ok(())
    }

    /// The number of the message in a committed entry.
    fn committed_message(&self, index: Index) -> Option<u32> {
        let entry = self.committed.get(usize::try_from(index.0).ok()?)?;
        carried(entry).map(|carried| carried.number)
    }

    /// Compares what a broker has committed with what is known; the index at which they differ.
    fn take_committed(&mut self, world: &World, broker: MemberId, index: Index) -> Option<Index> {
        let store = world.up(usize::from(broker.0))?.member().store();
        // A process commits its log from the beginning, so all that it had not committed yet counts.
        let before = self.compared.insert(broker, index).unwrap_or(Index::NONE);
        let known = self.committed.iter().enumerate().skip(before.next().0 as usize);
        for (i, entry) in known.take_while(|(i, _)| *i as i64 <= index.0) {
            if store.entry(Index(i as i64)) != Some(entry) {
                return Some(Index(i as i64));
            }
        }
        for i in self.committed.len() as i64..=index.0 {
            self.committed.push(store.get(Index(i))?);
        }
        None
    }

    /// After a quiet time with everybody up: every broker holds every committed entry, agrees with the
    /// leader, and shows every acknowledged message in its ConsumeQueues.
    pub fn at_rest(&self, world: &World) -> Result<(), Violation> {
        let broken = |what| Err(Violation { at: world.now(), what });
        let leader = world.leader().and_then(|leader| world.up(usize::from(leader.0)));
        for n in 0..world.scenario().brokers {
            let broker = MemberId(n);
            let (Some(leader), Some(process)) = (leader, world.up(usize::from(n))) else {
                return broken(Broken::NoAgreement { broker });
            };
            let member = process.member();
            for (i, entry) in self.committed.iter().enumerate() {
                if member.store().entry(Index(i as i64)) != Some(entry) {
                    return broken(Broken::Lost { index: Index(i as i64), broker });
                }
            }
            let same = member.end_index() == leader.member().end_index()
                && member.committed_index() == leader.member().committed_index()
                && member.committed_index() == member.end_index()
                && process.dispatch_behind_bytes() == 0;
            if !same {
                return broken(Broken::NoAgreement { broker });
            }
            for (_, index) in &self.acknowledged {
                if !shows(world, process, *index) {
                    return broken(Broken::NotShown { index: *index, broker });
                }
            }
        }
        Ok(())
    }

    /// After a long quiet time with everybody up: the groups have consumed all there is. They must have begun at the
    /// beginning.
    pub fn all_consumed(&self, world: &World) -> Result<(), Violation> {
        let Some(leader) = world.leader().and_then(|leader| world.up(usize::from(leader.0))) else {
            return Ok(());
        };
        for (n, consumer) in world.scenario().consumers.iter().enumerate() {
            let (group, topic) = (group_of(world, ConsumerId(n as u8)), TopicId(consumer.topic));
            for (at, consume_queue) in leader.queues_of(topic).iter().enumerate() {
                let queue = QueueId { topic, queue: at as u8 };
                let reached = self.reached.get(&(group, queue)).copied().unwrap_or_default();
                if reached != consume_queue.max_offset() {
                    let what = Broken::NotConsumed { group, queue, reached };
                    return Err(Violation { at: world.now(), what });
                }
            }
        }
        Ok(())
    }

    /// Messages acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.len()
    }

    /// Messages consumed so far, and those of them that the group had consumed before.
    pub fn consumed(&self) -> (usize, usize) {
        (self.consumed, self.consumed_again)
    }

    /// Entries committed so far.
    pub fn committed(&self) -> usize {
        self.committed.len()
    }

    /// Terms that had a leader so far.
    pub fn terms_led(&self) -> usize {
        self.leaders.len()
    }
}

/// Whether the unit at the entry's queue offset points at the entry's message.
fn shows(world: &World, broker: &Broker, index: Index) -> bool {
    let Some(entry) = broker.member().store().entry(index) else { return false };
    let Ok(record) = store::Record::parse(&entry.body) else { return false };
    let topics = &world.scenario().topics;
    let Some(topic) = topics.iter().position(|topic| topic.name == record.topic()) else { return false };
    let queue = QueueId { topic: TopicId(topic as u8), queue: record.queue_id() as u8 };
    let unit = broker.queue(queue).and_then(|queue| queue.get(record.queue_offset()));
    unit.is_some_and(|unit| unit.offset == record.physical_offset())
}
