//! Messages on their way: delays, order on a link, arrival.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::event::{Party, Summary};
use super::random::{Purpose, Stream};
use crate::broker::{BrokerAnswer, BrokerRequest, GroupId, Registration, TopicId};
use crate::client::Route;
use crate::ledger::{MemberId, Request, Response};
use crate::scenario::Scenario;
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

/// One direction between two parties.
#[derive(Clone, Copy, Default, Debug)]
struct Link {
    /// when the last message arrives
    last_arrival: Micros,
    /// everything sent is lost
    cut: bool,
    /// how much longer a message takes
    delay: Micros,
}

/// All links, and what flies on them. A link keeps the order, as a TCP connection does.
#[derive(Clone, Debug)]
pub struct Network {
    delays: Stream,
    client_delays: Stream,
    min_us: u64,
    max_us: u64,
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
}

impl Network {
    /// Nothing flies yet.
    pub fn new(scenario: &Scenario) -> Network {
        let (brokers, producers) = (usize::from(scenario.brokers), scenario.producers.len());
        let parties = brokers + producers + scenario.consumers.len() + 1;
        Network {
            delays: Stream::new(scenario.seed, Purpose::Network, 0),
            client_delays: Stream::new(scenario.seed, Purpose::ClientNetwork, 0),
            min_us: u64::from(scenario.latency_min_us),
            max_us: u64::from(scenario.latency_max_us),
            brokers,
            producers,
            parties,
            links: vec![Link::default(); parties * parties],
            arrivals: BinaryHeap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            sent: 0,
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

    fn link(&mut self, from: Party, to: Party) -> &mut Link {
        let at = self.place(from) * self.parties + self.place(to);
        &mut self.links[at]
    }

    /// Loses everything sent from one party to the other from now on, or no longer.
    pub fn cut(&mut self, from: Party, to: Party, cut: bool) {
        self.link(from, to).cut = cut;
    }

    /// Loses everything sent to or from a party from now on.
    pub fn isolate(&mut self, party: Party) {
        let (n, parties) = (self.place(party), self.parties);
        for (at, link) in self.links.iter_mut().enumerate() {
            link.cut |= at / parties == n || at % parties == n;
        }
    }

    /// Loses nothing any more.
    pub fn heal_all(&mut self) {
        for link in &mut self.links {
            link.cut = false;
        }
    }

    /// Everything sent from one party to the other from now on takes this much longer.
    pub fn delay(&mut self, from: Party, to: Party, delay: Micros) {
        self.link(from, to).delay = delay;
    }

    /// Sends a message; gives it its number and its time of arrival. On a link that is cut it is lost there.
    pub fn send(
        &mut self,
        now: Micros,
        (from, to, incarnation): (Party, Party, u32),
        rpc: u64,
        payload: Payload,
        summary: Summary,
    ) -> u64 {
        let group = summary.kind.is_of_the_group()
            && ![from, to].iter().any(|end| matches!(end, Party::Consumer(_) | Party::NameServer));
        let delays = if group { &mut self.delays } else { &mut self.client_delays };
        let delay = Micros(delays.between(self.min_us, self.max_us));
        let id = self.sent;
        self.sent += 1;
        let link = self.link(from, to);
        let lost = link.cut;
        let arrives_at = (now + delay + link.delay).max(link.last_arrival + Micros(1));
        link.last_arrival = arrives_at;
        let packet =
            Packet { id, from, to, incarnation, rpc, sent_at: now, arrives_at, payload, summary, lost };
        let slot = self.free.pop().unwrap_or(self.slots.len());
        if slot == self.slots.len() {
            self.slots.push(None);
        }
        self.slots[slot] = Some(packet);
        self.arrivals.push(Reverse((arrives_at, id, slot)));
        id
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
