//! What a consumer does with a queue it holds: `PullMessageService`, `ProcessQueue` and concurrent consumption. It pulls
//! without end, keeps what was found until it is consumed, and its offset is where everything before is consumed.

use std::collections::VecDeque;

use super::consumer::Consumer;
use super::{Answer, ClientEffect, ClientNote, ClientTag, Route};
use crate::broker::{BrokerAnswer, BrokerRequest, GetMessageStatus, PullRequest, PullResult, Pulled};
use crate::time::{Micros, soonest};

/// A queue that is new after a rebalance is pulled from this much later (`dispatchPullRequest`).
pub(super) const PULL_DELAY: Micros = Micros::millis(500);
/// `pullTimeDelayMillsWhenException`
const PULL_DELAY_AFTER_ERROR: Micros = Micros::millis(1000);
/// `PULL_TIME_DELAY_MILLS_WHEN_CACHE_FLOW_CONTROL`
const PULL_DELAY_WHEN_FULL: Micros = Micros::millis(50);
/// `pullThresholdForQueue`: with more messages than this not consumed yet, none are pulled.
const WINDOW_MAX: usize = 1000;
/// `pullBatchSize`
const PULL_BATCH: u32 = 32;
/// `BROKER_SUSPEND_MAX_TIME_MILLIS`: how long the broker may hold a pull
const SUSPEND: Micros = Micros::seconds(15);

/// A queue that a consumer holds: `ProcessQueue`, its `PullRequest`, its place in the `offsetTable`.
#[derive(Clone, Debug)]
pub(super) struct ProcessQueue {
    pub queue: u8,
    /// `nextOffset`: where the next pull begins
    next: i64,
    /// where everything before is consumed; `None` until something is known of it
    offset: Option<i64>,
    /// the pull under way, and when the next one begins: one of the two as soon as it has been started
    call: Option<u32>,
    pull_at: Option<Micros>,
    /// pulled, but not consumed yet; with the time at which each will be
    window: VecDeque<(Micros, Pulled)>,
}

/// `PullStatus`: what a client makes of a broker's answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum PullStatus {
    Found,
    NoNewMsg,
    OffsetIllegal,
}

/// By the remoting code of the broker's status; NO_MATCHED_MSG is treated as NO_NEW_MSG is.
fn pull_status(status: GetMessageStatus, offset: i64) -> PullStatus {
    use GetMessageStatus as S;
    match status {
        S::Found => PullStatus::Found,
        S::NoMatchedMessage | S::MessageWasRemoving | S::OffsetFoundNull | S::OffsetOverflowOne => {
            PullStatus::NoNewMsg
        }
        S::NoMessageInQueue | S::NoMatchedLogicQueue if offset == 0 => PullStatus::NoNewMsg,
        S::NoMessageInQueue | S::NoMatchedLogicQueue => PullStatus::OffsetIllegal,
        S::OffsetOverflowBadly | S::OffsetTooSmall | S::OffsetReset => PullStatus::OffsetIllegal,
    }
}

impl ProcessQueue {
    pub fn new(queue: u8, next: i64, offset: Option<i64>) -> ProcessQueue {
        ProcessQueue { queue, next, offset, call: None, pull_at: None, window: VecDeque::new() }
    }

    /// Pulls from `at` on, if it does not pull already.
    pub fn start(&mut self, at: Micros) {
        if self.call.is_none() && self.pull_at.is_none() {
            self.pull_at = Some(at);
        }
    }

    pub fn next_wakeup(&self) -> Option<Micros> {
        soonest(self.pull_at, self.window.front().map(|(done, _)| *done))
    }

    /// `updateOffset(increaseOnly)`
    fn move_offset(&mut self, offset: i64) {
        self.offset = Some(self.offset.map_or(offset, |known| known.max(offset)));
    }
}

impl Consumer {
    /// Consumes and pulls what is due in the queue at place `at`.
    pub(super) fn work(&mut self, now: Micros, at: usize, out: &mut Vec<ClientEffect>) {
        self.consume(now, at, out);
        if self.queues[at].pull_at.is_some_and(|due| due <= now) {
            self.pull(now, at, out);
        }
    }

    fn pull(&mut self, now: Micros, at: usize, out: &mut Vec<ClientEffect>) {
        let master = self.route.master();
        let Some(to) = self.route.route().and_then(Route::master_or_any) else { return };
        let queue_id = self.queue(self.queues[at].queue);
        let queue = &mut self.queues[at];
        if queue.window.len() > WINDOW_MAX {
            queue.pull_at = Some(now + PULL_DELAY_WHEN_FULL);
            return;
        }
        self.calls += 1;
        queue.call = Some(self.calls);
        queue.pull_at = None;
        let request = PullRequest {
            group: self.config.group,
            queue: queue_id,
            offset: queue.next,
            max: PULL_BATCH,
            commit_offset: queue.offset.filter(|offset| *offset > 0 && master.is_some()),
            suspend: true,
            suspend_timeout: SUSPEND,
            tag: None,
        };
        let tag = ClientTag::Pull { call: self.calls };
        out.push(ClientEffect::Call { to, tag, request: BrokerRequest::Pull(request) });
    }

    /// A pull is answered, or is not. A queue given up meanwhile is another's now: what it found is not consumed here.
    pub(super) fn on_pull_answer(
        &mut self,
        now: Micros,
        call: u32,
        answer: Answer,
        out: &mut Vec<ClientEffect>,
    ) {
        let Some(at) = self.queues.iter().position(|queue| queue.call == Some(call)) else {
            return;
        };
        let queue = &mut self.queues[at];
        queue.call = None;
        let Ok(BrokerAnswer::Pulled(result)) = answer else {
            queue.pull_at = Some(now + PULL_DELAY_AFTER_ERROR);
            return;
        };
        let PullResult { status, next_offset: next, messages, .. } = result;
        let (from, count) = (std::mem::replace(&mut queue.next, next), messages.len() as u32);
        queue.window.extend(messages.iter().map(|message| (now + self.config.consume_time, *message)));
        let queue = self.queue(self.queues[at].queue);
        out.push(ClientEffect::Note(ClientNote::Pulled { queue, from, status, next, count }));
        match pull_status(status, from) {
            PullStatus::Found => {
                // Other threads consume: the next pull leaves before them, and tells the offset as it was.
                self.pull(now, at, out);
                return self.consume(now, at, out);
            }
            PullStatus::NoNewMsg if self.queues[at].window.is_empty() => self.queues[at].move_offset(next),
            PullStatus::NoNewMsg => {}
            PullStatus::OffsetIllegal => {
                self.queues[at].offset = Some(next);
                self.persist(at, out);
                self.queues.remove(at);
                out.push(ClientEffect::Note(ClientNote::Rebalanced { queues: self.held() }));
                return self.rebalance.notify(now);
            }
        }
        self.pull(now, at, out);
    }

    /// Each message takes the same time, so they are done in the order in which they came.
    fn consume(&mut self, now: Micros, at: usize, out: &mut Vec<ClientEffect>) {
        let id = self.queue(self.queues[at].queue);
        let queue = &mut self.queues[at];
        while queue.window.front().is_some_and(|(done, _)| *done <= now) {
            let Some((_, Pulled { queue_offset, index, number, .. })) = queue.window.pop_front() else {
                return;
            };
            let oldest = queue.window.front().map(|(_, message)| message.queue_offset);
            queue.move_offset(oldest.unwrap_or(queue_offset + 1));
            out.push(ClientEffect::Note(ClientNote::Consumed { queue: id, queue_offset, index, number }));
        }
    }

    /// Tells the master, or if there is none any broker, the offset of the queue at place `at`.
    pub(super) fn persist(&self, at: usize, out: &mut Vec<ClientEffect>) {
        let queue = &self.queues[at];
        let to = self.route.route().and_then(Route::master_or_any);
        if let (Some(to), Some(offset)) = (to, queue.offset) {
            let (group, queue) = (self.config.group, self.queue(queue.queue));
            let request = BrokerRequest::UpdateOffset { group, queue, offset };
            out.push(ClientEffect::Tell { to, request });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_without_messages_is_waited_for_at_offset_0_and_illegal_elsewhere() {
        let empty = GetMessageStatus::NoMessageInQueue;
        assert_eq!(pull_status(empty, 0), PullStatus::NoNewMsg);
        assert_eq!(pull_status(empty, 3), PullStatus::OffsetIllegal);
        assert_eq!(pull_status(GetMessageStatus::OffsetOverflowOne, 3), PullStatus::NoNewMsg);
        assert_eq!(pull_status(GetMessageStatus::OffsetOverflowBadly, 3), PullStatus::OffsetIllegal);
    }
}
