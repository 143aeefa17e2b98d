//! The name server: which broker is registered under which brokerId (`RouteInfoManager`, for the one group there is).
//! All brokers have all topics, so a registration is a registration of all of them.

use std::rc::Rc;

use crate::broker::TopicId;
use crate::ledger::MemberId;
use crate::time::{Loop, Micros};

/// The brokerId under which a master registers (`MixAll.MASTER_ID`).
pub const MASTER_ID: i64 = 0;
/// A registration that is not renewed counts this long (`DEFAULT_BROKER_CHANNEL_EXPIRED_TIME`).
const EXPIRY: Micros = Micros::seconds(120);
/// How often it looks for those (`scanNotActiveBrokerInterval`), first after 5 ms.
const SCAN: Loop = Loop::starting_at(Micros::millis(5), Micros::seconds(5));

/// `TopicRouteData`: what a client is told of a topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Route {
    /// queues to write to and to read from
    pub queues: u8,
    /// who is registered under which brokerId, in order of ids
    pub brokers: Rc<[(i64, MemberId)]>,
}

impl Route {
    /// The address behind brokerId 0. Without one nothing can be sent.
    pub fn master(&self) -> Option<MemberId> {
        self.brokers.iter().find(|(id, _)| *id == MASTER_ID).map(|(_, broker)| *broker)
    }

    /// The master, or if there is none any broker (`findBrokerAddressInSubscribe`): the one of the smallest id.
    pub fn master_or_any(&self) -> Option<MemberId> {
        self.master().or_else(|| self.brokers.first().map(|(_, broker)| *broker))
    }
}

/// `RouteInfoManager`
#[derive(Clone, Debug)]
pub struct NameServer {
    /// queues of each topic
    queues: Vec<u8>,
    /// brokerId, address, and when it registered last; in order of ids
    table: Vec<(i64, MemberId, Micros)>,
}

impl NameServer {
    /// Nobody is registered yet. `queues` of each topic.
    pub fn new(queues: Vec<u8>) -> NameServer {
        NameServer { queues, table: Vec::new() }
    }

    /// A broker says who it is. An address has one id, and an id belongs to the address that took it last. True:
    /// the table says something else now.
    pub fn register(&mut self, now: Micros, broker: MemberId, broker_id: i64) -> bool {
        let before = self.table.iter().any(|(id, at, _)| (*id, *at) == (broker_id, broker));
        self.table.retain(|(id, at, _)| *id != broker_id && *at != broker);
        let place = self.table.partition_point(|(id, ..)| *id < broker_id);
        self.table.insert(place, (broker_id, broker, now));
        !before
    }

    /// A broker's connection closed: it is forgotten at once. The id it had.
    pub fn unregister(&mut self, broker: MemberId) -> Option<i64> {
        let at = self.table.iter().position(|(_, at, _)| *at == broker)?;
        Some(self.table.remove(at).0)
    }

    /// Forgets a broker that has been silent for too long, if there is one now: the one of the smallest id.
    pub fn expire(&mut self, now: Micros) -> Option<(MemberId, i64)> {
        let at = self.table.iter().position(|(_, _, last)| expires_at(*last) <= now)?;
        let (id, broker, _) = self.table.remove(at);
        Some((broker, id))
    }

    /// When [`NameServer::expire`] would next forget somebody.
    pub fn next_wakeup(&self) -> Option<Micros> {
        self.table.iter().map(|(.., last)| *last).min().map(expires_at)
    }

    /// The address behind brokerId 0: what a slave is told when it registers.
    pub fn master(&self) -> Option<MemberId> {
        self.table.iter().find(|(id, ..)| *id == MASTER_ID).map(|(_, broker, _)| *broker)
    }

    /// The brokerId a broker is registered under.
    pub fn id_of(&self, broker: MemberId) -> Option<i64> {
        self.table.iter().find(|(_, at, _)| *at == broker).map(|(id, ..)| *id)
    }

    /// What a client is told of a topic; `None` is TOPIC_NOT_EXIST, as long as no broker is registered.
    pub fn route(&self, topic: TopicId) -> Option<Route> {
        let queues = *self.queues.get(usize::from(topic.0))?;
        let brokers: Rc<[_]> = self.table.iter().map(|(id, broker, _)| (*id, *broker)).collect();
        (!brokers.is_empty()).then_some(Route { queues, brokers })
    }
}

/// The scan that finds a registration of `last` too old: more than 120 s.
fn expires_at(last: Micros) -> Micros {
    SCAN.pass_at_or_after(last + EXPIRY + Micros(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: TopicId = TopicId(0);
    const A: MemberId = MemberId(0);
    const B: MemberId = MemberId(1);
    const C: MemberId = MemberId(2);

    fn brokers(names: &NameServer) -> Vec<(i64, MemberId)> {
        names.route(TOPIC).map_or(Vec::new(), |route| route.brokers.to_vec())
    }

    #[test]
    fn the_last_to_register_as_master_is_the_master_until_its_connection_closes() {
        let mut names = NameServer::new(vec![4]);
        assert_eq!(names.master(), None);
        assert!(names.register(Micros::ZERO, A, MASTER_ID));
        assert!(names.register(Micros::ZERO, C, MASTER_ID));
        assert_eq!(brokers(&names), [(0, C)], "the new address replaces the old one");
        assert_eq!(names.unregister(C), Some(0));
        assert_eq!(names.master(), None);
        assert_eq!(names.unregister(A), None, "its id had been taken");
    }

    #[test]
    fn an_address_that_registers_under_another_id_gives_up_the_old_one() {
        let mut names = NameServer::new(vec![4]);
        names.register(Micros::ZERO, A, -1);
        names.register(Micros::ZERO, B, 2);
        names.register(Micros::ZERO, A, 1);
        assert_eq!(brokers(&names), [(1, A), (2, B)]);
        names.register(Micros::ZERO, B, MASTER_ID);
        assert_eq!(brokers(&names), [(0, B), (1, A)]);
        assert!(!names.register(Micros::ZERO, B, MASTER_ID), "nothing new");
    }

    #[test]
    fn without_a_master_the_route_still_lists_the_slaves_and_without_brokers_there_is_none() {
        let mut names = NameServer::new(vec![4, 2]);
        assert_eq!(names.route(TOPIC), None);
        names.register(Micros::ZERO, B, 2);
        let route = names.route(TopicId(1)).unwrap();
        assert_eq!((route.queues, route.master(), route.master_or_any()), (2, None, Some(B)));
    }

    #[test]
    fn a_silent_death_is_found_by_the_first_scan_after_120_seconds() {
        let mut names = NameServer::new(vec![4]);
        names.register(Micros::seconds(1), A, MASTER_ID);
        names.register(Micros::seconds(31), B, 2);
        let scan = Micros::seconds(125) + Micros::millis(5);
        assert_eq!(names.next_wakeup(), Some(scan));
        assert_eq!(names.expire(scan - Micros(1)), None);
        assert_eq!(names.expire(scan), Some((A, 0)));
        assert_eq!(names.expire(scan), None);
        names.register(Micros::millis(10_005), B, 2);
        let exactly = Micros::millis(130_005);
        assert_eq!(names.expire(exactly), None, "120 s is not more than 120 s");
        assert_eq!(names.next_wakeup(), Some(exactly + Micros::seconds(5)));
    }
}
