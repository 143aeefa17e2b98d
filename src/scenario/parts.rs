//! Topics, producers, consumers and files of a scenario.

use std::ops::RangeInclusive;

use super::draft::{Draft, Invalid};
use crate::client::ConsumeFrom;
use crate::shown::Fields;
use crate::time::Micros;

/// Most topics of a scenario.
pub const TOPICS_MAX: usize = 8;
/// Most producers, and most consumers.
pub const CLIENTS_MAX: usize = 8;
/// A topic's name is at most this long (`TOPIC_MAX_LENGTH`).
const TOPIC_NAME_MAX: usize = 127;
/// A consumer group's name is at most this long (`CHARACTER_MAX_LENGTH`).
const GROUP_NAME_MAX: usize = 255;

/// A topic: the same number of queues to write to and to read from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicSpec {
    pub name: String,
    pub queues: u8,
}

/// A producer of messages for one topic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProducerSpec {
    /// number of the topic in the list
    pub topic: u8,
    /// it sends by itself this often; 0: only on command
    pub every_ms: u32,
    /// messages in one send; more than one are a batch
    pub batch: u8,
}

/// A consumer of one topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsumerSpec {
    /// consumers of one group share the topic's queues
    pub group: String,
    /// number of the topic in the list
    pub topic: u8,
    pub from: ConsumeFrom,
    /// when it starts
    pub start_ms: u32,
    /// how long it takes over a message
    pub consume_ms: u32,
}

/// Sizes of the files on a broker's disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileSizes {
    /// `mappedFileSizeCommitLog`, which is that of DLedger's data files
    pub data_bytes: i64,
    /// `mappedFileSizeForEntryIndex`, rounded up to a multiple of 32
    pub index_bytes: i64,
    /// `mappedFileSizeConsumeQueue` in units of 20 bytes
    pub consume_queue_units: i64,
}

impl FileSizes {
    /// What `data_bytes` may be.
    pub const DATA_BYTES: RangeInclusive<i64> = 1024..=1 << 30;
    /// What `index_bytes` may be.
    pub const INDEX_BYTES: RangeInclusive<i64> = 32..=32 * 5 * 1024 * 1024;
    /// What `consume_queue_units` may be ...
    pub const CONSUME_QUEUE_UNITS: RangeInclusive<i64> = 1..=300_000;
    /// ... and the same in bytes.
    pub const CONSUME_QUEUE_BYTES: RangeInclusive<i64> = 20..=6_000_000;
}

impl Default for FileSizes {
    fn default() -> FileSizes {
        FileSizes { data_bytes: 1 << 30, index_bytes: 32 * 5 * 1024 * 1024, consume_queue_units: 300_000 }
    }
}

/// The one topic of all examples.
pub fn the_topic(queues: u8) -> Vec<TopicSpec> {
    vec![TopicSpec { name: "TopicTest".to_string(), queues }]
}

/// The topics listed, each of another name; without a list the one of all examples.
pub fn topics_or_default(listed: Option<Vec<TopicSpec>>, queues: u8) -> Result<Vec<TopicSpec>, Invalid> {
    let topics = listed.unwrap_or_else(|| the_topic(queues));
    if topics.is_empty() {
        return Err(Invalid::value("topics", "an empty list".to_string(), "at least one".to_string()));
    }
    for (at, topic) in topics.iter().enumerate() {
        if topics[..at].iter().any(|earlier| earlier.name == topic.name) {
            let field = format!("topics[{at}].name");
            return Err(Invalid::value(
                &field,
                format!("\"{}\"", topic.name),
                "names that differ".to_string(),
            ));
        }
    }
    Ok(topics)
}

/// All of a group subscribe to the same, as RocketMQ demands: queues are dealt out to the whole group, also to whom does not
/// want them, and what is in those nobody reads.
pub fn check_groups(consumers: &[ConsumerSpec], topics: &[TopicSpec]) -> Result<(), Invalid> {
    for (at, consumer) in consumers.iter().enumerate() {
        let first = consumers.iter().find(|other| other.group == consumer.group).unwrap_or(consumer);
        if first.topic != consumer.topic {
            let name = |topic: u8| format!("\"{}\"", topics[usize::from(topic)].name);
            let allowed = format!("{}, as all of the group {}", name(first.topic), consumer.group);
            return Err(Invalid::value(&format!("consumers[{at}].topic"), name(consumer.topic), allowed));
        }
    }
    Ok(())
}

/// The number of the topic that is named; the first if none is.
fn topic_of(draft: &Draft, topics: &[TopicSpec]) -> Result<u8, Invalid> {
    let names: Vec<&str> = topics.iter().map(|topic| topic.name.as_str()).collect();
    Ok(draft.one_of("topic", &names)?.unwrap_or(0) as u8)
}

impl TopicSpec {
    pub(super) fn from_draft(draft: &Draft) -> Result<TopicSpec, Invalid> {
        draft.only(&["name", "queues"])?;
        let name = draft.text("name", TOPIC_NAME_MAX)?;
        let missing = || Invalid::value("name", "missing".to_string(), "a text".to_string());
        Ok(TopicSpec {
            name: name.ok_or_else(missing)?.to_string(),
            queues: draft.whole("queues", 1, 16)?.unwrap_or(2) as u8,
        })
    }

    pub(super) fn shown(&self) -> Fields {
        let mut fields = Fields::default();
        fields.text("name", &self.name).number("queues", self.queues);
        fields
    }
}

impl ProducerSpec {
    /// How often it sends by itself.
    pub fn every(&self) -> Option<Micros> {
        (self.every_ms > 0).then(|| Micros::millis(u64::from(self.every_ms)))
    }

    pub(super) fn from_draft(draft: &Draft, topics: &[TopicSpec]) -> Result<ProducerSpec, Invalid> {
        draft.only(&["topic", "every_ms", "batch"])?;
        Ok(ProducerSpec {
            topic: topic_of(draft, topics)?,
            every_ms: draft.whole("every_ms", 0, 600_000)?.unwrap_or(0) as u32,
            batch: draft.whole("batch", 1, 32)?.unwrap_or(1) as u8,
        })
    }

    pub(super) fn shown(&self, topics: &[TopicSpec]) -> Fields {
        let mut fields = Fields::default();
        fields.text("topic", &topics[usize::from(self.topic)].name);
        fields.number("every_ms", self.every_ms).number("batch", self.batch);
        fields
    }
}

impl ConsumerSpec {
    pub(super) fn from_draft(draft: &Draft, topics: &[TopicSpec]) -> Result<ConsumerSpec, Invalid> {
        draft.only(&["group", "topic", "from", "start_ms", "consume_ms"])?;
        let group = draft.text("group", GROUP_NAME_MAX)?.unwrap_or("GroupTest");
        let from = draft.one_of("from", &[ConsumeFrom::Last.name(), ConsumeFrom::First.name()])?;
        Ok(ConsumerSpec {
            group: group.to_string(),
            topic: topic_of(draft, topics)?,
            from: if from == Some(1) { ConsumeFrom::First } else { ConsumeFrom::Last },
            start_ms: draft.whole("start_ms", 0, 3_600_000)?.unwrap_or(3_000) as u32,
            consume_ms: draft.whole("consume_ms", 0, 600_000)?.unwrap_or(0) as u32,
        })
    }

    pub(super) fn shown(&self, topics: &[TopicSpec]) -> Fields {
        let mut fields = Fields::default();
        fields.text("group", &self.group).text("topic", &topics[usize::from(self.topic)].name);
        fields.name("from", self.from.name());
        fields.number("start_ms", self.start_ms).number("consume_ms", self.consume_ms);
        fields
    }
}

impl FileSizes {
    pub(super) fn read(&mut self, draft: &Draft) -> Result<(), Invalid> {
        draft.only(&["data_bytes", "index_bytes", "consume_queue_units"])?;
        let sizes = [
            ("data_bytes", FileSizes::DATA_BYTES, &mut self.data_bytes),
            ("index_bytes", FileSizes::INDEX_BYTES, &mut self.index_bytes),
            ("consume_queue_units", FileSizes::CONSUME_QUEUE_UNITS, &mut self.consume_queue_units),
        ];
        for (name, bounds, size) in sizes {
            *size = draft.whole(name, *bounds.start(), *bounds.end())?.unwrap_or(*size);
        }
        self.index_bytes = (self.index_bytes + 31) / 32 * 32;
        Ok(())
    }

    pub(super) fn shown(&self) -> Fields {
        let mut fields = Fields::default();
        fields.number("data_bytes", self.data_bytes).number("index_bytes", self.index_bytes);
        fields.number("consume_queue_units", self.consume_queue_units);
        fields
    }
}
