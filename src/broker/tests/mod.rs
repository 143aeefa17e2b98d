//! Brokers on the bench: one by itself, or three that talk to each other. The numbers are those of RocketMQ's own
//! store, run with the same messages, wherever there are any.

mod consuming;
mod crashes;
mod dispatching;
mod groups;

mod pulling;
mod puts;
mod roles;
mod rules;
mod waiting;

use std::collections::BTreeMap;

use super::*;
use crate::ledger::{Draw, Preset, RPC_TIMEOUT, Rule};
use crate::store::{Host, Message, Options, Version, properties};

const A: usize = 0;
const B: usize = 1;
const C: usize = 2;
const G: GroupId = GroupId(0);
const H: GroupId = GroupId(1);
const T0: QueueId = QueueId { topic: TopicId(0), queue: 0 };
const T1: QueueId = QueueId { topic: TopicId(0), queue: 1 };

/// One way between two brokers.
const DELAY: Micros = Micros::millis(1);

/// Whether a process runs, and what it has.
#[derive(Clone)]
enum State {
    Up(Box<Broker>),
    Down(Option<Box<Disk>>),
}

/// What is under way between members.
#[derive(Clone)]
enum Mail {
    Call {
        from: usize,
        to: usize,
        call: CallId,
        request: Request,
    },
    /// an answer, or what stands for it
    Answer {
        from: usize,
        to: usize,
        call: CallId,
        response: Response,
    },
}

/// Brokers, the network between them, and all that they wanted done.
#[derive(Clone)]
struct Bench {
    config: BrokerConfig,
    now: Micros,
    states: Vec<State>,
    mail: BTreeMap<(Micros, u64), Mail>,
    /// who called, and what comes back to it
    calls: BTreeMap<CallId, (usize, CallTag)>,
    cut_off: Vec<bool>,
    counter: u64,
    effects: Vec<(Micros, usize, Effect)>,
}

/// A topic `T` of two queues, groups `G` and `H`, and the members of a RocketMQ that links DLedger 0.3.1.2.
fn config() -> BrokerConfig {
    BrokerConfig {
        ledger: Preset::DLedger031.config(),
        topics: [Topic { name: "T".to_string(), queues: 2 }].into(),
        groups: ["G".to_string(), "H".to_string()].into(),
        ..BrokerConfig::default()
    }
}

/// The same without one of the rules.
fn without(rule: Rule) -> BrokerConfig {
    let mut config = config();
    config.ledger.rules = config.ledger.rules.with(rule, false);
    config
}

/// The message that the numbers were measured with, but for its body: 102 bytes without it.
fn message(body: impl AsRef<[u8]>) -> Message {
    Message {
        version: Version::V1,
        topic: "T".to_string(),
        queue_id: 0,
        flag: 0,
        queue_offset: 0,
        physical_offset: 0,
        sys_flag: 0,
        born_timestamp_ms: 1000,
        born_host: Host::V4 { address: [10, 0, 0, 9], port: 1234 },
        store_timestamp_ms: 0,
        store_host: Host::V4 { address: [10, 0, 0, 1], port: 10911 },
        reconsume_times: 0,
        prepared_transaction_offset: 0,
        body: body.as_ref().to_vec(),
        properties: properties::encode([("TAGS", "TagA")]),
    }
}

/// What a producer sends.
fn produced(number: u32) -> ProducerMessage {
    ProducerMessage {
        number,
        producer: ProducerId(0),
        made: Micros::millis(5),
        born: Micros::millis(5),
        tag: Some("TagA"),
        body: None,
    }
}

fn pull_at(offset: i64) -> PullRequest {
    PullRequest {
        group: G,
        queue: T0,
        offset,
        max: 32,
        commit_offset: None,
        suspend: false,
        suspend_timeout: Micros::seconds(15),
        tag: None,
    }
}

impl Bench {
    /// Brokers that have just started on empty disks.
    fn of(members: usize, config: BrokerConfig) -> Bench {
        let disk = Disk::new(&config);
        let mut bench = Bench {
            config,
            now: Micros::ZERO,
            states: vec![State::Down(Some(Box::new(disk))); members],
            mail: BTreeMap::new(),
            calls: BTreeMap::new(),
            cut_off: vec![false; members],
            counter: 0,
            effects: Vec::new(),
        };
        for n in 0..members {
            bench.restart(n);
        }
        bench
    }

    /// A group of one that has become master.
    fn alone(config: BrokerConfig) -> Bench {
        let mut bench = Bench::of(1, config);
        bench.run_until(|bench| bench.up(A).role() == BrokerRole::SyncMaster);
        bench
    }

    /// A group of three whose master is A.
    fn of_three(config: BrokerConfig) -> Bench {
        let mut bench = Bench::of(3, config);
        bench.run_until(|bench| {
            let slaves = [B, C].map(|n| bench.up(n).role());
            bench.up(A).role() == BrokerRole::SyncMaster && slaves == [BrokerRole::Slave; 2]
        });
        bench.run(Micros::millis(50));
        assert!([B, C].iter().all(|n| bench.up(*n).member().leader() == Some(MemberId(0))));
        bench
    }

    fn up(&self, n: usize) -> &Broker {
        match &self.states[n] {
            State::Up(broker) => broker,
            State::Down(_) => panic!("broker {n} is down"),
        }
    }

    /// What is on the disk of a broker that is down.
    fn disk(&mut self, n: usize) -> &mut Disk {
        match &mut self.states[n] {
            State::Down(Some(disk)) => disk,
            _ => panic!("broker {n} is up"),
        }
    }

    fn restart(&mut self, n: usize) {
        let members = self.states.len() as u8;
        let disk = Disk::clone(self.disk(n)).recover(&self.config).unwrap();
        let broker = Broker::start(MemberId(n as u8), members, &self.config, disk, self.now);
        self.states[n] = State::Up(Box::new(broker));
    }

    fn end(&mut self, n: usize, end: impl FnOnce(Broker, &mut BrokerContext) -> Disk) {
        let now = self.now;
        let State::Up(broker) = std::mem::replace(&mut self.states[n], State::Down(None)) else {
            panic!("broker {n} is down");
        };
        let mut out = Vec::new();
        let disk = end(*broker, &mut BrokerContext { now, random: &mut |_, _| 0, out: &mut out });
        self.effects.extend(out.into_iter().map(|effect| (now, n, effect)));
        self.states[n] = State::Down(Some(Box::new(disk)));
    }

    fn kill(&mut self, n: usize) {
        self.end(n, |broker, ctx| broker.into_disk(ctx.now));
    }

    fn stop(&mut self, n: usize) {
        self.end(n, Broker::shut_down);
    }

    /// Lets a broker act, and takes what it wants.
    fn with<R>(&mut self, n: usize, act: impl FnOnce(&mut Broker, &mut BrokerContext) -> R) -> R {
        let now = self.now;
        let State::Up(broker) = &mut self.states[n] else {
            panic!("broker {n} is down");
        };
        // The lower its number, the sooner a broker asks for votes.
        let mut dice = |draw, bound| if draw == Draw::RetryDelay { n as u64 * 200 % bound } else { 0 };
        let mut out = Vec::new();
        let result = act(broker, &mut BrokerContext { now, random: &mut dice, out: &mut out });
        for effect in out {
            self.take(n, effect);
        }
        result
    }

    fn take(&mut self, n: usize, effect: Effect) {
        match effect {
            Effect::Ledger(Output::Call { to, tag, request }) => {
                self.counter += 1;
                let (call, to) = (CallId(self.counter), usize::from(to.0));
                self.calls.insert(call, (n, tag));
                let failed = Mail::Answer { from: to, to: n, call, response: request.failed() };
                if self.cut_off[n] || self.cut_off[to] {
                    self.post(RPC_TIMEOUT, failed);
                } else if matches!(self.states[to], State::Down(_)) {
                    self.post(DELAY, failed);
                } else {
                    self.post(RPC_TIMEOUT, failed);
                    self.post(DELAY, Mail::Call { from: n, to, call, request });
                }
            }
            Effect::Ledger(Output::Reply { call, response }) => {
                if let Some((caller, _)) = self.calls.get(&call) {
                    let to = *caller;
                    if !self.cut_off[n] && !self.cut_off[to] {
                        self.post(DELAY, Mail::Answer { from: n, to, call, response });
                    }
                }
            }
            effect => self.effects.push((self.now, n, effect)),
        }
    }

    fn post(&mut self, delay: Micros, mail: Mail) {
        self.counter += 1;
        self.mail.insert((self.now + delay, self.counter), mail);
    }

    fn deliver(&mut self, mail: Mail) {
        match mail {
            Mail::Call { from, to, call, request } => {
                if matches!(self.states[to], State::Up(_)) {
                    let from = MemberId(from as u8);
                    self.with(to, |broker, ctx| broker.handle(ctx, Input::Call { from, call, request }));
                }
            }
            Mail::Answer { from, to, call, response } => {
                let tag = self.calls.remove(&call).map(|(_, tag)| tag);
                if let (Some(tag), State::Up(_)) = (tag, &self.states[to]) {
                    let from = MemberId(from as u8);
                    self.with(to, |broker, ctx| broker.handle(ctx, Input::Answer { from, tag, response }));
                }
            }
        }
    }

    fn next(&self) -> Option<Micros> {
        let wakeups = self.states.iter().filter_map(|state| match state {
            State::Up(broker) => broker.next_wakeup(self.now),
            State::Down(_) => None,
        });
        wakeups.chain(self.mail.keys().next().map(|(at, _)| *at)).min()
    }

    /// Does all that is due at the next moment at which something is, if that is not after `until`.
    fn step(&mut self, until: Micros) -> bool {
        let Some(at) = self.next().filter(|at| *at <= until) else {
            self.now = until;
            return false;
        };
        self.now = at;
        while let Some(mail) = self.mail.first_entry().filter(|first| first.key().0 == at) {
            let mail = mail.remove();
            self.deliver(mail);
        }
        for n in 0..self.states.len() {
            if let State::Up(broker) = &self.states[n]
                && broker.next_wakeup(at) == Some(at)
            {
                self.with(n, |broker, ctx| broker.handle(ctx, Input::Wake));
            }
        }
        true
    }

    fn run(&mut self, length: Micros) {
        let until = self.now + length;
        while self.step(until) {}
    }

    fn run_until(&mut self, reached: impl Fn(&Bench) -> bool) {
        let until = self.now + Micros::seconds(60);
        while !reached(self) {
            assert!(self.step(until), "not reached within a minute");
        }
    }

    /// A client's call.
    fn ask(&mut self, n: usize, request: BrokerRequest) -> CallId {
        self.counter += 1;
        let call = CallId(self.counter);
        self.with(n, |broker, ctx| broker.handle(ctx, Input::Client { call, request }));
        call
    }

    fn tell(&mut self, n: usize, input: Input) {
        self.with(n, |broker, ctx| broker.handle(ctx, input));
    }

    fn answer(&self, call: CallId) -> Option<BrokerAnswer> {
        self.effects.iter().find_map(|(.., effect)| match effect {
            Effect::Answer { call: to, answer } if *to == call => Some(answer.clone()),
            _ => None,
        })
    }

    /// The answer to a call that is answered at once.
    fn asked(&mut self, n: usize, request: BrokerRequest) -> BrokerAnswer {
        let call = self.ask(n, request);
        self.answer(call).expect("an answer at once")
    }

    /// Puts messages below `SendMessageProcessor`, as whoever measured the numbers did.
    fn put_all(&mut self, n: usize, queue: QueueId, messages: Vec<Message>) -> CallId {
        self.counter += 1;
        let call = CallId(self.counter);
        let messages =
            messages.into_iter().map(|m| Message { queue_id: i32::from(queue.queue), ..m }).collect();
        self.with(n, |broker, ctx| broker.put(ctx, call, queue, messages));
        call
    }

    fn put(&mut self, n: usize, body: impl AsRef<[u8]>) -> CallId {
        self.put_all(n, T0, vec![message(body)])
    }

    /// Puts, and waits until the message has been dispatched.
    fn put_and_wait(&mut self, n: usize, bodies: &[&str]) {
        for body in bodies {
            let call = self.put(n, body);
            self.run_until(|bench| bench.answer(call).is_some());
            assert_eq!(self.put_status(call), Some(PutStatus::PutOk));
        }
        self.run(Micros::millis(2));
    }

    fn put_status(&self, call: CallId) -> Option<PutStatus> {
        match self.answer(call)? {
            BrokerAnswer::Put { status, .. } => Some(status),
            other => panic!("{other:?}"),
        }
    }

    fn pull(&mut self, n: usize, request: PullRequest) -> PullResult {
        match self.asked(n, BrokerRequest::Pull(request)) {
            BrokerAnswer::Pulled(result) => result,
            other => panic!("{other:?}"),
        }
    }

    /// Status and next offset of a pull of A's queue T0.
    fn pulled_at(&mut self, offset: i64) -> (GetMessageStatus, i64) {
        let result = self.pull(A, pull_at(offset));
        (result.status, result.next_offset)
    }

    fn max_offset(&self, n: usize) -> i64 {
        self.up(n).queue(T0).unwrap().max_offset()
    }

    fn write_position(&self, n: usize) -> i64 {
        self.up(n).member().store().wrote_position()
    }

    /// Position of the record in the log behind a queue offset.
    fn phy_offset(&self, n: usize, queue_offset: i64) -> i64 {
        self.up(n).queue(T0).unwrap().get(queue_offset).unwrap().offset
    }

    /// What a broker wanted done, of the kind that `of` picks, with the time.
    fn wanted<R>(&self, n: usize, of: impl Fn(&Effect) -> Option<R>) -> Vec<(Micros, R)> {
        let own = self.effects.iter().filter(|(_, who, _)| *who == n);
        own.filter_map(|(at, _, effect)| Some((*at, of(effect)?))).collect()
    }
}
