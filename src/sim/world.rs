//! The world: brokers, their disks, the producer, the network between them, and the time they share.

mod effects;

use super::event::{Event, Party, Record, TraceHash};
use super::network::{Network, Packet, Payload};
use super::random::{Purpose, Stream};
use super::rpc::{self, RpcTable};
use super::summary::Summarize;
use crate::broker::{Broker, BrokerContext, Disk, Effect, Input};
use crate::client::{NameServer, Producer, SendStatus};
#[cfg(not(target_arch = "wasm32"))]
use crate::ledger::Code;
use crate::ledger::{self, CallId, Draw, MemberId, Random};
use crate::scenario::{Command, FileSizes, ProducerSpec, Refusal, Scenario, Timed};
use crate::store::{CQ_UNIT_SIZE, ConsumeQueue, Index, Options};
use crate::time::Micros;

/// Processes started together come up within this time of each other.
const BOOT_SPREAD_US: u64 = 3_000;
/// The elector starts this much after the process answers calls (`DLedgerServer.startup`).
const ELECTOR_AFTER_BOOT: Micros = Micros::millis(1);

/// A broker, dead or alive.
#[derive(Clone, Debug)]
struct Node {
    id: MemberId,
    state: BrokerState,
    /// counts the processes, so that what is meant for one does not reach its successor
    incarnation: u32,
    dice: Dice,
    /// when its process next does something by itself
    wakeup: Option<Micros>,
}

/// What a broker is at the moment.
#[derive(Clone, Debug)]
pub enum BrokerState {
    /// no process
    Dead(Disk),
    /// the process is coming up
    Booting { disk: Disk, up_at: Micros },
    /// the process runs
    Up(Box<Broker>),
    /// only while the state is being changed
    Between,
}

/// A member's own streams of chance.
#[derive(Clone, Debug)]
struct Dice {
    retry_delay: Stream,
    vote_wait: Stream,
}

impl Random for Dice {
    fn below(&mut self, draw: Draw, bound: u64) -> u64 {
        match draw {
            Draw::RetryDelay => self.retry_delay.below(bound),
            Draw::VoteWait => self.vote_wait.below(bound),
        }
    }
}

/// Everything there is in a run.
#[derive(Clone, Debug)]
pub struct World {
    scenario: Scenario,
    now: Micros,
    nodes: Vec<Node>,
    producer: Producer,
    next_message: Option<Micros>,
    names: NameServer,
    network: Network,
    rpcs: RpcTable,
    boot: Stream,
    /// commands of the scenario carried out so far, and those it had that could not be
    commanded: usize,
    refused: Vec<(Timed, Refusal)>,
    events: Vec<Record>,
    emitted: u64,
    hash: TraceHash,
    /// kept for its memory only
    effects: Vec<Effect>,
    /// how client appends ended, for whoever writes a trace
    #[cfg(not(target_arch = "wasm32"))]
    appends_done: Option<Vec<(MemberId, Index, Code)>>,
}

/// Folders without a file, whose files will have the scenario's sizes.
fn empty_disk(scenario: &Scenario) -> Disk {
    let FileSizes { data_bytes, index_bytes, consume_queue_units } = scenario.files;
    let options = Options { data_file_size: data_bytes, index_file_size: index_bytes };
    let queue = ConsumeQueue::new(consume_queue_units * CQ_UNIT_SIZE as i64);
    Disk { ledger: ledger::Disk::new(options), queues: vec![queue; usize::from(scenario.topics[0].queues)] }
}

impl World {
    /// A world at time 0, all brokers coming up.
    pub fn new(scenario: Scenario) -> World {
        let seed = scenario.seed;
        let node = |n: u8| Node {
            id: MemberId(n),
            state: BrokerState::Dead(empty_disk(&scenario)),
            incarnation: 0,
            dice: Dice {
                retry_delay: Stream::new(seed, Purpose::RetryDelay, u64::from(n)),
                vote_wait: Stream::new(seed, Purpose::VoteWait, u64::from(n)),
            },
            wakeup: None,
        };
        let turn = Stream::new(seed, Purpose::QueueStart, 0).below(u64::from(scenario.topics[0].queues));
        let mut world = World {
            now: Micros::ZERO,
            nodes: (0..scenario.brokers).map(node).collect(),
            producer: Producer::new(scenario.topics[0].queues, turn),
            next_message: scenario.producers.first().and_then(ProducerSpec::every),
            names: NameServer::new(scenario.brokers),
            network: Network::new(&scenario),
            rpcs: RpcTable::default(),
            boot: Stream::new(seed, Purpose::Boot, 0),
            commanded: 0,
            refused: Vec::new(),
            events: Vec::new(),
            emitted: 0,
            hash: TraceHash::default(),
            effects: Vec::new(),
            #[cfg(not(target_arch = "wasm32"))]
            appends_done: None,
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

    /// The producer.
    pub fn producer(&self) -> &Producer {
        &self.producer
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

    /// The events since the last call.
    pub fn take_events(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.events)
    }

    /// When something next happens by itself.
    pub fn next_event_time(&self) -> Option<Micros> {
        let nodes = self.nodes.iter().filter_map(|node| match &node.state {
            BrokerState::Booting { up_at, .. } => Some(*up_at),
            _ => node.wakeup,
        });
        let others = [
            self.network.next_arrival(),
            self.rpcs.next_timeout(),
            self.producer.next_wakeup(),
            self.next_message,
            self.scenario.commands.get(self.commanded).map(|(at, _)| *at),
        ];
        nodes.chain(others.into_iter().flatten()).min()
    }

    /// Runs up to and including `until`.
    pub fn advance(&mut self, until: Micros) {
        while self.next_event_time().is_some_and(|at| at <= until) {
            self.step();
        }
        self.now = self.now.max(until);
    }

    /// Goes to the next moment at which something happens, and does all that happens then. `false` if
    /// nothing ever will.
    pub fn step(&mut self) -> bool {
        let Some(at) = self.next_event_time() else {
            return false;
        };
        debug_assert!(at >= self.now, "time goes forward only");
        self.now = at;
        // The order within a moment is fixed: arrivals as they were sent, then time-outs, brokers by number,
        // the producer.
        while self.network.next_arrival() == Some(at) {
            if let Some(packet) = self.network.take_next() {
                self.arrive(packet);
            }
        }
        while self.rpcs.next_timeout() == Some(at) {
            self.fail_rpc(self.rpcs.oldest(), SendStatus::Timeout);
        }
        for n in 0..self.nodes.len() {
            if matches!(self.nodes[n].state, BrokerState::Booting { up_at, .. } if up_at == at) {
                self.come_up(n);
            }
            if self.nodes[n].wakeup == Some(at) {
                self.with_broker(n, Input::Wake);
            }
        }
        while let Some(action) = self.producer.wake(at) {
            self.act(action);
        }
        while let Some(timed) = self.scenario.commands.get(self.commanded).filter(|(due, _)| *due == at) {
            let timed = *timed;
            self.commanded += 1;
            if let Err(refusal) = self.command(timed.1) {
                self.refused.push((timed, refusal));
            }
        }
        if self.next_message == Some(at) {
            let every = self.scenario.producers.first().and_then(ProducerSpec::every);
            self.next_message = every.map(|every| at + every);
            self.send_message();
        }
        true
    }

    /// Carries a command out, now.
    pub fn command(&mut self, command: Command) -> Result<(), Refusal> {
        match command {
            Command::Kill { broker } => {
                let n = self.number_of(broker)?;
                if matches!(self.nodes[n].state, BrokerState::Dead(_)) {
                    return Err(Refusal::IsDead { broker });
                }
                self.kill(n);
            }
            Command::Restart { broker } => {
                let n = self.number_of(broker)?;
                if !matches!(self.nodes[n].state, BrokerState::Dead(_)) {
                    return Err(Refusal::IsUp { broker });
                }
                self.boot(n);
            }
            Command::Send { producer } => {
                let producers = self.scenario.producers.len() as u8;
                if producer >= producers {
                    return Err(Refusal::NoSuchProducer { producer, producers });
                }
                self.send_message();
            }
            Command::PowerLoss { broker } => {
                let n = self.number_of(broker)?;
                if !matches!(self.nodes[n].state, BrokerState::Dead(_)) {
                    self.kill(n);
                }
                if let BrokerState::Dead(disk) = &mut self.nodes[n].state {
                    disk.ledger.lose_power(self.now);
                }
            }
            Command::Transfer { broker } => {
                self.number_of(broker)?;
                let leader = self.leader().ok_or(Refusal::NoLeader)?;
                self.with_broker(usize::from(leader.0), Input::Transfer { to: broker });
            }
            Command::Cut { from, to } => {
                let (from, to) = self.link(from, to)?;
                self.network.cut(from, to, true);
            }
            Command::Heal { from, to } => {
                let (from, to) = self.link(from, to)?;
                self.network.cut(from, to, false);
            }
            Command::Isolate { broker } => {
                self.number_of(broker)?;
                self.network.isolate(Party::Broker(broker));
            }
            Command::HealAll => self.network.heal_all(),
            Command::Delay { from, to, ms } => {
                let (from, to) = self.link(from, to)?;
                self.network.delay(from, to, Micros::millis(u64::from(ms)));
            }
        }
        Ok(())
    }

    fn link(&self, from: MemberId, to: MemberId) -> Result<(Party, Party), Refusal> {
        self.number_of(from)?;
        self.number_of(to)?;
        Ok((Party::Broker(from), Party::Broker(to)))
    }

    fn number_of(&self, broker: MemberId) -> Result<usize, Refusal> {
        let n = usize::from(broker.0);
        let brokers = self.scenario.brokers;
        if n < self.nodes.len() { Ok(n) } else { Err(Refusal::NoSuchBroker { broker, brokers }) }
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
        }
    }

    fn take_state(&mut self, n: usize) -> BrokerState {
        std::mem::replace(&mut self.nodes[n].state, BrokerState::Between)
    }

    fn come_up(&mut self, n: usize) {
        if let BrokerState::Booting { disk, .. } = self.take_state(n) {
            let (id, members) = (self.nodes[n].id, self.scenario.brokers);
            let first_pass = self.now + ELECTOR_AFTER_BOOT;
            let Ok(disk) = disk.recover() else {
                unreachable!("files that a broker wrote are files that a broker can read");
            };
            let broker = Broker::start(id, members, self.scenario.config(), disk, first_pass);
            let member = broker.member();
            let event = Event::Started {
                broker: id,
                term: member.term(),
                voted_for: member.voted_for(),
                end_index: member.end_index(),
            };
            self.nodes[n].state = BrokerState::Up(Box::new(broker));
            self.nodes[n].wakeup = Some(first_pass);
            self.emit(event);
        }
    }

    /// The process is gone between two instructions. Its connections close: whoever waits for its answer
    /// learns so, and the name server forgets it.
    fn kill(&mut self, n: usize) {
        let id = self.nodes[n].id;
        let disk = match self.take_state(n) {
            BrokerState::Up(broker) => broker.into_disk(self.now),
            BrokerState::Booting { disk, .. } | BrokerState::Dead(disk) => disk,
            BrokerState::Between => return,
        };
        self.nodes[n].state = BrokerState::Dead(disk);
        self.nodes[n].incarnation += 1;
        self.nodes[n].wakeup = None;
        self.names.unregister(id);
        self.emit(Event::Killed { broker: id });
        for rpc in self.rpcs.arrived_at(Party::Broker(id)) {
            self.send_refusal(Party::Broker(id), rpc);
        }
    }

    fn incarnation(&self, party: Party) -> u32 {
        match party {
            Party::Producer => 0,
            Party::Broker(id) => self.nodes[usize::from(id.0)].incarnation,
        }
    }

    fn send(&mut self, from: Party, to: Party, rpc: u64, payload: Payload) {
        let incarnation = self.incarnation(to);
        let message = payload.summary();
        let id = self.network.send(self.now, (from, to, incarnation), rpc, payload, message);
        self.emit(Event::Sent { id, from, to, message });
    }

    fn send_refusal(&mut self, from: Party, rpc: u64) {
        if let Some(caller) = self.rpcs.get(rpc).map(|rpc| rpc.caller) {
            self.send(from, caller, rpc, Payload::Refused);
        }
    }

    fn arrive(&mut self, packet: Packet) {
        let Packet { id, from, to, rpc, summary: message, .. } = packet;
        if packet.lost {
            return self.emit(Event::Lost { id, from, to, message });
        }
        let listening = match to {
            Party::Producer => true,
            Party::Broker(b) => {
                self.up(usize::from(b.0)).is_some() && self.incarnation(to) == packet.incarnation
            }
        };
        if !listening {
            self.emit(Event::Refused { id, from, to, message });
            if matches!(packet.payload, Payload::Call(_) | Payload::Send(_)) {
                self.send_refusal(to, rpc);
            }
            return;
        }
        self.emit(Event::Delivered { id, from, to, message });
        match (packet.payload, from, to) {
            (Payload::Call(request), Party::Broker(caller), Party::Broker(callee)) => {
                self.rpcs.mark_arrived(rpc);
                let call = CallId(rpc);
                let input = Input::Call { from: caller, call, request };
                self.with_broker(usize::from(callee.0), input);
            }
            (Payload::Send(message), _, Party::Broker(callee)) => {
                self.rpcs.mark_arrived(rpc);
                let input = Input::Send { call: CallId(rpc), message };
                self.with_broker(usize::from(callee.0), input);
            }
            (Payload::Answer(response), Party::Broker(callee), Party::Broker(caller)) => {
                if let Some(rpc::Purpose::Ledger { tag, .. }) = self.close_rpc(rpc) {
                    let input = Input::Answer { from: callee, tag, response };
                    self.with_broker(usize::from(caller.0), input);
                }
            }
            (Payload::SendResult { status, index, .. }, ..) => {
                if let Some(rpc::Purpose::Send { number, attempt }) = self.close_rpc(rpc) {
                    self.on_send_result(number, attempt, status, index);
                }
            }
            (Payload::Refused, ..) => self.fail_rpc(rpc, SendStatus::ConnectFailed),
            _ => debug_assert!(false, "a message between parties that do not talk so"),
        }
    }

    fn close_rpc(&mut self, rpc: u64) -> Option<rpc::Purpose> {
        self.rpcs.close(rpc).map(|rpc| rpc.purpose)
    }

    /// A call gets no answer: the caller is told what stands for it, if it still lives. A member is told the same
    /// whatever the reason; the producer is told `why`.
    fn fail_rpc(&mut self, id: u64, why: SendStatus) {
        let Some(rpc) = self.rpcs.close(id) else {
            return;
        };
        match (rpc.purpose, rpc.caller, rpc.callee) {
            (rpc::Purpose::Ledger { tag, failed }, Party::Broker(caller), Party::Broker(callee))
                if self.incarnation(rpc.caller) == rpc.incarnation =>
            {
                let input = Input::Answer { from: callee, tag, response: failed };
                self.with_broker(usize::from(caller.0), input);
            }
            (rpc::Purpose::Send { number, attempt }, ..) => {
                self.on_send_result(number, attempt, why, Index::NONE);
            }
            _ => {}
        }
    }

    /// Lets a living broker act, does what it wants, and notes when it next acts by itself.
    fn with_broker(&mut self, n: usize, input: Input) {
        let mut effects = std::mem::take(&mut self.effects);
        let node = &mut self.nodes[n];
        if let BrokerState::Up(broker) = &mut node.state {
            let mut ctx = BrokerContext { now: self.now, random: &mut node.dice, out: &mut effects };
            broker.handle(&mut ctx, input);
            node.wakeup = broker.next_wakeup(self.now);
        }
        let id = node.id;
        for effect in effects.drain(..) {
            self.take_effect(id, effect);
        }
        self.effects = effects;
    }
}
