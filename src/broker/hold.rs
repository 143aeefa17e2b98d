//! Long polling: pulls that wait for a message (`PullRequestHoldService`).

use super::{Broker, BrokerAnswer, BrokerContext, PullRequest, QueueId};
use crate::ledger::CallId;
use crate::store::{ConsumeQueue, tags_code};
use crate::time::{Loop, Micros};

/// Held pulls are looked at this often.
const CHECK_PERIOD: Micros = Micros::seconds(5);
/// The same without long polling, and how long a pull is then held (`shortPollingTimeMills`).
const SHORT_POLLING: Micros = Micros::millis(1000);

/// A pull that waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    pub call: CallId,
    pub request: PullRequest,
    pub since: Micros,
    /// it is answered by the first look at or after this time, whatever there is
    pub until: Micros,
}

/// All pulls that wait, the oldest first.
#[derive(Clone, Debug)]
pub(super) struct Holds {
    held: Vec<Held>,
    /// to be run again
    woken: Vec<Held>,
    long_polling: bool,
    checks: Loop,
}

impl Holds {
    pub fn new(long_polling: bool, now: Micros) -> Holds {
        let period = if long_polling { CHECK_PERIOD } else { SHORT_POLLING };
        Holds {
            held: Vec::new(),
            woken: Vec::new(),
            long_polling,
            checks: Loop::starting_at(now + period, period),
        }
    }

    pub fn hold(&mut self, now: Micros, call: CallId, request: PullRequest) {
        let timeout = if self.long_polling { request.suspend_timeout } else { SHORT_POLLING };
        self.held.push(Held { call, request, since: now, until: now + timeout });
    }

    /// The next look, if there is anything to look at. There is no timer for a single pull.
    pub fn next_check(&self, now: Micros) -> Option<Micros> {
        (!self.held.is_empty()).then(|| self.checks.pass_at_or_after(now))
    }

    /// A record was dispatched (`notifyMessageArriving`): wakes the pulls for which the queue has become long enough
    /// and whose tag it has, and those whose time is up. `max` is the queue's end now.
    pub fn message_arrived(&mut self, now: Micros, queue: QueueId, max: i64, tags: i64) {
        if self.long_polling {
            self.wake(now, queue, max, Some(tags));
        }
    }

    fn wake(&mut self, now: Micros, queue: QueueId, max: i64, tags: Option<i64>) {
        let has = |tag: &str| tags.is_none_or(|tags| tags_code(tag) as i32 == tags as i32);
        let woken = &mut self.woken;
        self.held.retain(|held| {
            if held.request.queue != queue {
                return true;
            }
            let wakes = max > held.request.offset && held.request.tag.is_none_or(has) || now >= held.until;
            if wakes {
                woken.push(*held);
            }
            !wakes
        });
    }
}

impl Broker {
    /// Pulls that wait for a message, the oldest first.
    pub fn held_pulls(&self) -> &[Held] {
        &self.holds.held
    }

    /// `checkHoldRequest`, if it is time.
    pub(super) fn check_held_pulls(&mut self, ctx: &mut BrokerContext) {
        if self.holds.next_check(ctx.now) != Some(ctx.now) {
            return;
        }
        self.holds.checks.pass_done(ctx.now);
        // Looking at a queue once more wakes nobody else.
        let queues: Vec<QueueId> = self.holds.held.iter().map(|held| held.request.queue).collect();
        for queue in queues {
            let max = self.queues.get(queue).map_or(0, ConsumeQueue::max_offset);
            self.holds.wake(ctx.now, queue, max, None);
        }
        self.run_woken_pulls(ctx);
    }

    /// Runs them again and answers them with whatever that gives: nobody is held twice, nor asked again whether the
    /// broker is a slave.
    pub(super) fn run_woken_pulls(&mut self, ctx: &mut BrokerContext) {
        if crate::PLAIN {
            return;
        }
        for held in std::mem::take(&mut self.holds.woken) {
            ctx.answer(held.call, BrokerAnswer::Pulled(self.pull(&held.request)));
        }
    }
}
