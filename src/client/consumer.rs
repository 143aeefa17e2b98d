//! A consumer of one topic in a group (`DefaultMQPushConsumerImpl`, clustering, concurrent consumption): its start and
//! end, and what it does at fixed times.

use super::pulling::ProcessQueue;
use super::rebalance::Rebalance;
use super::route::RouteCache;
use super::{Answer, ClientEffect, ClientTag, Route};
use crate::broker::{BrokerRequest, ConsumerId, GroupId, QueueId, TopicId};
use crate::shown::named;
use crate::time::{Micros, soonest};

/// `heartbeatBrokerInterval`; the first is a second after the start
const HEARTBEAT: Micros = Micros::seconds(30);
const FIRST_HEARTBEAT: Micros = Micros::seconds(1);
/// `persistConsumerOffsetInterval`
const PERSIST: Micros = Micros::seconds(5);
const FIRST_PERSIST: Micros = Micros::seconds(10);

/// Where a group begins that has no offset yet (`ConsumeFromWhere`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConsumeFrom {
    Last,
    First,
}

named!(ConsumeFrom {
    Last "last",
    First "first",
});

/// What a consumer is configured with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConsumerConfig {
    pub id: ConsumerId,
    pub group: GroupId,
    pub topic: TopicId,
    pub from: ConsumeFrom,
    /// how long a message takes; it has as many threads as it needs
    pub consume_time: Micros,
    /// `pollNameServerInterval`
    pub poll: Micros,
}

/// One consumer process.
#[derive(Clone, Debug)]
pub struct Consumer {
    pub(super) config: ConsumerConfig,
    pub(super) route: RouteCache,
    pub(super) rebalance: Rebalance,
    /// the queues it holds (`processQueueTable`), in order
    pub(super) queues: Vec<ProcessQueue>,
    /// numbers its pulls
    pub(super) calls: u32,
    /// it waits for its first route
    starting: bool,
    next_heartbeat: Micros,
    next_persist: Micros,
}

impl Consumer {
    /// The process starts: it asks for the route, tells all brokers that it is there, and looks for its queues.
    pub fn start(config: ConsumerConfig, now: Micros, out: &mut Vec<ClientEffect>) -> Consumer {
        let mut consumer = Consumer {
            config,
            route: RouteCache::new(config.topic, config.poll, now),
            rebalance: Rebalance::new(now),
            queues: Vec::new(),
            calls: 0,
            starting: true,
            next_heartbeat: now + FIRST_HEARTBEAT,
            next_persist: now + FIRST_PERSIST,
        };
        consumer.route.ask(now, out);
        consumer
    }

    /// The process ends in order: its offsets are told, and the brokers that it goes.
    pub fn stop(&mut self, out: &mut Vec<ClientEffect>) {
        self.persist_all(out);
        let (consumer, group) = (self.config.id, self.config.group);
        self.to_all(
            |to| ClientEffect::Tell { to, request: BrokerRequest::Unregister { consumer, group } },
            out,
        );
    }

    /// The name server's answer.
    pub fn on_route(&mut self, now: Micros, answer: Option<Route>, out: &mut Vec<ClientEffect>) {
        self.route.take(answer, out);
        if std::mem::take(&mut self.starting) && self.route.route().is_some() {
            self.heartbeat(out);
            self.rebalance.notify(now);
        }
    }

    /// A broker's answer to a call, or that there is none.
    pub fn on_answer(&mut self, now: Micros, tag: ClientTag, answer: Answer, out: &mut Vec<ClientEffect>) {
        match tag {
            ClientTag::Pull { call } => self.on_pull_answer(now, call, answer, out),
            ClientTag::Rebalance { step } => self.on_rebalance_answer(now, step, answer, out),
            ClientTag::HeartBeat | ClientTag::Send { .. } => {}
        }
    }

    /// NOTIFY_CONSUMER_IDS_CHANGED: a broker knows of others in the group now.
    pub fn on_ids_changed(&mut self, now: Micros) {
        self.rebalance.notify(now);
    }

    /// Does what is due.
    pub fn wake(&mut self, now: Micros, out: &mut Vec<ClientEffect>) {
        self.route.wake(now, out);
        if self.next_heartbeat <= now {
            self.next_heartbeat += HEARTBEAT;
            self.heartbeat(out);
        }
        if self.next_persist <= now {
            self.next_persist += PERSIST;
            self.persist_all(out);
        }
        if self.rebalance.next_wakeup().is_some_and(|at| at <= now) {
            self.rebalance(now, out);
        }
        for at in 0..self.queues.len() {
            self.work(now, at, out);
        }
    }

    /// When [`Consumer::wake`] has something to do.
    pub fn next_wakeup(&self) -> Option<Micros> {
        let mut next = soonest(Some(self.next_heartbeat.min(self.next_persist)), self.route.next_wakeup());
        next = soonest(next, self.rebalance.next_wakeup());
        for queue in &self.queues {
            next = soonest(next, queue.next_wakeup());
        }
        next
    }

    /// To every broker of the route, master or slave.
    pub(super) fn heartbeat(&self, out: &mut Vec<ClientEffect>) {
        let (consumer, group) = (self.config.id, self.config.group);
        let request = BrokerRequest::HeartBeat { consumer, group };
        let call = |to| ClientEffect::Call { to, tag: ClientTag::HeartBeat, request: request.clone() };
        self.to_all(call, out);
    }

    fn to_all(&self, say: impl Fn(crate::ledger::MemberId) -> ClientEffect, out: &mut Vec<ClientEffect>) {
        if let Some(route) = self.route.route() {
            out.extend(route.brokers.iter().map(|(_, to)| say(*to)));
        }
    }

    fn persist_all(&self, out: &mut Vec<ClientEffect>) {
        for at in 0..self.queues.len() {
            self.persist(at, out);
        }
    }

    pub(super) fn queue(&self, queue: u8) -> QueueId {
        QueueId { topic: self.config.topic, queue }
    }

    /// What it is configured with.
    pub fn config(&self) -> &ConsumerConfig {
        &self.config
    }

    /// The queues it holds; bit n stands for queue n.
    pub fn queues(&self) -> u16 {
        self.held()
    }
}
