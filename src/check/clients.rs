//! What producers and consumers are promised.

use std::collections::BTreeMap;

use super::invariant::Invariant;
use super::logs::Logs;
use super::violation::{Broken, Violation};
use super::watch::Look;
use crate::broker::{Broker, BrokerRequest, ConsumerId, GroupId, ProducerId, PullRequest, QueueId, TopicId};
use crate::ledger::MemberId;
use crate::scenario::{ConsumeFrom, ConsumerSpec, Scenario};
use crate::sim::Payload;
use crate::store::{Index, Record};
use crate::time::Micros;

/// What was acknowledged this long before the group is at rest must be everywhere.
const SETTLED: Micros = Micros::seconds(10);
/// What is known of a producer's message.
#[derive(Clone, Copy, Debug, Default)]
struct Sent {
    /// attempts, and copies that the network made of them
    times: u32,
    /// committed entries with it
    stored: u32,
    acknowledged: bool,
}

/// Where a group is in a queue.
#[derive(Clone, Copy, Debug)]
struct Reached {
    /// the offset after the last message that it came to
    next: i64,
    /// when it consumed something there last
    at: Micros,
}

/// The histories of producers and consumers.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    topics: Vec<String>,
    /// by number
    messages: Vec<Sent>,
    acknowledged: Vec<(Micros, Index)>,
    /// group and topic of each consumer
    consumers: Vec<(GroupId, TopicId)>,
    /// how long a message takes at most
    slowest: Micros,
    /// groups that begin with the first message
    from_first: Vec<GroupId>,
    /// the next offset of each queue that a consumer holds, once it is known
    held: BTreeMap<(ConsumerId, QueueId), i64>,
    reached: BTreeMap<(GroupId, QueueId), Reached>,
}

impl Clients {
    pub fn new(scenario: &Scenario) -> Clients {
        let names = scenario.groups();
        let group = |name: &str| GroupId(names.iter().position(|of| *of == name).unwrap_or(0) as u8);
        let consumer = |spec: &ConsumerSpec| (group(&spec.group), TopicId(spec.topic));
        let all_first = |name: &&&str| {
            let mut of_group = scenario.consumers.iter().filter(|spec| spec.group == **name);
            of_group.all(|spec| spec.from == ConsumeFrom::First)
        };
        Clients {
            topics: scenario.topics.iter().map(|topic| topic.name.clone()).collect(),
            messages: Vec::new(),
            acknowledged: Vec::new(),
            consumers: scenario.consumers.iter().map(consumer).collect(),
            slowest: Micros::millis(u64::from(
                scenario.consumers.iter().map(|spec| spec.consume_ms).max().unwrap_or(0),
            )),
            from_first: names.iter().filter(all_first).map(|name| group(name)).collect(),
            held: BTreeMap::new(),
            reached: BTreeMap::new(),
        }
    }

    fn sent(&mut self, number: u32) -> &mut Sent {
        let at = number as usize;
        if at >= self.messages.len() {
            self.messages.resize(at + 1, Sent::default());
        }
        &mut self.messages[at]
    }

    /// A producer begins an attempt to send `count` messages from `number` on.
    pub fn put(
        &mut self,
        look: &mut Look,
        producer: ProducerId,
        (number, count): (u32, u32),
    ) -> Result<(), Violation> {
        look.counts.add(Invariant::DuplicatesExplained);
        for number in number..number + count {
            let sent = self.sent(number);
            sent.times += 1;
            if sent.acknowledged {
                let violation = Violation::new(look.at, Broken::SentAfterSuccess, &[]);
                return Err(Violation { number: Some(number), producer: Some(producer), ..violation });
            }
        }
        Ok(())
    }

    /// The network made a copy of a message in flight.
    pub fn doubled(&mut self, look: &mut Look, copy: u64) {
        let packet = look.world.in_flight().find(|packet| packet.id == copy);
        if let Some(Payload::Client(BrokerRequest::Send { messages, .. })) = packet.map(|p| &p.payload) {
            for message in messages.iter() {
                self.sent(message.number).times += 1;
            }
        }
    }

    /// An entry was committed, by anybody for the first time.
    pub fn stored(&mut self, look: &mut Look, index: Index, number: Option<u32>) -> Result<(), Violation> {
        let Some(number) = number else { return Ok(()) };
        look.counts.add(Invariant::DuplicatesExplained);
        let sent = self.sent(number);
        sent.stored += 1;
        if sent.stored <= sent.times {
            return Ok(());
        }
        let violation = Violation::new(look.at, Broken::StoredTooOften, &[]);
        Err(Violation { number: Some(number), index: Some(index), ..violation })
    }

    /// A producer was told that its messages are stored, the last one in entry `last`. A batch lies in entries that
    /// follow each other.
    pub fn acknowledged(
        &mut self,
        look: &mut Look,
        logs: &mut Logs,
        (producer, number, count, last): (ProducerId, u32, u32, Index),
    ) -> Result<(), Violation> {
        for n in 0..count {
            look.counts.add(Invariant::AcknowledgedKept);
            let (number, index) = (number + n, Index(last.0 + 1 + i64::from(n) - i64::from(count)));
            self.sent(number).acknowledged = true;
            if logs.message_at(index) != Some(number) {
                let violation = Violation::new(look.at, Broken::AcknowledgedNotCommitted, &[]);
                let producer = Some(producer);
                return Err(Violation { number: Some(number), index: Some(index), producer, ..violation });
            }
            logs.acknowledge(look.at, index);
            self.acknowledged.push((look.at, index));
        }
        Ok(())
    }

    /// How many were acknowledged.
    pub fn acknowledged_messages(&self) -> usize {
        self.acknowledged.len()
    }

    /// A consumer holds these queues of its topic now, and no others.
    pub fn holds(&mut self, consumer: ConsumerId, queues: u16) {
        self.held.retain(|(of, queue), _| *of != consumer || queues & 1 << queue.queue != 0);
    }

    /// A broker that is behind has no message at the offset that a consumer has come to, and says where it should go on. As
    /// RocketMQ's, the consumer gives the queue up with all it was about to consume, and takes that for the group's
    /// offset: what it had pulled and not consumed below it is passed over. That is a hole of the original, not of ours.
    pub fn sent_back(&mut self, consumer: ConsumerId, queue: QueueId, from: i64, to: i64) {
        let (group, _) = self.consumers[usize::from(consumer.0)];
        if let Some(reached) = self.reached.get_mut(&(group, queue)).filter(|_| to < from) {
            reached.next = reached.next.max(to);
        }
    }

    /// A consumer got a message that is said to be in entry `index`, where `committed` is.
    pub fn consumed(
        &mut self,
        look: &mut Look,
        consumer: ConsumerId,
        (queue, queue_offset): (QueueId, i64),
        (index, number): (Index, u32),
        committed: Option<u32>,
    ) -> Result<(), Violation> {
        look.counts.add(Invariant::ConsumedOnlyCommitted);
        look.counts.add(Invariant::QueueOrder);
        let before = self.held.insert((consumer, queue), queue_offset + 1);
        let (group, _) = self.consumers[usize::from(consumer.0)];
        let first = if self.from_first.contains(&group) { 0 } else { queue_offset };
        let reached = self.reached.entry((group, queue)).or_insert(Reached { next: first, at: look.at });
        let passed_over = queue_offset > reached.next;
        *reached = Reached { next: reached.next.max(queue_offset + 1), at: look.at };
        let what = if committed != Some(number) {
            Broken::ConsumedNotCommitted
        } else if before.is_some_and(|expected| expected != queue_offset) {
            Broken::ConsumedOutOfOrder
        } else if passed_over {
            Broken::PassedOver
        } else {
            return Ok(());
        };
        let violation = Violation::new(look.at, what, &[]).of_unit(queue, queue_offset);
        let index = Some(index).filter(|index| *index != Index::NONE);
        Err(Violation { consumer: Some(consumer), number: Some(number), index, ..violation })
    }

    /// The group has been undisturbed for long: these brokers show all that was acknowledged in their ConsumeQueues, and
    /// pulls in the order of the queues give it.
    pub fn all_shown(&self, look: &mut Look, logs: &Logs, brokers: &[MemberId]) -> Result<(), Violation> {
        for broker in brokers {
            let Some(process) = look.world.up(usize::from(broker.0)) else { continue };
            let shown = self.pull_everything(process);
            for (_, index) in self.acknowledged.iter().filter(|(at, _)| *at + SETTLED <= look.at) {
                look.counts.add(Invariant::AcknowledgedKept);
                let mut place = self.place(process, *index);
                let number = logs.message_at(*index);
                let is_shown = |(queue, offset)| shown.get(&(queue, offset)) == Some(&(*index, number));
                if !place.is_some_and(is_shown) {
                    // Who does not even have the entry cannot say where it should be.
                    let mut others = brokers.iter().filter_map(|other| look.world.up(usize::from(other.0)));
                    place = place.or_else(|| others.find_map(|other| self.place(other, *index)));
                    let violation = Violation::new(look.at, Broken::AcknowledgedNotShown, &[*broker]);
                    let (queue, queue_offset) = place.unzip();
                    return Err(Violation { index: Some(*index), number, queue, queue_offset, ..violation });
                }
            }
        }
        Ok(())
    }

    /// What a consumer would get from the broker, at each offset of each queue: entry and message.
    fn pull_everything(&self, broker: &Broker) -> BTreeMap<(QueueId, i64), (Index, Option<u32>)> {
        let mut got = BTreeMap::new();
        for topic in (0..self.topics.len() as u8).map(TopicId) {
            for queue in 0..broker.queues_of(topic).len() as u8 {
                let queue = QueueId { topic, queue };
                let mut offset = 0;
                loop {
                    let result = broker.pull(&pull(queue, offset));
                    for message in result.messages.iter() {
                        got.insert((queue, message.queue_offset), (message.index, Some(message.number)));
                    }
                    if result.next_offset <= offset {
                        break;
                    }
                    offset = result.next_offset;
                }
            }
        }
        got
    }

    /// The queue and the offset that the broker's entry carries.
    fn place(&self, broker: &Broker, index: Index) -> Option<(QueueId, i64)> {
        let entry = broker.member().store().entry(index)?;
        let record = Record::parse(&entry.body).ok()?;
        let topic = self.topics.iter().position(|name| name == record.topic())?;
        let queue = QueueId { topic: TopicId(topic as u8), queue: record.queue_id() as u8 };
        Some((queue, record.queue_offset()))
    }

    /// Neither the group nor its consumers have been disturbed for long: every group of which one runs is through with
    /// all that was acknowledged, or goes on: it may be slower than the producers.
    pub fn all_consumed(&self, look: &mut Look) -> Result<(), Violation> {
        let Some(leader) = look.world.leader().and_then(|leader| look.world.up(usize::from(leader.0))) else {
            return Ok(());
        };
        let settled: Vec<(QueueId, i64)> = self
            .acknowledged
            .iter()
            .filter(|(at, _)| *at + SETTLED + self.slowest <= look.at)
            .filter_map(|(_, index)| self.place(leader, *index))
            .collect();
        for (n, (group, topic)) in self.consumers.iter().enumerate() {
            if look.world.consumer(n).is_none() {
                continue;
            }
            for (queue, queue_offset) in settled.iter().filter(|(queue, _)| queue.topic == *topic) {
                look.counts.add(Invariant::AcknowledgedKept);
                let begins = if self.from_first.contains(group) { 0 } else { i64::MAX };
                let begun = Reached { next: begins, at: Micros::ZERO };
                let reached = self.reached.get(&(*group, *queue)).copied().unwrap_or(begun);
                if reached.next <= *queue_offset && reached.at + SETTLED + self.slowest <= look.at {
                    let violation = Violation::new(look.at, Broken::AcknowledgedNotConsumed, &[]);
                    let consumer = Some(ConsumerId(n as u8));
                    return Err(Violation { consumer, ..violation.of_unit(*queue, *queue_offset) });
                }
            }
        }
        Ok(())
    }
}

fn pull(queue: QueueId, offset: i64) -> PullRequest {
    PullRequest {
        group: GroupId(0),
        queue,
        offset,
        max: 32,
        commit_offset: None,
        suspend: false,
        suspend_timeout: Micros::ZERO,
        tag: None,
    }
}
