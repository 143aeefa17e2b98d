//! The clients and the name server in the world: who there is, what they want done, and what it looks like from outside.

use super::World;
use crate::broker::{ConsumerId, GroupId, ProducerId, QueueId, Registration, TopicId};
use crate::client::{
    API_TIMEOUT, Answer, ClientEffect, ClientNote, ClientTag, Consumer, ConsumerConfig, MASTER_ID, Producer,
    Route, SendStatus, timeout,
};
use crate::ledger::MemberId;
use crate::scenario::{ProducerSpec, Scenario};
use crate::sim::event::{Event, Party};
use crate::sim::network::Payload;
use crate::sim::random::{self, Stream};
use crate::sim::rpc::{NO_RPC, Purpose};
use crate::time::{Micros, soonest};

/// A producer. It starts with the run and does not end.
#[derive(Clone, Debug)]
pub(super) struct ProducerNode {
    producer: Producer,
    every: Option<Micros>,
    next_message: Option<Micros>,
    batch: u8,
}

impl ProducerNode {
    pub fn producer(&self) -> &Producer {
        &self.producer
    }

    /// Something is under way, or will be by itself.
    pub fn sends(&self) -> bool {
        self.next_message.is_some() || self.producer.pending() > 0
    }

    pub fn next(&self) -> Option<Micros> {
        soonest(self.next_message, self.producer.next_wakeup())
    }
}

/// A consumer, running or not.
#[derive(Clone, Debug)]
pub(super) struct ConsumerNode {
    config: ConsumerConfig,
    process: Option<Box<Consumer>>,
    /// when it starts by itself
    starts_at: Option<Micros>,
    incarnation: u32,
}

impl ConsumerNode {
    pub fn process(&self) -> Option<&Consumer> {
        self.process.as_deref()
    }

    pub fn next(&self) -> Option<Micros> {
        self.process().map_or(self.starts_at, Consumer::next_wakeup)
    }

    pub fn incarnation(&self) -> u32 {
        self.incarnation
    }

    pub fn group(&self) -> GroupId {
        self.config.group
    }
}

/// The scenario's producers, all running.
pub(super) fn producers(scenario: &Scenario) -> Vec<ProducerNode> {
    let poll = Micros::millis(u64::from(scenario.poll_name_server_ms));
    let node = |(n, spec): (usize, &ProducerSpec)| {
        let topic = TopicId(spec.topic);
        let queues = u64::from(scenario.topics[usize::from(spec.topic)].queues);
        let turn = Stream::new(scenario.seed, random::Purpose::QueueStart, n as u64).below(queues);
        let id = ProducerId(n as u8);
        ProducerNode {
            producer: Producer::new(id, topic, spec.batch, turn, poll, Micros::ZERO),
            every: spec.every(),
            next_message: spec.every(),
            batch: spec.batch,
        }
    };
    scenario.producers.iter().enumerate().map(node).collect()
}

/// The scenario's consumers, none running yet.
pub(super) fn consumers(scenario: &Scenario) -> Vec<ConsumerNode> {
    let groups = scenario.groups();
    let mut nodes = Vec::new();
    for (n, spec) in scenario.consumers.iter().enumerate() {
        let group = groups.iter().position(|name| *name == spec.group).unwrap_or_default();
        let config = ConsumerConfig {
            id: ConsumerId(n as u8),
            group: GroupId(group as u8),
            topic: TopicId(spec.topic),
            from: spec.from,
            consume_time: Micros::millis(u64::from(spec.consume_ms)),
            poll: Micros::millis(u64::from(scenario.poll_name_server_ms)),
        };
        let starts_at = Some(Micros::millis(u64::from(spec.start_ms)));
        nodes.push(ConsumerNode { config, process: None, starts_at, incarnation: 0 });
    }
    nodes
}

/// What happens to a client.
pub(super) enum ClientInput {
    /// its time has come
    Wake,
    /// it sends; the (first) message gets this number
    Send(u32),
    /// the name server's answer, `None` if there is none
    Route(Option<Route>),
    /// a broker's answer, or that there is none
    Answer(ClientTag, Answer),
    /// NOTIFY_CONSUMER_IDS_CHANGED
    IdsChanged,
}

impl World {
    pub(super) fn wake_clients(&mut self, at: Micros) {
        while let Some((broker, broker_id)) = self.names.expire(at) {
            self.emit(Event::Unregistered { broker, broker_id });
        }
        for n in 0..self.producers.len() {
            if self.producers[n].producer.next_wakeup().is_some_and(|due| due <= at) {
                self.with_client(Party::Producer(ProducerId(n as u8)), ClientInput::Wake);
            }
        }
        if crate::PLAIN {
            return;
        }
        for n in 0..self.consumers.len() {
            let consumer = ConsumerId(n as u8);
            if self.consumers[n].next().is_some_and(|due| due <= at) {
                match self.consumers[n].process {
                    Some(_) => self.with_client(Party::Consumer(consumer), ClientInput::Wake),
                    None => self.start_consumer(consumer),
                }
            }
        }
    }

    pub(super) fn send_by_themselves(&mut self, at: Micros) {
        for n in 0..self.producers.len() {
            let node = &mut self.producers[n];
            if node.next_message == Some(at) {
                node.next_message = node.every.map(|every| at + every);
                self.send_message(n);
            }
        }
    }

    pub(super) fn send_message(&mut self, n: usize) {
        let number = self.messages;
        self.messages += u32::from(self.producers[n].batch);
        self.with_client(Party::Producer(ProducerId(n as u8)), ClientInput::Send(number));
    }

    pub(super) fn start_consumer(&mut self, id: ConsumerId) {
        let mut out = std::mem::take(&mut self.client_effects);
        let node = &mut self.consumers[usize::from(id.0)];
        node.starts_at = None;
        node.process = Some(Box::new(Consumer::start(node.config, self.now, &mut out)));
        self.emit(Event::ConsumerStarted { consumer: id });
        self.take_client_effects(Party::Consumer(id), out);
    }

    /// The process ends: in order, or between two instructions; then its brokers learn it from their connections.
    /// False: there is none.
    pub(super) fn end_consumer(&mut self, id: ConsumerId, in_order: bool) -> bool {
        let node = &mut self.consumers[usize::from(id.0)];
        node.starts_at = None;
        let Some(mut process) = node.process.take() else {
            return false;
        };
        node.incarnation += 1;
        let mut out = std::mem::take(&mut self.client_effects);
        if in_order {
            process.stop(&mut out);
        }
        self.take_client_effects(Party::Consumer(id), out);
        self.emit(Event::ConsumerStopped { consumer: id });
        if !in_order {
            for n in 0..self.nodes.len() {
                let broker = Party::Broker(self.nodes[n].id);
                self.send(Party::Consumer(id), broker, NO_RPC, Payload::Closed);
            }
        }
        true
    }

    pub(super) fn with_client(&mut self, client: Party, input: ClientInput) {
        let mut out = std::mem::take(&mut self.client_effects);
        let now = self.now;
        match client {
            Party::Producer(id) => {
                let producer = &mut self.producers[usize::from(id.0)].producer;
                match input {
                    ClientInput::Wake => producer.wake(now, &mut out),
                    ClientInput::Send(number) => producer.send(now, number, &mut out),
                    ClientInput::Route(route) => producer.on_route(now, route, &mut out),
                    ClientInput::Answer(tag, answer) => producer.on_answer(now, tag, answer, &mut out),
                    ClientInput::IdsChanged => {}
                }
            }
            Party::Consumer(id) if !crate::PLAIN => {
                if let Some(consumer) = &mut self.consumers[usize::from(id.0)].process {
                    match input {
                        ClientInput::Wake => consumer.wake(now, &mut out),
                        ClientInput::Route(route) => consumer.on_route(now, route, &mut out),
                        ClientInput::Answer(tag, answer) => consumer.on_answer(now, tag, answer, &mut out),
                        ClientInput::IdsChanged => consumer.on_ids_changed(now),
                        ClientInput::Send(_) => {}
                    }
                }
            }
            Party::Consumer(_) | Party::Broker(_) | Party::NameServer => {}
        }
        self.take_client_effects(client, out);
    }

    fn take_client_effects(&mut self, client: Party, mut effects: Vec<ClientEffect>) {
        for effect in effects.drain(..) {
            match effect {
                ClientEffect::AskRoute { topic } => {
                    let payload = Payload::RouteRequest(topic);
                    self.call(client, Party::NameServer, API_TIMEOUT, Purpose::Route, payload);
                }
                ClientEffect::Call { to, tag, request } => {
                    let (to, time) = (Party::Broker(to), timeout(&request));
                    self.call(client, to, time, Purpose::Client(tag), Payload::Client(request));
                }
                ClientEffect::Tell { to, request } => {
                    self.send(client, Party::Broker(to), NO_RPC, Payload::Client(request));
                }
                ClientEffect::Note(note) => self.take_client_note(client, note),
            }
        }
        self.client_effects = effects;
    }

    fn take_client_note(&mut self, client: Party, note: ClientNote) {
        let event = match (note, client) {
            (ClientNote::RouteChanged { master }, _) => Event::RouteChanged { client, master },
            (ClientNote::Put { number, count, to, queue, attempt }, Party::Producer(producer)) => {
                let topic = TopicId(self.scenario.producers[usize::from(producer.0)].topic);
                let queue = QueueId { topic, queue };
                Event::Put { producer, number, count, broker: to, queue, attempt }
            }
            (ClientNote::PutResult { number, count, to, status, index }, Party::Producer(producer)) => {
                let ok = status == SendStatus::OK;
                Event::PutResult { producer, number, count, broker: to, ok, status, index }
            }
            (ClientNote::Rebalanced { queues }, Party::Consumer(consumer)) => {
                Event::Rebalanced { consumer, queues }
            }
            (ClientNote::Pulled { queue, from, status, next, count }, Party::Consumer(consumer)) => {
                Event::Pulled { consumer, queue, offset: from, status, next, count }
            }
            (ClientNote::Consumed { queue, queue_offset, index, number }, Party::Consumer(consumer)) => {
                let group = self.consumers[usize::from(consumer.0)].config.group;
                let again = self.was_consumed(group, queue, queue_offset);
                Event::Consumed { consumer, queue, queue_offset, index, number, again }
            }
            _ => return,
        };
        self.emit(event);
    }

    /// Whether the group has consumed that message before; if not, it has now.
    fn was_consumed(&mut self, group: GroupId, queue: QueueId, queue_offset: i64) -> bool {
        match self.consumed.binary_search_by_key(&(group, queue), |(of, _)| *of) {
            Ok(at) if queue_offset < self.consumed[at].1 => return true,
            Ok(at) => self.consumed[at].1 = queue_offset + 1,
            Err(at) => self.consumed.insert(at, ((group, queue), queue_offset + 1)),
        }
        false
    }

    /// A registration reached the name server.
    pub(super) fn register(&mut self, rpc: u64, registration: Registration) {
        let Registration { broker, broker_id, one_way } = registration;
        if self.names.register(self.now, broker, broker_id) {
            self.emit(Event::Registered { broker, broker_id });
        }
        if !one_way {
            let master = self.names.master().filter(|_| broker_id != MASTER_ID);
            self.send(Party::NameServer, Party::Broker(broker), rpc, Payload::Registered { master });
        }
    }

    /// A broker's connection with the name server closed.
    pub(super) fn unregister(&mut self, broker: MemberId) {
        if let Some(broker_id) = self.names.unregister(broker) {
            self.emit(Event::Unregistered { broker, broker_id });
        }
    }
}
