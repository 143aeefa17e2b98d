//! What survives the death of a broker's process, and what a power failure leaves of it.

use super::config::BrokerConfig;
use super::flush::Checkpoint;
use super::offsets::OffsetTable;
use super::queues::Queues;
use super::{GroupId, TopicId};
use crate::ledger;
use crate::store::ENTRY_HEADER_SIZE;
use crate::time::Micros;

/// A broker's folders.
#[derive(Clone, Debug)]
pub struct Disk {
    /// DLedger's
    pub ledger: ledger::Disk,
    pub queues: Queues,
    /// `config/consumerOffset.json`; see [`Disk::consumer_offset_json`]
    pub consumer_offsets: OffsetTable,
    /// `checkpoint` of the message store
    pub checkpoint: Checkpoint,
    /// whether the file `abort` is there: the process did not end in order, or has not ended
    pub abort: bool,
    /// Where dispatching has to begin for no unit to be missing, if that is not where the queues end. The original has
    /// no such note: as released it looks for the place by store times.
    pub(super) dispatched_to: Option<i64>,
}

impl Disk {
    /// Empty folders.
    pub fn new(config: &BrokerConfig) -> Disk {
        Disk {
            ledger: ledger::Disk::new(config.files.entries),
            queues: Queues::new(config),
            consumer_offsets: Vec::new(),
            checkpoint: Checkpoint::default(),
            abort: false,
            dispatched_to: None,
        }
    }

    /// The machine of a process that just died lost power: what the flushes of the log and of the ConsumeQueues had not
    /// reached is gone. Files that are written as a whole stay.
    pub fn lose_power(&mut self, now: Micros) {
        self.ledger.lose_power(now);
        let lost = self.queues.all.iter_mut().filter_map(|queue| queue.lose_unflushed());
        let first_lost = lost.map(|unit| unit.offset - ENTRY_HEADER_SIZE as i64).min();
        self.dispatched_to = first_lost.into_iter().chain(self.dispatched_to).min();
    }

    /// `consumerOffset.json` as the broker writes it, without the `dataVersion` before the table.
    pub fn consumer_offset_json(&self, groups: &[String]) -> String {
        let mut json = String::from("{\"offsetTable\":{");
        let mut last: Option<(GroupId, TopicId)> = None;
        for ((group, queue), offset) in &self.consumer_offsets {
            let (Some(name), Some(topic)) =
                (groups.get(usize::from(group.0)), self.queues.topic(queue.topic))
            else {
                continue;
            };
            if last == Some((*group, queue.topic)) {
                json.push(',');
            } else {
                json.push_str(if last.is_some() { "},\"" } else { "\"" });
                json.push_str(&(topic.to_string() + "@" + name + "\":{"));
                last = Some((*group, queue.topic));
            }
            json.push_str(&("\"".to_string() + &queue.queue.to_string() + "\":" + &offset.to_string()));
        }
        json.push_str(if last.is_some() { "}}}" } else { "}}" });
        json
    }
}
