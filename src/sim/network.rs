//! Messages on their way: delays, order on a link, arrival.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::event::{Party, Summary};
use super::random::{Purpose, Stream};
use crate::broker::{BrokerAnswer, BrokerRequest, GroupId, Registration, TopicId};
use crate::client::Route;
use crate::ledger::{MemberId, Request, Response};
use crate::scenario::{LinkChange, Scenario};
use crate::time::Micros;

/// What a message is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Payload {
    /// a member's call
    Call(Request),
    /// a member's answer
    Answer(Response),
    /// a client's call to a broker, or a slave's
    Client(BrokerRequest),
    /// what the broker answers to it; to a send, with the number of the (first) message
    ClientAnswer { number: Option<u32>, answer: BrokerAnswer },
    /// NOTIFY_CONSUMER_IDS_CHANGED
    Notify(GroupId),
    /// a broker's registration with the name server
    Register(Registration),
    /// what that answers: the address behind brokerId 0
    Registered { master: Option<MemberId> },
    /// a client's question to the name server
    RouteRequest(TopicId),
    /// what that answers
    Route(Option<Route>),
    /// the connection is refused, or broke while the answer was awaited
    Refused,
    /// the sender's process is gone: the connection closes
    Closed,
}

impl Payload {
    /// Whether somebody may be waiting for an answer.
    pub fn is_call(&self) -> bool {
        use Payload::{Call, Client, Register, RouteRequest};
        matches!(self, Call(_) | Client(_) | Register(_) | RouteRequest(_))
    }
}

/// A message in flight.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Packet {
    pub id: u64,
    pub from: Party,
    pub to: Party,
    /// which process of `to` it is for: a connection does not outlive either end
    pub incarnation: u32,
    /// the call it belongs to
    pub rpc: u64,
    pub sent_at: Micros,
    pub arrives_at: Micros,
    pub payload: Payload,
    pub summary: Summary,
    /// it will not arrive: the link was cut when it left
    pub lost: bool,
}

/// A message that does not keep the order takes up to this many times the longest latency longer.
pub const DISORDER: u64 = 10;

/// One direction between two parties.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// when the last message arrives that keeps the order
    last_arrival: Micros,
    /// how much longer a message takes than the latency says
    pub delay: Micros,
    /// shortest latency
    pub latency_us: u32,
    /// a message takes up to this much longer
    pub jitter_us: u32,
    /// of a thousand messages so many are lost, are doubled, do not keep the order
    pub loss_permille: u16,
    pub duplicate_permille: u16,
    pub reorder_permille: u16,
    /// everything sent is lost
    pub cut: bool,
    /// one of the three is not 0
    chancy: bool,
}

impl Link {
    fn change(&mut self, change: &LinkChange) {
        let LinkChange { latency_us, jitter_us, loss_permille, duplicate_permille, reorder_permille } =
            *change;
        self.latency_us = latency_us.unwrap_or(self.latency_us);
        self.jitter_us = jitter_us.unwrap_or(self.jitter_us);
        self.loss_permille = loss_permille.unwrap_or(self.loss_permille);
        self.duplicate_permille = duplicate_permille.unwrap_or(self.duplicate_permille);
        self.reorder_permille = reorder_permille.unwrap_or(self.reorder_permille);
        self.chancy = self.loss_permille | self.duplicate_permille | self.reorder_permille != 0;
    }

    fn latency(&self, chance: &mut Stream) -> Micros {
        let latency = u64::from(self.latency_us);
        Micros(chance.between(latency, latency + u64::from(self.jitter_us)))
    }

    /// When a message arrives that is sent now, takes so long, and keeps the order.
    fn in_order(&mut self, now: Micros, latency: Micros) -> Micros {
        self.last_arrival = (now + latency + self.delay).max(self.last_arrival + Micros(1));
        self.last_arrival
    }
}

/// All links, and what flies on them. A link keeps the order, as a TCP connection does, unless told otherwise.
#[derive(Clone, Debug)]
pub struct Network {
    delays: Stream,
    client_delays: Stream,
    faults: Stream,
    /// a link as the scenario has it
    plain: Link,
    brokers: usize,
    producers: usize,
    parties: usize,
    /// by from and to
    links: Vec<Link>,
    /// by arrival; `id` decides ties, so that the order is the order of sending
    arrivals: BinaryHeap<Reverse<(Micros, u64, usize)>>,
    slots: Vec<Option<Packet>>,
    free: Vec<usize>,
    sent: u64,
    /// of those the ones that take longer than the plain latency
    late: u64,
}

impl Network {
    /// Nothing flies yet.
    pub fn new(scenario: &Scenario) -> Network {
        let (brokers, producers) = (usize::from(scenario.brokers), scenario.producers.len());
        let parties = brokers + producers + scenario.consumers.len() + 1;
        let plain = Link {
            last_arrival: Micros::ZERO,
            delay: Micros::ZERO,
            latency_us: scenario.latency_min_us,
            jitter_us: scenario.latency_max_us - scenario.latency_min_us,
            loss_permille: 0,
            duplicate_permille: 0,
            reorder_permille: 0,
            cut: false,
            chancy: false,
        };
        Network {
            delays: Stream::new(scenario.seed, Purpose::Network, 0),
            client_delays: Stream::new(scenario.seed, Purpose::ClientNetwork, 0),
            faults: Stream::new(scenario.seed, Purpose::NetworkFaults, 0),
            plain,
            brokers,
            producers,
            parties,
            links: vec![plain; parties * parties],
            arrivals: BinaryHeap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            sent: 0,
            late: 0,
        }
    }

    fn place(&self, party: Party) -> usize {
        match party {
            Party::Broker(id) => usize::from(id.0),
            Party::Producer(id) => self.brokers + usize::from(id.0),
            Party::Consumer(id) => self.brokers + self.producers + usize::from(id.0),
            Party::NameServer => self.parties - 1,
        }
    }

    fn link_at(&self, from: Party, to: Party) -> usize {
        self.place(from) * self.parties + self.place(to)
    }

    /// What is in force from one party to the other.
    pub fn link(&self, from: Party, to: Party) -> &Link {
        &self.links[self.link_at(from, to)]
    }

    fn link_mut(&mut self, from: Party, to: Party) -> &mut Link {
        let at = self.link_at(from, to);
        &mut self.links[at]
    }

    /// Loses everything sent from one party to the other from now on, or no longer.
    pub fn cut(&mut self, from: Party, to: Party, cut: bool) {
        self.link_mut(from, to).cut = cut;
    }

    /// Loses everything sent to or from a party from now on.
    pub fn isolate(&mut self, party: Party) {
        let (n, parties) = (self.place(party), self.parties);
        for (at, link) in self.links.iter_mut().enumerate() {
            link.cut |= at / parties == n || at % parties == n;
        }
    }

    /// All links are as at the start.
    pub fn heal_all(&mut self) {
        for link in &mut self.links {
            *link = Link { last_arrival: link.last_arrival, ..self.plain };
        }
    }

    /// Changes the links from one party, to one, or both; without either, all.
    pub fn change(&mut self, from: Option<Party>, to: Option<Party>, change: &LinkChange) {
        let (from, to) = (from.map(|party| self.place(party)), to.map(|party| self.place(party)));
        for (at, link) in self.links.iter_mut().enumerate() {
            if from.is_none_or(|n| at / self.parties == n) && to.is_none_or(|n| at % self.parties == n) {
                link.change(change);
            }
        }
    }

    /// Everything sent from one party to the other from now on takes this much longer.
    pub fn delay(&mut self, from: Party, to: Party, delay: Micros) {
        self.link_mut(from, to).delay = delay;
    }

    /// Sends a message; gives it its number and its time of arrival. On a link that is cut it is lost there. If it is
    /// doubled, the number of the second one too.
    pub fn send(
        &mut self,
        now: Micros,
        (from, to, incarnation): (Party, Party, u32),
        rpc: u64,
        payload: Payload,
        summary: Summary,
    ) -> (u64, Option<u64>) {
        let group = summary.kind.is_of_the_group()
            && ![from, to].iter().any(|end| matches!(end, Party::Consumer(_) | Party::NameServer));
        let at = self.link_at(from, to);
        let delays = if group { &mut self.delays } else { &mut self.client_delays };
        let link = &mut self.links[at];
        let latency = link.latency(delays);
        let (mut lost, mut doubled, mut disorder) = (link.cut, false, None);
        if !crate::PLAIN && link.chancy && !matches!(payload, Payload::Closed) {
            let faults = &mut self.faults;
            lost |= faults.below(1000) < u64::from(link.loss_permille);
            doubled = faults.below(1000) < u64::from(link.duplicate_permille);
            if faults.below(1000) < u64::from(link.reorder_permille) {
                let longest = u64::from(link.latency_us) + u64::from(link.jitter_us);
                disorder = Some(Micros(faults.between(0, DISORDER * longest)));
            }
        }
        let arrives_at = match disorder {
            None => link.in_order(now, latency),
            Some(more) => now + latency + link.delay + more,
        };
        let packet =
            Packet { id: 0, from, to, incarnation, rpc, sent_at: now, arrives_at, payload, summary, lost };
        let second = doubled.then(|| packet.clone());
        (self.launch(packet), second.map(|packet| self.send_again(now, packet)))
    }

    /// Sends what was sent before once more.
    fn send_again(&mut self, now: Micros, packet: Packet) -> u64 {
        let at = self.link_at(packet.from, packet.to);
        let link = &mut self.links[at];
        let latency = link.latency(&mut self.faults);
        let (arrives_at, lost) = (link.in_order(now, latency), link.cut);
        self.launch(Packet { sent_at: now, arrives_at, lost, ..packet })
    }

    fn launch(&mut self, mut packet: Packet) -> u64 {
        let (id, arrives_at) = (self.sent, packet.arrives_at);
        packet.id = id;
        self.sent += 1;
        let longest = u64::from(self.plain.latency_us) + u64::from(self.plain.jitter_us);
        self.late += u64::from((arrives_at - packet.sent_at).0 > longest);
        let slot = self.free.pop().unwrap_or(self.slots.len());
        if slot == self.slots.len() {
            self.slots.push(None);
        }
        self.slots[slot] = Some(packet);
        self.arrivals.push(Reverse((arrives_at, id, slot)));
        id
    }

    /// What flies under this number.
    pub fn get(&self, id: u64) -> Option<&Packet> {
        self.in_flight().find(|packet| packet.id == id)
    }

    /// Takes a message off the network before it arrives.
    pub fn take(&mut self, id: u64) -> Option<Packet> {
        let slot = self.slots.iter().position(|packet| packet.as_ref().is_some_and(|p| p.id == id))?;
        self.arrivals.retain(|Reverse((_, of, _))| *of != id);
        self.free.push(slot);
        self.slots[slot].take()
    }

    /// A message arrives so much later than it would have.
    pub fn hold(&mut self, id: u64, longer: Micros) {
        for (slot, packet) in self.slots.iter_mut().enumerate() {
            if let Some(packet) = packet.as_mut().filter(|packet| packet.id == id) {
                packet.arrives_at += longer;
                self.arrivals.retain(|Reverse((_, of, _))| *of != id);
                self.arrivals.push(Reverse((packet.arrives_at, id, slot)));
            }
        }
    }

    /// Sends a message that flies once more; the number of the second one.
    pub fn duplicate(&mut self, now: Micros, id: u64) -> Option<u64> {
        let packet = self.get(id)?.clone();
        Some(self.send_again(now, packet))
    }

    /// How many messages took longer than the scenario's latency has it.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// When the next message arrives.
    pub fn next_arrival(&self) -> Option<Micros> {
        self.arrivals.peek().map(|Reverse((at, _, _))| *at)
    }

    /// Takes the next message to arrive off the network.
    pub fn take_next(&mut self) -> Option<Packet> {
        let Reverse((_, _, slot)) = self.arrivals.pop()?;
        self.free.push(slot);
        self.slots[slot].take()
    }

    /// Everything in flight, in no order that means anything but the same in every run.
    pub fn in_flight(&self) -> impl Iterator<Item = &Packet> {
        self.slots.iter().flatten()
    }
}
