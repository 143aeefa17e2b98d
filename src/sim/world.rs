//! The world: brokers, their disks, the clients and the name server, the network between them, and the time they share.
//!
//! * `delivery`: messages leave and arrive, calls are answered or are not
//! * `effects`: what brokers want done; `clients`: what clients want done, and the name server
//! * `commands`: what a visitor does; `faults`: what is wrong with a broker's machine
//! * `node`: a broker's place in the world

mod clients;
mod commands;
mod delivery;
mod effects;
mod faults;
mod node;

use super::event::{Event, Record, TraceHash};
use super::network::{Network, Packet};
use super::random::{Purpose, Stream};
use super::rpc::RpcTable;
use crate::broker::{
    Broker, BrokerConfig, BrokerContext, Disk, Effect, FileSizes, GroupId, Input, QueueId, Topic,
};
use crate::client::{ClientEffect, Consumer, NameServer, Producer, Unanswered};
#[cfg(not(target_arch = "wasm32"))]
use crate::ledger::Code;
use crate::ledger::MemberId;
use crate::scenario::{Refusal, Scenario, Timed};
#[cfg(not(target_arch = "wasm32"))]
use crate::store::Index;
use crate::store::Options;
use crate::time::{Micros, soonest};

use clients::{ConsumerNode, ProducerNode};
use node::Node;
pub use node::{BrokerState, DiskState};

/// Processes started together come up within this time of each other.
const BOOT_SPREAD_US: u64 = 3_000;
/// The elector starts this much after the process answers calls (`DLedgerServer.startup`).
const ELECTOR_AFTER_BOOT: Micros = Micros::millis(1);

/// Everything there is in a run.
#[derive(Clone, Debug)]
pub struct World {
    scenario: Scenario,
    config: BrokerConfig,
    now: Micros,
    nodes: Vec<Node>,
    producers: Vec<ProducerNode>,
    consumers: Vec<ConsumerNode>,
    names: NameServer,
    network: Network,
    rpcs: RpcTable,
    boot: Stream,
    /// when a slow disk is next through with something
    written_at: Option<Micros>,
    /// messages begun; the next one gets this number
    messages: u32,
    /// where each group has been, in order: the queue offset after the last message that it consumed
    consumed: Vec<((GroupId, QueueId), i64)>,
    /// commands of the scenario carried out so far, and those it had that could not be
    commanded: usize,
    refused: Vec<(Timed, Refusal)>,
    /// commands carried out that did something to the group
    disturbances: u32,
    events: Vec<Record>,
    emitted: u64,
    hash: TraceHash,
    /// kept for their memory only
    effects: Vec<Effect>,
    client_effects: Vec<ClientEffect>,
    /// how client appends ended, for whoever writes a trace
    #[cfg(not(target_arch = "wasm32"))]
    appends_done: Option<Vec<(MemberId, Index, Code)>>,
}

fn broker_config(scenario: &Scenario) -> BrokerConfig {
    let files = scenario.files;
    let entries = Options { data_file_size: files.data_bytes, index_file_size: files.index_bytes };
    let topics = scenario.topics.iter().map(|topic| Topic { name: topic.name.clone(), queues: topic.queues });
    BrokerConfig {
        ledger: scenario.config(),
        topics: topics.collect(),
        groups: scenario.groups().into_iter().map(str::to_string).collect(),
        files: FileSizes { entries, consume_queue: files.consume_queue_units * 20 },
        register_every: Micros::millis(u64::from(scenario.register_broker_ms)),
        ..BrokerConfig::default()
    }
}

impl World {
    /// A world at time 0, all brokers coming up.
    pub fn new(scenario: Scenario) -> World {
        let seed = scenario.seed;
        let config = broker_config(&scenario);
        let node = |n: u8| Node::new(n, seed, Disk::new(&config));
        let mut world = World {
            now: Micros::ZERO,
            nodes: (0..scenario.brokers).map(node).collect(),
            producers: clients::producers(&scenario),
            consumers: clients::consumers(&scenario),
            names: NameServer::new(scenario.topics.iter().map(|topic| topic.queues).collect()),
            network: Network::new(&scenario),
            rpcs: RpcTable::default(),
            boot: Stream::new(seed, Purpose::Boot, 0),
            written_at: None,
            messages: 0,
            consumed: Vec::new(),
            commanded: 0,
            refused: Vec::new(),
            disturbances: 0,
            events: Vec::new(),
            emitted: 0,
            hash: TraceHash::default(),
            effects: Vec::new(),
            client_effects: Vec::new(),
            #[cfg(not(target_arch = "wasm32"))]
            appends_done: None,
            config,
            scenario,
        };
        for n in 0..world.nodes.len() {
            world.boot(n);
        }
        world
    }

    /// What this run started from.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// How many messages so far took longer than the scenario's latency has it.
    pub fn late(&self) -> u64 {
        self.network.late()
    }

    /// The present.
    pub fn now(&self) -> Micros {
        self.now
    }

    /// A broker, by number.
    pub fn broker(&self, n: usize) -> &BrokerState {
        &self.nodes[n].state
    }

    /// A broker's process, if it runs.
    pub fn up(&self, n: usize) -> Option<&Broker> {
        match &self.nodes.get(n)?.state {
            BrokerState::Up(broker) => Some(broker),
            _ => None,
        }
    }

    /// A broker's process, for tests that break it.
    #[cfg(test)]
    pub(crate) fn up_mut(&mut self, n: usize) -> Option<&mut Broker> {
        match &mut self.nodes.get_mut(n)?.state {
            BrokerState::Up(broker) => Some(broker),
            _ => None,
        }
    }

    /// A producer, by number.
    pub fn producer(&self, n: usize) -> Option<&Producer> {
        self.producers.get(n).map(ProducerNode::producer)
    }

    /// A consumer's process, by number, if it runs.
    pub fn consumer(&self, n: usize) -> Option<&Consumer> {
        self.consumers.get(n)?.process()
    }

    /// The name server.
    pub fn names(&self) -> &NameServer {
        &self.names
    }

    /// Everything in flight.
    pub fn in_flight(&self) -> impl Iterator<Item = &Packet> {
        self.network.in_flight()
    }

    /// The living leader of the largest term.
    pub fn leader(&self) -> Option<MemberId> {
        let leaders = (0..self.nodes.len()).filter_map(|n| self.up(n)).map(Broker::member);
        leaders.filter(|m| m.is_leader()).max_by_key(|m| m.term()).map(|m| m.id())
    }

    /// The broker registered as master.
    pub fn master(&self) -> Option<MemberId> {
        self.names.master()
    }

    /// How client appends of members ended since the last call. They are noted from the first call on.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn take_appends_done(&mut self) -> Vec<(MemberId, Index, Code)> {
        self.appends_done.replace(Vec::new()).unwrap_or_default()
    }

    /// How many commands of the scenario have been carried out, or refused.
    pub fn commanded(&self) -> usize {
        self.commanded
    }

    /// The commands of the scenario that could not be carried out when their time came.
    pub fn refused(&self) -> &[(Timed, Refusal)] {
        &self.refused
    }

    /// The hash of all events so far: equal for equal runs.
    pub fn trace_hash(&self) -> u64 {
        std::hash::Hasher::finish(&self.hash)
    }

    /// How many events there were so far.
    pub fn emitted(&self) -> u64 {
        self.emitted
    }

    /// The events that were not taken yet.
    pub fn events(&self) -> &[Record] {
        &self.events
    }

    /// The events since the last call.
    pub fn take_events(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.events)
    }

    /// Forgets the events that were not taken yet; keeps their room for the next ones.
    pub fn forget_events(&mut self) {
        self.events.clear();
    }

    /// When something next happens by itself, or a command of the scenario is due.
    pub fn next_event_time(&self) -> Option<Micros> {
        soonest(self.next_by_itself(), self.next_command())
    }

    fn next_command(&self) -> Option<Micros> {
        self.scenario.commands.get(self.commanded).map(|(at, _)| *at)
    }

    fn next_by_itself(&self) -> Option<Micros> {
        let mut next = soonest(self.network.next_arrival(), self.names.next_wakeup());
        next = soonest(next, self.rpcs.next_timeout().map(|(at, _)| at));
        next = soonest(next, self.written_at);
        for node in &self.nodes {
            next = soonest(
                next,
                match &node.state {
                    BrokerState::Booting { up_at, .. } => Some(*up_at),
                    _ => node.wakeup,
                },
            );
        }
        for node in &self.producers {
            next = soonest(next, node.next());
        }
        for node in &self.consumers {
            next = soonest(next, node.next());
        }
        next
    }

    /// No broker runs, and nothing is planned that could change it: clients ask on, in vain.
    pub fn is_left_alone(&self) -> bool {
        let dead = self.nodes.iter().all(|node| matches!(node.state, BrokerState::Dead(_)));
        let planned = self.commanded < self.scenario.commands.len();
        dead && !planned && !self.producers.iter().any(ProducerNode::sends)
    }

    /// Runs up to and including `until`.
    pub fn advance(&mut self, until: Micros) {
        while self.step_until(until) {}
        self.now = self.now.max(until);
    }

    /// Goes to the next moment at which something happens, if that is not after `until`. `false` if it is, or nothing
    /// ever will.
    pub fn step_until(&mut self, until: Micros) -> bool {
        let own = self.next_by_itself().filter(|at| *at <= until);
        match (own, self.next_command().filter(|at| *at <= until)) {
            (None, None) => return false,
            (None, Some(at)) => self.command_at(at),
            (Some(own), Some(at)) if at < own => self.command_at(at),
            (Some(own), _) => self.step_at(own),
        }
        true
    }

    /// Goes to the next moment at which something happens, and does all that happens then. `false` if
    /// nothing ever will.
    pub fn step(&mut self) -> bool {
        self.step_until(Micros(u64::MAX))
    }

    /// A command comes when all else of its moment is done, also what the one before it caused: as one does that is given
    /// from outside, so that a run can be written down as a scenario.
    fn command_at(&mut self, at: Micros) {
        self.now = at;
        let timed = self.scenario.commands[self.commanded];
        self.commanded += 1;
        if let Err(refusal) = self.command(timed.1) {
            self.refused.push((timed, refusal));
        }
    }

    fn step_at(&mut self, at: Micros) {
        debug_assert!(at >= self.now, "time goes forward only");
        self.now = at;
        // The order within a moment is fixed: arrivals as they were sent, then time-outs, disks, brokers by number, the name
        // server, clients by number, and what producers send by themselves.
        while self.network.next_arrival() == Some(at) {
            if let Some(packet) = self.network.take_next() {
                self.arrive(packet);
            }
        }
        while let Some((_, rpc)) = self.rpcs.next_timeout().filter(|(due, _)| *due == at) {
            self.fail_rpc(rpc, Unanswered::Timeout);
        }
        if self.written_at == Some(at) {
            self.finish_writes(at);
        }
        for n in 0..self.nodes.len() {
            if matches!(self.nodes[n].state, BrokerState::Booting { up_at, .. } if up_at == at) {
                self.come_up(n);
            }
            if self.nodes[n].wakeup == Some(at) {
                self.with_broker(n, Input::Wake);
            }
        }
        self.wake_clients(at);
        self.send_by_themselves(at);
    }

    fn emit(&mut self, event: Event) {
        let record = Record { seq: self.emitted, at: self.now, event };
        self.hash.add(&record);
        self.emitted += 1;
        self.events.push(record);
    }

    fn boot(&mut self, n: usize) {
        let up_at = self.now + Micros(self.boot.below(BOOT_SPREAD_US)) + Micros(1);
        if let BrokerState::Dead(disk) = self.take_state(n) {
            self.nodes[n].state = BrokerState::Booting { disk, up_at };
            self.nodes[n].off = false;
        }
    }

    fn take_state(&mut self, n: usize) -> BrokerState {
        std::mem::replace(&mut self.nodes[n].state, BrokerState::Between)
    }

    fn come_up(&mut self, n: usize) {
        if let BrokerState::Booting { disk, .. } = self.take_state(n) {
            let (id, members) = (self.nodes[n].id, self.scenario.brokers);
            let first_pass = self.nodes[n].clock.own(self.now) + ELECTOR_AFTER_BOOT;
            let Ok(disk) = disk.recover(&self.config) else {
                unreachable!("files that a broker wrote are files that a broker can read");
            };
            let broker = Broker::start(id, members, &self.config, disk, first_pass);
            let member = broker.member();
            let event = Event::Started {
                broker: id,
                term: member.term(),
                voted_for: member.voted_for(),
                end_index: member.end_index(),
            };
            self.nodes[n].state = BrokerState::Up(Box::new(broker));
            self.nodes[n].wake_at(self.now, first_pass, Some(first_pass));
            self.emit(event);
        }
    }

    /// Lets a living broker handle something, now or when it can.
    fn with_broker(&mut self, n: usize, input: Input) {
        if !self.nodes[n].defers {
            self.act(n, input);
        } else if let Some(input) = self.defer(n, input) {
            self.act(n, input);
        }
    }

    /// Lets a living broker act, does what it wants, and notes when it next acts by itself.
    fn act(&mut self, n: usize, input: Input) {
        let mut effects = std::mem::take(&mut self.effects);
        let node = &mut self.nodes[n];
        let now = node.own_time(self.now);
        if let BrokerState::Up(broker) = &mut node.state {
            let mut ctx = BrokerContext { now, random: &mut node.dice, out: &mut effects };
            broker.handle(&mut ctx, input);
            let next = broker.next_wakeup(now);
            node.wake_at(self.now, now, next);
        }
        let id = node.id;
        for effect in effects.drain(..) {
            self.take_effect(id, effect);
        }
        self.effects = effects;
    }
}
