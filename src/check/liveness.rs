//! That it goes on after trouble. Without trouble, and with a majority that is up and connected, there is a leader before
//! long, what is sent is acknowledged, and what was acknowledged is everywhere.

use super::invariant::Invariant;
use super::violation::{Broken, Violation};
use super::watch::Look;
use crate::broker::{ConsumerId, ProducerId};
use crate::ledger::{MemberId, RPC_TIMEOUT, Role};
use crate::scenario::Scenario;
use crate::sim::{Command, DISORDER, DiskState, Link, Party, World};
use crate::time::Micros;

/// A network that takes longer is not promised anything: time-outs of DLedger are made for much less.
const LATENCY_MAX: Micros = Micros::millis(100);
/// Time is looked at this often.
const LOOK: Micros = Micros::seconds(1);
/// Vote rounds that may be lost one after the other, by chance. Of three brokers less than a tenth are.
const SPLIT_VOTES: u64 = 12;
/// From a leader to a master: its COMPARE refused and tried again (500 ms), the no-op there and back, twice if its first
/// push is lost, a look every 100 ms whether all is dispatched.
const MASTER: Micros = Micros::seconds(5);
/// A broker registers at most this often by itself, whatever its configuration says.
const REGISTER_MAX: Micros = Micros::seconds(60);
/// Consumers: a pull that nobody answers (30 s), the next heartbeat to a broker that knows nothing of them (30 s), a
/// rebalance (20 s).
const CONSUMERS: Micros = Micros::seconds(80);
/// A consumer that is gone, and still counted in.
const GHOST: Micros = Micros::seconds(130);

/// Nothing goes wrong at present.
#[derive(Clone, Copy, Debug)]
struct Quiet {
    since: Micros,
    /// a majority that is up and connected; a bit for each broker
    members: u16,
    /// clients and name server reach all of it
    clients: bool,
}

/// What is due once in a quiet time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Due {
    /// all that was acknowledged is everywhere
    pub rest: bool,
    /// all of it is consumed
    pub consumed: bool,
}

/// Who leads, and since when all is well.
#[derive(Clone, Debug)]
pub(super) struct Liveness {
    leader_bound: Micros,
    put_bound: Micros,
    consume_bound: Micros,
    /// what was sent before all is well arrives after this at the latest
    flight: Micros,
    consumers: usize,
    disturbances: u32,
    changed: bool,
    next_look: Micros,
    quiet: Option<Quiet>,
    /// what was due in this quiet time and has been done
    done: Due,
    /// a bit for each broker that leads
    leaders: u16,
    leaderless_since: Option<Micros>,
    /// a bit for each leader that nothing is promised of until the next election
    stuck: u16,
    /// of each producer: since when no message of it was acknowledged, though it sent some
    refused_since: Vec<Option<Micros>>,
    clients_changed: Micros,
    /// longest time without a leader, and without a put that succeeded, while it was quiet
    pub slowest: (Micros, Micros),
}

impl Liveness {
    pub fn new(scenario: &Scenario) -> Liveness {
        let config = scenario.config();
        let round = RPC_TIMEOUT + config.max_vote_interval;
        // A heartbeat that just came, the leader's or followers' time-out, and one more round in the old term, after
        // which those that were told of a leader wait once more; then votes may be split.
        let leader_bound = config.heartbeat_interval
            + config.follower_timeout()
            + RPC_TIMEOUT
            + config.leak_time()
            + config.max_vote_interval
            + Micros(round.0 * SPLIT_VOTES);
        let register = Micros::millis(u64::from(scenario.register_broker_ms)).min(REGISTER_MAX);
        let poll = Micros::millis(u64::from(scenario.poll_name_server_ms));
        // The name server may have forgotten who is master, or never heard of it, and so may the producer.
        let put_bound = leader_bound + MASTER + register + poll + RPC_TIMEOUT;
        let slowest = scenario.consumers.iter().map(|spec| spec.consume_ms).max().unwrap_or(0);
        let consume_bound = put_bound + CONSUMERS + Micros::millis(2 * u64::from(slowest));
        Liveness {
            leader_bound,
            put_bound,
            consume_bound,
            flight: longest_flight(scenario),
            consumers: scenario.consumers.len(),
            disturbances: 0,
            changed: true,
            next_look: Micros::ZERO,
            quiet: None,
            done: Due::default(),
            leaders: 0,
            leaderless_since: None,
            stuck: 0,
            refused_since: vec![None; scenario.producers.len()],
            clients_changed: Micros::ZERO,
            slowest: (Micros::ZERO, Micros::ZERO),
        }
    }

    /// How long after the last command all is looked at, and a little more.
    pub fn patience(&self) -> Micros {
        let consumers = if self.consumers == 0 { self.put_bound } else { self.consume_bound };
        consumers.max(self.put_bound) + self.flight + LOOK + LOOK
    }

    /// Something about the brokers is other than it was.
    pub fn changed(&mut self) {
        self.changed = true;
    }

    /// A consumer has come or gone.
    pub fn clients_changed(&mut self, now: Micros) {
        self.clients_changed = now;
        self.done.consumed = false;
    }

    pub fn role(&mut self, look: &Look, broker: MemberId, role: Role) {
        let bit = 1 << broker.0;
        self.not_stuck(broker);
        if role == Role::Leader {
            self.leaders |= bit;
            if cannot_commit(look.world, broker) {
                self.stuck |= bit;
                self.changed = true;
            }
        } else {
            self.leaders &= !bit;
        }
        self.count_leaders(look.at);
    }

    pub fn killed(&mut self, now: Micros, broker: MemberId) {
        self.not_stuck(broker);
        self.leaders &= !(1 << broker.0);
        self.changed = true;
        self.count_leaders(now);
    }

    fn not_stuck(&mut self, broker: MemberId) {
        let stuck = self.stuck & !(1 << broker.0);
        self.changed |= stuck != self.stuck;
        self.stuck = stuck;
    }

    fn count_leaders(&mut self, now: Micros) {
        let Some(quiet) = self.quiet else { return };
        if self.leaders & quiet.members == 0 {
            self.leaderless_since = self.leaderless_since.or(Some(now));
        } else if let Some(since) = self.leaderless_since.take() {
            self.slowest.0 = self.slowest.0.max(Micros(now.0.saturating_sub(since.max(quiet.since).0)));
        }
    }

    /// A producer is through with a message.
    pub fn put_ended(&mut self, look: &mut Look, producer: ProducerId, ok: bool) -> Result<(), Violation> {
        let refused = &mut self.refused_since[usize::from(producer.0)];
        let Some(quiet) = self.quiet.filter(|quiet| quiet.clients) else { return Ok(()) };
        look.counts.add(Invariant::PutsSucceed);
        if let Some(since) = refused.take_if(|_| ok) {
            self.slowest.1 = self.slowest.1.max(Micros(look.at.0.saturating_sub(since.max(quiet.since).0)));
        }
        if ok || look.at <= quiet.since.max(*refused.get_or_insert(look.at)) + self.put_bound {
            return Ok(());
        }
        *refused = None;
        let violation = Violation::new(look.at, Broken::NoPut, &[]);
        Err(Violation { producer: Some(producer), ..violation })
    }

    /// Looks whether it is quiet, and whether somebody leads; what else is due.
    pub fn look(&mut self, look: &mut Look) -> Result<Due, Violation> {
        if self.changed || look.world.disturbances() != self.disturbances {
            self.changed = false;
            self.disturbances = look.world.disturbances();
            self.next_look = look.at;
            self.quiet = quiet(look.world).filter(|quiet| self.stuck & quiet.members == 0);
            self.done = Due::default();
            self.leaderless_since = None;
            self.refused_since.fill(None);
            self.count_leaders(look.at);
        }
        let nothing = Due::default();
        if look.at < self.next_look {
            return Ok(nothing);
        }
        self.next_look = look.at + LOOK;
        let Some(quiet) = self.quiet else { return Ok(nothing) };
        look.counts.add(Invariant::LeaderReturns);
        let leaderless = self.leaderless_since.map(|since| since.max(quiet.since));
        if leaderless.is_some_and(|since| look.at > since + self.leader_bound) {
            self.leaderless_since = Some(look.at);
            return Err(Violation::new(look.at, Broken::NoLeader, &self.members()));
        }
        let gone = (0..self.consumers).any(|n| look.world.consumer(n).is_none());
        let ghost = if gone { GHOST } else { Micros::ZERO };
        let consumed_at = quiet.since.max(self.clients_changed) + self.consume_bound + ghost;
        let due = Due {
            rest: !self.done.rest && look.at > quiet.since + self.put_bound,
            consumed: !self.done.consumed && quiet.clients && look.at > consumed_at,
        };
        self.done.rest |= due.rest;
        self.done.consumed |= due.consumed;
        Ok(due)
    }

    /// The majority that is up and connected.
    pub fn members(&self) -> Vec<MemberId> {
        let members = self.quiet.map_or(0, |quiet| quiet.members);
        (0..16).filter(|n| members & 1 << n != 0).map(MemberId).collect()
    }
}

/// Who is elected with a full disk cannot append its no-op and, as in DLedger, never tries again: if its log is not all
/// committed it leads and takes nothing, until somebody else is elected.
fn cannot_commit(world: &World, broker: MemberId) -> bool {
    let at = usize::from(broker.0);
    let open_tail = world.up(at).is_some_and(|broker| {
        let member = broker.member();
        member.committed_index() < member.end_index()
    });
    open_tail && world.disk_state(at).full
}

/// How long a message may be under way, as commands have it.
fn longest_flight(scenario: &Scenario) -> Micros {
    let (mut longer, mut latency, mut jitter) = (0, 0, 0);
    for (_, command) in &scenario.commands {
        match command {
            Command::Delay { ms, .. } | Command::Hold { ms, .. } => longer = longer.max(*ms),
            Command::Network { change, .. } => {
                latency = latency.max(change.latency_us.unwrap_or(0));
                jitter = jitter.max(change.jitter_us.unwrap_or(0));
            }
            _ => {}
        }
    }
    Micros::millis(u64::from(longer)) + Micros((u64::from(latency) + u64::from(jitter)) * (1 + DISORDER))
}

fn party(n: u8) -> Party {
    Party::Broker(MemberId(n))
}

/// All is well with it: it keeps the order, loses nothing, and is fast enough.
fn is_clean(link: &Link) -> bool {
    !link.cut
        && link.delay == Micros::ZERO
        && u64::from(link.latency_us) + u64::from(link.jitter_us) <= LATENCY_MAX.0
        && (link.loss_permille | link.duplicate_permille | link.reorder_permille) == 0
}

/// Whether it is quiet from now on, as soon as what flies has arrived.
fn quiet(world: &World) -> Option<Quiet> {
    let scenario = world.scenario();
    let works = |n: &u8| {
        let at = usize::from(*n);
        world.up(at).is_some()
            && !world.is_paused(at)
            && world.clock_rate(at) == 1000
            && world.disk_state(at) == DiskState::default()
    };
    // Who hears somebody of the group, or is heard by him, belongs to it.
    let heard = |a: u8, b: u8| !world.link(party(a), party(b)).cut || !world.link(party(b), party(a)).cut;
    let mut left: Vec<u8> = (0..scenario.brokers).filter(works).collect();
    let mut members: Vec<u8> = Vec::new();
    while let Some(first) = left.pop() {
        let mut group = vec![first];
        let mut at = 0;
        while at < group.len() {
            let of = group[at];
            group.extend(left.iter().filter(|n| heard(of, **n)));
            left.retain(|n| !heard(of, *n));
            at += 1;
        }
        if group.len() > members.len() {
            members = group;
        }
    }
    let clean = |a: Party, b: Party| is_clean(world.link(a, b)) && is_clean(world.link(b, a));
    let connected = members.iter().all(|a| members.iter().all(|b| a == b || clean(party(*a), party(*b))));
    if members.len() * 2 <= usize::from(scenario.brokers) || !connected {
        return None;
    }
    let producers = (0..scenario.producers.len() as u8).map(|n| Party::Producer(ProducerId(n)));
    let consumers = (0..scenario.consumers.len() as u8).map(|n| Party::Consumer(ConsumerId(n)));
    let clients: Vec<Party> = producers.chain(consumers).collect();
    let reached = |client: &Party| {
        clean(*client, Party::NameServer) && members.iter().all(|n| clean(*client, party(*n)))
    };
    let names = members.iter().all(|n| clean(party(*n), Party::NameServer));
    let last = world.in_flight().map(|packet| packet.arrives_at).max();
    Some(Quiet {
        since: world.now().max(last.unwrap_or(Micros::ZERO)),
        members: members.iter().fold(0, |all, n| all | 1 << n),
        clients: names && clients.iter().all(reached),
    })
}
