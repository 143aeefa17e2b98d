//! Which queues a consumer holds: `RebalanceService` and `RebalanceImpl`. Each consumer works it out for itself, from the
//! group's list of consumers and the topic's list of queues, every 20 s, after 1 s when it did not get what it wanted,
//! and at once when it is told that the group has changed; but never twice within a second.

use super::consumer::{ConsumeFrom, Consumer};
use super::pulling::{PULL_DELAY, ProcessQueue};
use super::{Answer, ClientEffect, ClientNote, ClientTag, Route};
use crate::broker::{BrokerAnswer, BrokerRequest, ConsumerId};
use crate::ledger::MemberId;
use crate::time::Micros;

/// `rocketmq.client.rebalance.waitInterval`
const WAIT: Micros = Micros::seconds(20);
/// `rocketmq.client.rebalance.minInterval`
const MIN: Micros = Micros::seconds(1);

/// A consumer's `RebalanceService`: one thread, which waits for every answer it asks for.
#[derive(Clone, Debug)]
pub(super) struct Rebalance {
    /// end of the last one, or the start
    last: Micros,
    next: Micros,
    /// somebody woke it while it was at work
    notified: bool,
    /// numbers the steps, so that an answer meets the one that waits for it
    step: u32,
    stage: Stage,
}

/// What it waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Stage {
    /// its time
    Idle,
    /// the ids of the group's consumers
    Consumers,
    /// where to begin in the first queue of the plan
    Offset(Plan),
}

/// What is still to do in a rebalance.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Plan {
    /// the queues it should hold; bit n stands for queue n
    wanted: u16,
    /// those of them that are new
    todo: Vec<u8>,
    /// the first of them has no stored offset: where it ends was asked for
    at_the_end: bool,
    /// the queues it holds are others already
    changed: bool,
}

impl Rebalance {
    pub fn new(now: Micros) -> Rebalance {
        Rebalance { last: now, next: now + WAIT, notified: false, step: 0, stage: Stage::Idle }
    }

    /// `rebalanceImmediately`
    pub fn notify(&mut self, now: Micros) {
        if self.stage == Stage::Idle {
            self.next = self.next.min(now.max(self.last + MIN));
        } else {
            self.notified = true;
        }
    }

    pub fn next_wakeup(&self) -> Option<Micros> {
        (self.stage == Stage::Idle).then_some(self.next)
    }

    fn end(&mut self, now: Micros, balanced: bool) {
        let soon = std::mem::take(&mut self.notified) || !balanced;
        self.last = now;
        self.next = now + if soon { MIN } else { WAIT };
        self.stage = Stage::Idle;
    }

    fn call(&mut self, to: MemberId, request: BrokerRequest) -> ClientEffect {
        self.step += 1;
        ClientEffect::Call { to, tag: ClientTag::Rebalance { step: self.step }, request }
    }
}

/// `AllocateMessageQueueAveragely`: the queues, from and up to without, of the consumer at place `own` of `consumers`.
pub fn allocate_averagely(queues: usize, consumers: usize, own: usize) -> std::ops::Range<usize> {
    let rest = queues % consumers;
    let size = if queues <= consumers { 1 } else { queues / consumers + usize::from(own < rest) };
    let start = if own < rest { own * size } else { own * size + rest };
    start.min(queues)..(start + size).min(queues)
}

impl Consumer {
    /// Asks who else is in the group. Without a route there is nothing to divide, only to ask the name server.
    pub(super) fn rebalance(&mut self, now: Micros, out: &mut Vec<ClientEffect>) {
        match self.route.route().and_then(Route::master_or_any) {
            Some(to) => {
                self.rebalance.stage = Stage::Consumers;
                out.push(self.rebalance.call(to, BrokerRequest::ConsumerList { group: self.config.group }));
            }
            None => {
                self.route.ask(now, out);
                self.rebalance.end(now, true);
            }
        }
    }

    pub(super) fn on_rebalance_answer(
        &mut self,
        now: Micros,
        step: u32,
        answer: Answer,
        out: &mut Vec<ClientEffect>,
    ) {
        if step != self.rebalance.step {
            return;
        }
        match (std::mem::replace(&mut self.rebalance.stage, Stage::Idle), answer) {
            (Stage::Consumers, Ok(BrokerAnswer::Consumers(ids))) if !ids.is_empty() => {
                self.divide(now, &ids, out);
            }
            // Who does not learn of the others leaves all as it is, and waits its 20 s.
            (Stage::Consumers, _) => self.rebalance.end(now, true),
            (Stage::Offset(mut plan), answer) => {
                let queue = plan.todo[0];
                let first = match answer {
                    Ok(BrokerAnswer::Offset(None)) if plan.at_the_end => None,
                    Ok(BrokerAnswer::Offset(None)) if self.config.from == ConsumeFrom::First => Some(0),
                    Ok(BrokerAnswer::Offset(None)) => match self.route.master() {
                        Some(to) => {
                            let request = BrokerRequest::MaxOffset { queue: self.queue(queue) };
                            out.push(self.rebalance.call(to, request));
                            plan.at_the_end = true;
                            self.rebalance.stage = Stage::Offset(plan);
                            return;
                        }
                        None => {
                            self.route.ask(now, out);
                            None
                        }
                    },
                    Ok(BrokerAnswer::Offset(offset)) => offset,
                    _ => None,
                };
                // Without a beginning it is tried again with the next rebalance, soon.
                if let Some(next) = first {
                    let stored =
                        (!plan.at_the_end && answer != Ok(BrokerAnswer::Offset(None))).then_some(next);
                    let at = self.queues.partition_point(|held| held.queue < queue);
                    self.queues.insert(at, ProcessQueue::new(queue, next, stored));
                    plan.changed = true;
                }
                plan.todo.remove(0);
                self.begin_next(now, plan, out);
            }
            (Stage::Idle, _) => {}
        }
    }

    /// Gives up what is another's now and takes what is its own: `updateProcessQueueTableInRebalance`. A consumer that
    /// the broker does not know has nothing of its own.
    fn divide(&mut self, now: Micros, ids: &[ConsumerId], out: &mut Vec<ClientEffect>) {
        let queues = self.route.route().map_or(0, |route| usize::from(route.queues));
        let own = ids.iter().position(|id| *id == self.config.id);
        let own = own.map_or(0..0, |own| allocate_averagely(queues, ids.len(), own));
        let wanted = own.clone().fold(0, |bits, queue| bits | 1_u16 << queue);
        let held = self.held();
        let given_up = held & !wanted;
        for at in (0..self.queues.len()).rev() {
            if given_up & 1 << self.queues[at].queue != 0 {
                self.persist(at, out);
                self.queues.remove(at);
            }
        }
        let todo = own.map(|queue| queue as u8).filter(|queue| held & 1 << queue == 0).collect();
        self.begin_next(now, Plan { wanted, todo, at_the_end: false, changed: given_up != 0 }, out);
    }

    /// Asks where to begin in the next new queue; after the last one the rebalance is over.
    fn begin_next(&mut self, now: Micros, mut plan: Plan, out: &mut Vec<ClientEffect>) {
        let to = self.route.route().and_then(Route::master_or_any);
        if let (Some(queue), Some(to)) = (plan.todo.first(), to) {
            let request = BrokerRequest::QueryOffset { group: self.config.group, queue: self.queue(*queue) };
            out.push(self.rebalance.call(to, request));
            plan.at_the_end = false;
            self.rebalance.stage = Stage::Offset(plan);
            return;
        }
        for queue in &mut self.queues {
            queue.start(now + PULL_DELAY);
        }
        let held = self.held();
        self.rebalance.end(now, held == plan.wanted);
        if plan.changed {
            out.push(ClientEffect::Note(ClientNote::Rebalanced { queues: held }));
            self.heartbeat(out);
        }
    }

    /// Bit n: it holds queue n.
    pub(super) fn held(&self) -> u16 {
        self.queues.iter().fold(0, |bits, queue| bits | 1 << queue.queue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_queues_among_four_consumers_are_three_three_two_and_two() {
        let shares: Vec<_> = (0..4).map(|own| allocate_averagely(10, 4, own)).collect();
        assert_eq!(shares, [0..3, 3..6, 6..8, 8..10]);
    }

    #[test]
    fn with_fewer_queues_than_consumers_the_last_ones_get_none() {
        let shares: Vec<_> = (0..4).map(|own| allocate_averagely(2, 4, own).len()).collect();
        assert_eq!(shares, [1, 1, 0, 0]);
    }

    #[test]
    fn every_queue_has_one_holder() {
        for queues in 0..17 {
            for consumers in 1..9 {
                let shares = (0..consumers).flat_map(|own| allocate_averagely(queues, consumers, own));
                assert!(shares.eq(0..queues), "{queues} queues, {consumers} consumers");
            }
        }
    }

    #[test]
    fn notices_within_a_second_wait_until_it_is_over_and_one_during_the_work_is_not_lost() {
        let mut service = Rebalance::new(Micros::ZERO);
        assert_eq!(service.next_wakeup(), Some(WAIT));
        service.notify(Micros::millis(300));
        assert_eq!(service.next_wakeup(), Some(MIN));
        service.stage = Stage::Consumers;
        assert_eq!(service.next_wakeup(), None);
        service.notify(Micros::millis(1500));
        service.end(Micros::millis(1600), true);
        assert_eq!(service.next_wakeup(), Some(Micros::millis(2600)));
        service.end(Micros::seconds(3), true);
        assert_eq!(service.next_wakeup(), Some(Micros::seconds(23)));
        service.notify(Micros::seconds(9));
        assert_eq!(service.next_wakeup(), Some(Micros::seconds(9)));
        service.end(Micros::seconds(9), false);
        assert_eq!(service.next_wakeup(), Some(Micros::seconds(10)), "unbalanced");
    }
}
