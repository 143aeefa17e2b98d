//! Committed records become ConsumeQueue units: `ReputMessageService`, on master and slaves alike.

use super::put::has_queue_offset;
use super::{Broker, BrokerContext, Effect};
use crate::ledger::Rule;
use crate::store::{ConsumeQueue, EntryKind, Index, Put, Record};
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
    pub fn new(now: Micros) -> Reput {
        Reput { from: 0, passes: Loop::starting_at(now, REPUT_PAUSE) }
    }
}

impl Broker {
    /// Where dispatching begins: behind the last message that has a unit, or before, if the disk says that there are
    /// messages without one. As released it begins at the committed end as last saved, unless
    /// `recheckReputOffsetFromCq`.
    pub(super) fn set_first_dispatch_position(&mut self, dispatched_to: Option<i64>) {
        let config = &self.config;
        let from = match (config.recovers_queues_whole(), config.recheck_reput_offset_from_cq) {
            (false, false) => self.committed_position(),
            (false, true) => self.queues.max_physic_offset(),
            (true, _) => dispatched_to.unwrap_or(self.queues.max_physic_offset()),
        };
        self.reput.from = from.max(self.member.store().data_begin());
    }

    /// How far dispatching is, if that is not behind the last message that has a unit.
    pub(super) fn dispatched_to(&self) -> Option<i64> {
        (self.reput.from < self.queues.max_physic_offset()).then_some(self.reput.from)
    }

    /// `committedPos`: end of the last committed entry in the data files, 0 if nothing is committed.
    pub fn committed_position(&self) -> i64 {
        let committed = self.member.committed_index();
        let store = self.member.store();
        match (store.position_of(committed), store.entry(committed)) {
            (Some(pos), Some(entry)) => pos + entry.size() as i64,
            _ => 0,
        }
    }

    /// Up to where dispatching may go: the committed end. Without the rule all that is in the log, which another leader
    /// may yet replace.
    fn dispatch_end(&self) -> i64 {
        if self.member.rules().keep(Rule::DispatchOnlyCommitted) {
            self.committed_position()
        } else {
            self.member.store().wrote_position()
        }
    }

    /// `dispatchBehindBytes()`. Negative after a restart, until the commit index is known again.
    pub fn dispatch_behind_bytes(&self) -> i64 {
        self.dispatch_end() - self.reput.from
    }

    /// The last entry behind which dispatching is.
    pub fn dispatched_index(&self) -> Index {
        self.member.store().entry_at_position(self.reput.from - 1).map_or(Index::NONE, |entry| entry.index)
    }

    pub(super) fn next_dispatch(&self, now: Micros) -> Option<Micros> {
        (self.dispatch_behind_bytes() > 0).then(|| self.reput.passes.pass_at_or_after(now))
    }

    /// `doReput`, if a pass is due.
    pub(super) fn dispatch(&mut self, ctx: &mut BrokerContext) {
        if self.next_dispatch(ctx.now) == Some(ctx.now) {
            self.reput.passes.pass_done(ctx.now);
            self.dispatch_to_the_end(ctx);
        }
    }

    /// Everything from `reputFromOffset` to the end, never beyond it. Pulls that were waiting for it run
    /// afterwards, in another thread.
    pub(super) fn dispatch_to_the_end(&mut self, ctx: &mut BrokerContext) {
        self.flush.catch_up(ctx.now, &mut self.queues);
        let end = self.dispatch_end();
        while self.reput.from < end {
            let from = self.reput.from;
            let store = self.member.store();
            let next_file = from + store.options().data_file_size - from % store.options().data_file_size;
            self.reput.from = match store.entry_at_position(from) {
                None => next_file, // padding up to the end of a file
                // Between two entries only; as released dispatch may have begun within one.
                Some(entry) if store.position_of(entry.index) != Some(from) => next_file.min(end),
                Some(entry) => {
                    let (index, size) = (entry.index, entry.size() as i64);
                    let body = (entry.magic == EntryKind::Normal).then(|| entry.body.clone());
                    match body.is_none_or(|body| self.dispatch_record(ctx, index, &body)) {
                        true => from + size,
                        // Nothing that was read together with a record that is none gets a unit.
                        false => next_file.min(end),
                    }
                }
            };
        }
        self.run_woken_pulls(ctx);
    }

    /// Builds the unit from what the record itself says; nothing is numbered here. `false`: it is no record.
    fn dispatch_record(&mut self, ctx: &mut BrokerContext, index: Index, body: &[u8]) -> bool {
        let Ok(record) = Record::parse(body) else {
            return false;
        };
        self.flush.dispatched(record.store_timestamp_ms());
        let queue_id = self.queues.named(record.topic(), record.queue_id());
        let queue_id = queue_id.filter(|_| has_queue_offset(record.sys_flag()));
        let Some((queue, consume_queue)) = queue_id.and_then(|id| Some((id, self.queues.get_mut(id)?)))
        else {
            return true;
        };
        let (queue_offset, tags) = (record.queue_offset(), record.tags_code());
        let put = consume_queue.put(record.physical_offset(), record.total_size(), tags, queue_offset);
        let placed = match put {
            Put::Appended => Some(queue_offset),
            Put::Misplaced { queue_offset, .. } => Some(queue_offset),
            Put::RepeatedPhysically | Put::RepeatedLogically => None,
        };
        if let Some(queue_offset) = placed {
            ctx.out.push(Effect::Dispatched { index, queue, queue_offset });
        }
        // The message may have its unit already; its arrival is told all the same.
        let max = consume_queue.max_offset().max(queue_offset + 1);
        self.holds.message_arrived(ctx.now, queue, max, tags);
        true
    }

    /// `recoverTopicQueueTable()`: numbering goes on where the queues end, and they begin where the log does.
    pub(super) fn recover_topic_queue_table(&mut self) {
        let begin = self.member.store().data_begin();
        for queue in &mut self.queues.all {
            queue.correct_min_offset(begin);
        }
        self.next_offsets = self.queues.all.iter().map(ConsumeQueue::max_offset).collect();
    }
}
