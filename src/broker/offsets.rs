//! How far consumer groups are: `ConsumerOffsetManager`. DLedger does not replicate it.

use super::{Broker, GroupId, QueueId};
use crate::time::{Loop, Micros};

/// The table is saved this often (`flushConsumerOffsetInterval`), for the first time after twice as long.
const SAVE_PERIOD: Micros = Micros::millis(5000);

/// `offsetTable`: the next offset of each group in each queue, by group and queue.
pub type OffsetTable = Vec<((GroupId, QueueId), i64)>;

/// The table, and what of it is on disk.
#[derive(Clone, Debug)]
pub(super) struct Offsets {
    table: OffsetTable,
    /// `config/consumerOffset.json`, as of the last [`Offsets::catch_up`]
    saved: OffsetTable,
    saves: Loop,
    changed: Option<Micros>,
}

fn set(table: &mut OffsetTable, key: (GroupId, QueueId), offset: i64) {
    match table.binary_search_by_key(&key, |(key, _)| *key) {
        Ok(at) => table[at].1 = offset,
        Err(at) => table.insert(at, (key, offset)),
    }
}

impl Offsets {
    pub fn new(saved: OffsetTable, now: Micros) -> Offsets {
        let saves = Loop::starting_at(now + SAVE_PERIOD + SAVE_PERIOD, SAVE_PERIOD);
        Offsets { table: saved.clone(), saved, saves, changed: None }
    }

    pub fn table(&self) -> &[((GroupId, QueueId), i64)] {
        &self.table
    }

    pub fn get(&self, group: GroupId, queue: QueueId) -> Option<i64> {
        let at = self.table.binary_search_by_key(&(group, queue), |(key, _)| *key).ok()?;
        Some(self.table[at].1)
    }

    /// The last write wins, backwards too.
    pub fn commit(&mut self, now: Micros, group: GroupId, queue: QueueId, offset: i64) {
        self.catch_up(now);
        set(&mut self.table, (group, queue), offset);
        self.changed = self.changed.or(Some(now));
    }

    /// A slave takes the master's table over, topic by topic and group by group (`putAll`), and saves it.
    pub fn copy(&mut self, masters: OffsetTable) {
        let named = |(group, queue): (GroupId, QueueId)| {
            masters.iter().any(|((g, q), _)| (*g, q.topic) == (group, queue.topic))
        };
        self.table.retain(|(key, _)| !named(*key));
        for (key, offset) in masters {
            set(&mut self.table, key, offset);
        }
        self.save();
    }

    /// Saves the table, whenever that is done.
    pub fn save(&mut self) {
        self.saved.clone_from(&self.table);
        self.changed = None;
    }

    /// Saves whose time has come since the table changed. Nobody can see a save but at the process's death, so that
    /// it is early enough to think of it then, or before the next change.
    pub fn catch_up(&mut self, now: Micros) {
        if self.changed.is_some_and(|changed| self.saves.pass_at_or_after(changed) <= now) {
            self.save();
        }
    }

    /// What is on disk.
    pub fn into_saved(self) -> OffsetTable {
        self.saved
    }
}

impl Broker {
    /// The offset that the group committed last in the queue.
    pub fn consumer_offset(&self, group: GroupId, queue: QueueId) -> Option<i64> {
        self.offsets.get(group, queue)
    }

    /// QUERY_CONSUMER_OFFSET: a group without an offset starts at 0 while the queue still has its first message;
    /// `None` is QUERY_NOT_FOUND.
    pub(super) fn query_offset(&self, group: GroupId, queue: QueueId) -> Option<i64> {
        self.offsets.get(group, queue).or_else(|| {
            let queue = self.queues.get(queue)?;
            (queue.min_offset() <= 0 && queue.get(0).is_some()).then_some(0)
        })
    }
}
