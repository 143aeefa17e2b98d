//! Committed records become ConsumeQueue units: `ReputMessageService`, on master and slaves alike.

use super::{Broker, BrokerContext, Effect};
use crate::store::{ConsumeQueue, EntryKind, Index, Put, Record, tags_code};
use crate::time::{Loop, Micros};

/// Pause between two passes of `doReput`.
const REPUT_PAUSE: Micros = Micros::millis(1);

/// Where dispatching is.
#[derive(Clone, Debug)]
pub(super) struct Reput {
    /// `reputFromOffset`: byte position of the next entry's header
    from: i64,
    passes: Loop,
}

impl Reput {
    /// Starts behind what the queues already hold (`recheckReputOffsetFromCq`, whose default, off, loses units
    /// after a crash).
    pub fn new(queues: &[ConsumeQueue], now: Micros) -> Reput {
        let from = queues.iter().map(ConsumeQueue::max_physic_offset).max().unwrap_or(0);
        Reput { from: from.max(0), passes: Loop::starting_at(now, REPUT_PAUSE) }
    }
}

impl Broker {
    /// `committedPos`: end of the last committed entry in the data files, 0 if nothing is committed.
    pub fn committed_position(&self) -> i64 {
        let committed = self.member.committed_index();
        let store = self.member.store();
        match (store.position_of(committed), store.entry(committed)) {
            (Some(pos), Some(entry)) => pos + entry.size() as i64,
            _ => 0,
        }
    }

    /// `dispatchBehindBytes()`. Negative after a restart, until the commit index is known again.
    pub fn dispatch_behind_bytes(&self) -> i64 {
        self.committed_position() - self.reput.from
    }

    /// The last entry behind which dispatching is.
    pub fn dispatched_index(&self) -> Index {
        self.member.store().entry_at_position(self.reput.from - 1).map_or(Index::NONE, |entry| entry.index)
    }

    pub(super) fn next_dispatch(&self, now: Micros) -> Option<Micros> {
        (self.dispatch_behind_bytes() > 0).then(|| self.reput.passes.pass_at_or_after(now))
    }

    /// `doReput`: everything from `reputFromOffset` to the committed end, never beyond it.
    pub(super) fn dispatch(&mut self, ctx: &mut BrokerContext) {
        if self.next_dispatch(ctx.now) != Some(ctx.now) {
            return;
        }
        self.reput.passes.pass_done(ctx.now);
        let end = self.committed_position();
        while self.reput.from < end {
            let store = self.member.store();
            let Some(entry) = store.entry_at_position(self.reput.from) else {
                // Padding up to the end of a file: on to the next one.
                let size = store.options().data_file_size;
                self.reput.from += size - self.reput.from % size;
                continue;
            };
            let (index, size) = (entry.index, entry.size() as i64);
            if entry.magic == EntryKind::Normal {
                let body = entry.body.clone();
                self.dispatch_record(ctx, index, &body);
            }
            self.reput.from += size;
        }
    }

    /// Builds the unit from what the record itself says; nothing is numbered here.
    fn dispatch_record(&mut self, ctx: &mut BrokerContext, index: Index, body: &[u8]) {
        let Ok(record) = Record::parse(body) else {
            debug_assert!(false, "a broker stored a record it cannot read");
            return;
        };
        let queue = record.queue_id() as usize;
        let tags = record.tags().map_or(0, tags_code);
        let offset = record.queue_offset();
        let size = record.total_size();
        let Some(consume_queue) = self.queues.get_mut(queue) else {
            debug_assert!(false, "a record for a queue that the topic does not have");
            return;
        };
        let put = consume_queue.put(record.physical_offset(), size, tags, offset);
        if put == Put::Appended {
            ctx.out.push(Effect::Dispatched { index, queue: queue as u8, queue_offset: offset });
        }
    }

    /// `recoverTopicQueueTable()`: numbering goes on where the queues end.
    pub(super) fn recover_topic_queue_table(&mut self) {
        self.next_offsets = self.queues.iter().map(ConsumeQueue::max_offset).collect();
    }
}
