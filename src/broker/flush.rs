//! When ConsumeQueues and the file `checkpoint` reach the disk (`FlushConsumeQueueService`, `StoreCheckpoint`).
//!
//! A flush shows only in what a power failure leaves, so none is an event: what was flushed is worked out before the
//! next write, and when the process ends.

use super::queues::Queues;
use crate::store::ConsumeQueue;
use crate::time::Micros;

/// `flushIntervalConsumeQueue`, and the pause between two flushes of the checkpoint
const PERIOD: Micros = Micros::millis(1000);
/// Pages that must be dirty to be worth a flush (`flushConsumeQueueLeastPages`) ...
const LEAST_PAGES: i64 = 2;
/// ... but in every 60th pass, from the first on (`flushConsumeQueueThoroughInterval`).
const THOROUGH_EVERY: u64 = 60;
/// More passes than this in a row flush nothing new.
const PASSES_MAX: u64 = 8;

/// The store's `checkpoint`: store times of the last message dispatched, in ms since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Checkpoint {
    /// the smaller of `physicMsgTimestamp` and `logicsMsgTimestamp`; with DLedger they are set together
    pub timestamp_ms: i64,
}

/// The flushes of a process.
#[derive(Clone, Debug)]
pub(super) struct Flush {
    since: Micros,
    /// passes that are accounted for
    passes: u64,
    checkpoint: Checkpoint,
    saved: Checkpoint,
}

impl Flush {
    pub fn new(saved: Checkpoint, now: Micros) -> Flush {
        Flush { since: now, passes: 0, checkpoint: saved, saved }
    }

    /// A message of that store time has got its unit.
    pub fn dispatched(&mut self, store_timestamp_ms: i64) {
        self.checkpoint.timestamp_ms = store_timestamp_ms;
    }

    /// Does what the passes up to `now` have done, given that nothing was written since the last call.
    pub fn catch_up(&mut self, now: Micros, queues: &mut Queues) {
        let passes = now.0.saturating_sub(self.since.0) / PERIOD.0;
        if passes == self.passes {
            return;
        }
        if passes.div_ceil(THOROUGH_EVERY) > self.passes.div_ceil(THOROUGH_EVERY) {
            self.all(queues);
        }
        for _ in 0..(passes - self.passes).min(PASSES_MAX) {
            for queue in &mut queues.all {
                queue.flush(LEAST_PAGES);
            }
        }
        self.passes = passes;
        self.saved = self.checkpoint;
    }

    /// Everything, as a clean stop does.
    pub fn all(&mut self, queues: &mut Queues) {
        queues.all.iter_mut().for_each(ConsumeQueue::flush_all);
        self.saved = self.checkpoint;
    }

    /// What the file says.
    pub fn saved(&self) -> Checkpoint {
        self.saved
    }
}
