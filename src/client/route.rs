//! What a client remembers of its topic's route: `topicRouteTable` and the tables made from it. It asks again every 30 s,
//! and at once when it has nothing to go by.
//!
//! A client here has one topic, so the addresses it knows are those of the route: there is nothing for the purge of
//! offline addresses (`cleanOfflineBroker`) to do.

use super::names::Route;
use super::{ClientEffect, ClientNote};
use crate::broker::TopicId;
use crate::ledger::MemberId;
use crate::time::Micros;

/// The first of the periodic questions is asked this long after the start (`startScheduledTask`).
pub(super) const FIRST_POLL: Micros = Micros::millis(10);

/// A client's memory of the name server's answers.
#[derive(Clone, Debug)]
pub(super) struct RouteCache {
    topic: TopicId,
    route: Option<Route>,
    /// `pollNameServerInterval`
    every: Micros,
    next_poll: Micros,
    /// the topic is one that it asks for by itself
    polls: bool,
    asking: bool,
}

impl RouteCache {
    pub fn new(topic: TopicId, every: Micros, start: Micros) -> RouteCache {
        let next_poll = start + FIRST_POLL;
        RouteCache { topic, route: None, every, next_poll, polls: false, asking: false }
    }

    /// Asks the name server, unless its answer is on the way already; from now on also every 30 s.
    pub fn ask(&mut self, now: Micros, out: &mut Vec<ClientEffect>) {
        while self.next_poll <= now {
            self.next_poll += self.every;
        }
        self.polls = true;
        if !std::mem::replace(&mut self.asking, true) {
            out.push(ClientEffect::AskRoute { topic: self.topic });
        }
    }

    /// Asks when it is time to.
    pub fn wake(&mut self, now: Micros, out: &mut Vec<ClientEffect>) {
        if self.next_wakeup().is_some_and(|at| at <= now) {
            self.ask(now, out);
        }
    }

    pub fn next_wakeup(&self) -> Option<Micros> {
        self.polls.then_some(self.next_poll)
    }

    /// The name server's answer. Without one, or when the topic does not exist, what is remembered stays.
    pub fn take(&mut self, answer: Option<Route>, out: &mut Vec<ClientEffect>) {
        self.asking = false;
        if answer.is_some() && answer != self.route {
            self.route = answer;
            out.push(ClientEffect::Note(ClientNote::RouteChanged { master: self.master() }));
        }
    }

    pub fn route(&self) -> Option<&Route> {
        self.route.as_ref()
    }

    pub fn master(&self) -> Option<MemberId> {
        self.route.as_ref().and_then(Route::master)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: TopicId = TopicId(0);
    const EVERY: Micros = Micros::seconds(30);

    fn asked(out: &mut Vec<ClientEffect>) -> bool {
        std::mem::take(out).contains(&ClientEffect::AskRoute { topic: TOPIC })
    }

    fn route(id: i64) -> Option<Route> {
        Some(Route { queues: 2, brokers: [(id, MemberId(0))].into() })
    }

    #[test]
    fn it_asks_every_thirty_seconds_once_it_knows_the_topic() {
        let (mut cache, mut out) = (RouteCache::new(TOPIC, EVERY, Micros::ZERO), Vec::new());
        assert_eq!(cache.next_wakeup(), None);
        cache.ask(Micros::seconds(5), &mut out);
        assert!(asked(&mut out));
        assert_eq!(cache.next_wakeup(), Some(EVERY + FIRST_POLL));
        cache.take(None, &mut out);
        cache.wake(EVERY + FIRST_POLL, &mut out);
        assert!(asked(&mut out));
        assert_eq!(cache.next_wakeup(), Some(EVERY + EVERY + FIRST_POLL));
    }

    #[test]
    fn it_does_not_ask_while_the_answer_is_on_the_way() {
        let (mut cache, mut out) = (RouteCache::new(TOPIC, EVERY, Micros::ZERO), Vec::new());
        cache.ask(Micros::ZERO, &mut out);
        assert!(asked(&mut out));
        cache.ask(Micros::ZERO, &mut out);
        assert!(!asked(&mut out));
    }

    #[test]
    fn a_name_server_that_knows_no_broker_does_not_make_it_forget_the_old_ones() {
        let (mut cache, mut out) = (RouteCache::new(TOPIC, EVERY, Micros::ZERO), Vec::new());
        cache.take(route(0), &mut out);
        assert_eq!(out, [ClientEffect::Note(ClientNote::RouteChanged { master: Some(MemberId(0)) })]);
        cache.take(None, &mut out);
        cache.take(route(0), &mut out);
        assert_eq!((cache.master(), out.len()), (Some(MemberId(0)), 1));
        cache.take(route(1), &mut out);
        assert_eq!(cache.master(), None);
    }
}
