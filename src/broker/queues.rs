//! The ConsumeQueues of a broker, by topic and queueId (`ConsumeQueueStore`).

use std::rc::Rc;

use super::config::{BrokerConfig, Topic};
use super::{QueueId, TopicId};
use crate::store::ConsumeQueue;

/// All queues of all topics.
#[derive(Clone, Debug)]
pub struct Queues {
    topics: Rc<[Topic]>,
    /// those of the first topic, then those of the second ...
    pub(super) all: Vec<ConsumeQueue>,
}

impl Queues {
    /// Empty ones.
    pub fn new(config: &BrokerConfig) -> Queues {
        let queues = config.topics.iter().map(|topic| usize::from(topic.queues)).sum();
        let all = vec![ConsumeQueue::new(config.files.consume_queue); queues];
        Queues { topics: config.topics.clone(), all }
    }

    /// The topic's name.
    pub(super) fn topic(&self, topic: TopicId) -> Option<&str> {
        Some(&self.topics.get(usize::from(topic.0))?.name)
    }

    fn first_of(&self, topic: TopicId) -> usize {
        self.topics.iter().take(usize::from(topic.0)).map(|topic| usize::from(topic.queues)).sum()
    }

    /// Where the queue is among all.
    pub(super) fn position(&self, queue: QueueId) -> Option<usize> {
        let topic = self.topics.get(usize::from(queue.topic.0))?;
        (queue.queue < topic.queues).then(|| self.first_of(queue.topic) + usize::from(queue.queue))
    }

    /// The queue that a record names.
    pub(super) fn named(&self, topic: &str, queue_id: i32) -> Option<QueueId> {
        let at = self.topics.iter().position(|known| known.name == topic)?;
        let queue = u8::try_from(queue_id).ok().filter(|queue| *queue < self.topics[at].queues)?;
        Some(QueueId { topic: TopicId(at as u8), queue })
    }

    /// The queue, if the topic has it.
    pub fn get(&self, queue: QueueId) -> Option<&ConsumeQueue> {
        self.all.get(self.position(queue)?)
    }

    pub(super) fn get_mut(&mut self, queue: QueueId) -> Option<&mut ConsumeQueue> {
        let at = self.position(queue)?;
        self.all.get_mut(at)
    }

    /// The topic's queues, by queueId.
    pub fn of(&self, topic: TopicId) -> &[ConsumeQueue] {
        let (first, topic) = (self.first_of(topic), self.topics.get(usize::from(topic.0)));
        topic.and_then(|topic| self.all.get(first..first + usize::from(topic.queues))).unwrap_or_default()
    }

    /// End of the last message that has a unit, of all queues; -1 if there is none
    /// (`getMaxPhyOffsetInConsumeQueue`).
    pub(super) fn max_physic_offset(&self) -> i64 {
        self.all.iter().map(ConsumeQueue::max_physic_offset).max().unwrap_or(-1)
    }

    /// `truncateDirtyLogicFiles` of the store: all queues, but only if one of them reaches `phy`.
    pub(super) fn truncate_dirty(&mut self, phy: i64) {
        if self.max_physic_offset() >= phy {
            for queue in &mut self.all {
                queue.truncate_dirty(phy);
            }
        }
    }
}
