//! A producer: `DefaultMQProducerImpl.sendDefaultImpl`, synchronous sends of a message or a batch each, of which several
//! may be under way.

use super::route::RouteCache;
use super::{Answer, ClientEffect, ClientNote, ClientTag, Route, Unanswered};
use crate::broker::{BrokerAnswer, BrokerRequest, ProducerId, ProducerMessage, PutStatus, QueueId, TopicId};
use crate::ledger::MemberId;
use crate::store::Index;
use crate::time::{Micros, soonest};

/// `sendMsgTimeout`: all attempts together.
pub const SEND_TIMEOUT: Micros = Micros::millis(3000);
/// 1 + `retryTimesWhenSendFailed`
pub const ATTEMPTS: u32 = 3;

/// How an attempt to send, or the whole send, ended. `SEND_OK` is the only good one; those that a broker
/// answers are named by its `PutMessageStatus`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SendStatus {
    /// the broker said so
    Answered(PutStatus),
    /// nobody listens at the master's address, or the connection broke
    ConnectFailed,
    /// no answer in time
    Timeout,
    /// the route that this attempt found had no master
    BrokerNotExist,
    /// no master is registered
    NoRoute,
}

impl SendStatus {
    /// The one good end.
    pub const OK: SendStatus = SendStatus::Answered(PutStatus::PutOk);

    /// The name, as it is written.
    pub const fn name(self) -> &'static str {
        match self {
            SendStatus::OK => "SEND_OK",
            SendStatus::Answered(status) => status.name(),
            SendStatus::ConnectFailed => "CONNECT_FAILED",
            SendStatus::Timeout => "TIMEOUT",
            SendStatus::BrokerNotExist => "BROKER_NOT_EXIST",
            SendStatus::NoRoute => "NO_ROUTE",
        }
    }

    /// The number behind it: a broker's remoting code (0, 1, 2 ...) or the client's (10001 ...).
    pub fn code(self) -> i64 {
        match self {
            SendStatus::Answered(status) => status.code(),
            SendStatus::ConnectFailed => 10_001,
            SendStatus::Timeout => 10_002,
            SendStatus::BrokerNotExist => 10_003,
            SendStatus::NoRoute => 10_005,
        }
    }

    /// Whether the message is sent once more, if there is time: what failed on the way always, of a broker's codes
    /// only those in `retryResponseCodes`.
    pub fn retried(self) -> bool {
        matches!(self.code(), 1 | 2 | 14 | 16 | 17 | 204 | 205 | 1500 | 10_001..=10_003)
    }
}

/// One producer.
#[derive(Clone, Debug)]
pub struct Producer {
    id: ProducerId,
    topic: TopicId,
    /// messages in one send
    batch: u32,
    route: RouteCache,
    /// the round-robin counter of queue selection (`sendWhichQueue`)
    turn: u64,
    sending: Vec<Sending>,
    started: u32,
    ok: u32,
    failed: u32,
    last: Option<(u32, SendStatus)>,
}

/// Messages under way.
#[derive(Clone, Copy, Debug)]
struct Sending {
    /// the first one's number
    number: u32,
    made: Micros,
    attempt: u32,
    /// whom it was sent to; `None` while the name server is asked
    to: Option<MemberId>,
}

impl Sending {
    fn deadline(&self) -> Micros {
        self.made + SEND_TIMEOUT
    }
}

impl Producer {
    /// A producer of one topic that starts `now`. `turn` is where queue selection starts: a random number in the
    /// original.
    pub fn new(id: ProducerId, topic: TopicId, batch: u8, turn: u64, poll: Micros, now: Micros) -> Producer {
        Producer {
            id,
            topic,
            batch: u32::from(batch),
            route: RouteCache::new(topic, poll, now),
            turn,
            sending: Vec::new(),
            started: 0,
            ok: 0,
            failed: 0,
            last: None,
        }
    }

    /// Sends its next message, or batch; the first one gets this number.
    pub fn send(&mut self, now: Micros, number: u32, out: &mut Vec<ClientEffect>) {
        self.started += self.batch;
        self.next_attempt(now, Sending { number, made: now, attempt: 0, to: None }, out);
    }

    /// Sends to the next queue in turn. Without a master to send to, the name server is asked first.
    fn next_attempt(&mut self, now: Micros, mut sending: Sending, out: &mut Vec<ClientEffect>) {
        sending.to = self.route.master();
        let (Some(to), Some(Route { queues, .. })) = (sending.to, self.route.route()) else {
            self.sending.push(sending);
            return self.route.ask(now, out);
        };
        sending.attempt += 1;
        self.sending.push(sending);
        let queue = (self.turn % u64::from(*queues)) as u8;
        self.turn += 1;
        let Sending { number, made, attempt, .. } = sending;
        out.push(ClientEffect::Note(ClientNote::Put { number, count: self.batch, to, queue, attempt }));
        let message = |n| ProducerMessage {
            number: number + n,
            producer: self.id,
            made,
            born: now,
            tag: Some("TagA"),
            body: None,
        };
        let messages = (0..self.batch).map(message).collect();
        let queue = QueueId { topic: self.topic, queue };
        let request = BrokerRequest::Send { queue, messages };
        out.push(ClientEffect::Call { to, tag: ClientTag::Send { number, attempt }, request });
    }

    /// The name server's answer. What waited for it goes on.
    pub fn on_route(&mut self, now: Micros, answer: Option<Route>, out: &mut Vec<ClientEffect>) {
        self.route.take(answer, out);
        let waiting: Vec<Sending> = self.sending.iter().copied().filter(|s| s.to.is_none()).collect();
        self.sending.retain(|s| s.to.is_some());
        for mut sending in waiting {
            if self.route.master().is_some() {
                self.next_attempt(now, sending, out);
            } else if sending.attempt == 0 {
                self.finish(sending, SendStatus::NoRoute, Index::NONE, out);
            } else {
                sending.attempt += 1;
                self.ended(now, sending, SendStatus::BrokerNotExist, Index::NONE, out);
            }
        }
    }

    /// The broker's answer to an attempt, or that there is none.
    pub fn on_answer(&mut self, now: Micros, tag: ClientTag, answer: Answer, out: &mut Vec<ClientEffect>) {
        let ClientTag::Send { number, attempt } = tag else { return };
        // Given up before?
        let Some(at) = self.sending.iter().position(|s| (s.number, s.attempt) == (number, attempt)) else {
            return;
        };
        let (status, index) = match answer {
            Ok(BrokerAnswer::Put { status, index, .. }) => (SendStatus::Answered(status), index),
            Ok(_) => return, // no other is an answer to a send
            Err(Unanswered::ConnectFailed) => (SendStatus::ConnectFailed, Index::NONE),
            Err(Unanswered::Timeout) => (SendStatus::Timeout, Index::NONE),
        };
        let sending = self.sending.remove(at);
        self.ended(now, sending, status, index, out);
    }

    fn ended(
        &mut self,
        now: Micros,
        sending: Sending,
        status: SendStatus,
        index: Index,
        out: &mut Vec<ClientEffect>,
    ) {
        if status.retried() && sending.attempt < ATTEMPTS && now < sending.deadline() {
            self.next_attempt(now, sending, out);
        } else {
            self.finish(sending, status, index, out);
        }
    }

    fn finish(&mut self, sending: Sending, status: SendStatus, index: Index, out: &mut Vec<ClientEffect>) {
        let Sending { number, to, .. } = sending;
        if status == SendStatus::OK {
            self.ok += self.batch;
        } else {
            self.failed += self.batch;
        }
        self.last = Some((number, status));
        let note = ClientNote::PutResult { number, count: self.batch, to, status, index };
        out.push(ClientEffect::Note(note));
    }

    /// Does what is due: gives up what has waited too long for a broker, asks the name server.
    pub fn wake(&mut self, now: Micros, out: &mut Vec<ClientEffect>) {
        while let Some(at) = self.sending.iter().position(|s| s.to.is_some() && s.deadline() <= now) {
            let sending = self.sending.remove(at);
            self.finish(sending, SendStatus::Timeout, Index::NONE, out);
        }
        self.route.wake(now, out);
    }

    /// When [`Producer::wake`] has something to do.
    pub fn next_wakeup(&self) -> Option<Micros> {
        let mut next = self.route.next_wakeup();
        for sending in self.sending.iter().filter(|s| s.to.is_some()) {
            next = soonest(next, Some(sending.deadline()));
        }
        next
    }

    /// The route it goes by.
    pub fn route(&self) -> Option<&Route> {
        self.route.route()
    }

    /// Messages begun.
    pub fn started(&self) -> u32 {
        self.started
    }

    /// Messages under way.
    pub fn pending(&self) -> usize {
        self.sending.len() * self.batch as usize
    }

    /// Messages answered SEND_OK.
    pub fn ok(&self) -> u32 {
        self.ok
    }

    /// Messages given up.
    pub fn failed(&self) -> u32 {
        self.failed
    }

    /// The message, or the first of the batch, concluded last.
    pub fn last(&self) -> Option<(u32, SendStatus)> {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: MemberId = MemberId(0);
    const B: MemberId = MemberId(1);

    fn route(brokers: &[(i64, MemberId)]) -> Option<Route> {
        Some(Route { queues: 2, brokers: brokers.into() })
    }

    fn producer(batch: u8, brokers: &[(i64, MemberId)]) -> Producer {
        let poll = Micros::seconds(30);
        let mut producer = Producer::new(ProducerId(0), TopicId(0), batch, 0, poll, Micros::ZERO);
        producer.on_route(Micros::ZERO, route(brokers), &mut Vec::new());
        producer
    }

    /// What was sent: whom to, which queue, which messages.
    fn sends(out: &[ClientEffect]) -> Vec<(MemberId, u8, Vec<u32>)> {
        let sent = out.iter().filter_map(|effect| match effect {
            ClientEffect::Call { to, request: BrokerRequest::Send { queue, messages }, .. } => {
                Some((*to, queue.queue, messages.iter().map(|m| m.number).collect()))
            }
            _ => None,
        });
        sent.collect()
    }

    fn end(out: &[ClientEffect]) -> Option<(Option<MemberId>, SendStatus)> {
        out.iter().find_map(|effect| match effect {
            ClientEffect::Note(ClientNote::PutResult { to, status, .. }) => Some((*to, *status)),
            _ => None,
        })
    }

    fn tag(number: u32, attempt: u32) -> ClientTag {
        ClientTag::Send { number, attempt }
    }

    fn put(status: PutStatus) -> Answer {
        Ok(BrokerAnswer::Put { status, index: Index::NONE, queue_offset: 0 })
    }

    #[test]
    fn a_refused_connection_fails_all_three_attempts_on_the_next_queue_of_the_same_group_each() {
        let (mut producer, mut out) = (producer(1, &[(0, A)]), Vec::new());
        producer.send(Micros::ZERO, 7, &mut out);
        for attempt in 1..=3 {
            producer.on_answer(Micros(1), tag(7, attempt), Err(Unanswered::ConnectFailed), &mut out);
        }
        assert_eq!(sends(&out), [(A, 0, vec![7]), (A, 1, vec![7]), (A, 0, vec![7])]);
        assert_eq!(end(&out), Some((Some(A), SendStatus::ConnectFailed)));
        assert_eq!((producer.failed(), producer.pending()), (1, 0));
    }

    #[test]
    fn a_retry_has_the_time_of_its_making_and_a_birth_of_its_own() {
        let (mut producer, mut out) = (producer(1, &[(0, A)]), Vec::new());
        producer.send(Micros(5), 0, &mut out);
        producer.on_answer(Micros(9), tag(0, 1), put(PutStatus::SystemBusy), &mut out);
        let times = out.iter().filter_map(|effect| match effect {
            ClientEffect::Call { request: BrokerRequest::Send { messages, .. }, .. } => {
                Some((messages[0].made, messages[0].born))
            }
            _ => None,
        });
        assert_eq!(times.collect::<Vec<_>>(), [(Micros(5), Micros(5)), (Micros(5), Micros(9))]);
    }

    #[test]
    fn without_a_queue_list_the_name_server_is_asked_at_once_and_then_there_is_no_route() {
        let (mut producer, mut out) = (producer(1, &[(2, B)]), Vec::new());
        producer.send(Micros::ZERO, 0, &mut out);
        assert_eq!(out, [ClientEffect::AskRoute { topic: TopicId(0) }]);
        out.clear();
        producer.on_route(Micros::millis(4), route(&[(2, B)]), &mut out);
        assert_eq!(end(&out), Some((None, SendStatus::NoRoute)));
        assert_eq!(SendStatus::NoRoute.code(), 10_005);
    }

    #[test]
    fn a_master_that_registered_meanwhile_gets_the_message() {
        let (mut producer, mut out) = (producer(1, &[(2, B)]), Vec::new());
        producer.send(Micros::ZERO, 0, &mut out);
        producer.on_route(Micros::millis(4), route(&[(0, B)]), &mut out);
        assert_eq!(sends(&out), [(B, 0, vec![0])]);
    }

    #[test]
    fn a_dead_masters_address_is_tried_until_the_next_poll_tells_of_another() {
        let (mut producer, mut out) = (producer(1, &[(0, A)]), Vec::new());
        producer.send(Micros::seconds(1), 0, &mut out);
        producer.on_answer(Micros::seconds(1), tag(0, 1), Err(Unanswered::ConnectFailed), &mut out);
        producer.on_route(Micros::seconds(2), route(&[(0, B), (1, A)]), &mut out);
        producer.on_answer(Micros::seconds(2), tag(0, 2), Err(Unanswered::ConnectFailed), &mut out);
        let masters: Vec<MemberId> = sends(&out).into_iter().map(|(to, ..)| to).collect();
        assert_eq!(masters, [A, A, B]);
    }

    #[test]
    fn a_retry_that_finds_no_master_asks_for_one_and_fails_as_the_broker_does_not_exist() {
        let (mut producer, mut out) = (producer(1, &[(0, A)]), Vec::new());
        producer.send(Micros::ZERO, 0, &mut out);
        producer.on_route(Micros(1), route(&[(1, A)]), &mut out);
        producer.on_answer(Micros(2), tag(0, 1), put(PutStatus::SystemBusy), &mut out);
        producer.on_route(Micros(3), route(&[(1, A)]), &mut out);
        assert_eq!(end(&out), None, "the third attempt asks too");
        producer.on_route(Micros(4), route(&[(1, A)]), &mut out);
        assert_eq!(end(&out).map(|(_, status)| status), Some(SendStatus::BrokerNotExist));
    }

    #[test]
    fn a_silent_master_costs_the_whole_three_seconds_and_its_late_answer_nothing() {
        let (mut producer, mut out) = (producer(1, &[(0, A)]), Vec::new());
        producer.send(Micros::ZERO, 0, &mut out);
        assert_eq!(producer.next_wakeup(), Some(SEND_TIMEOUT));
        producer.wake(Micros::millis(2999), &mut out);
        assert_eq!(end(&out), None);
        producer.wake(SEND_TIMEOUT, &mut out);
        assert_eq!(end(&out), Some((Some(A), SendStatus::Timeout)));
        out.clear();
        producer.on_answer(SEND_TIMEOUT, tag(0, 1), put(PutStatus::PutOk), &mut out);
        assert_eq!((out, producer.ok()), (Vec::new(), 0));
    }

    #[test]
    fn no_attempt_begins_when_the_three_seconds_are_over() {
        let (mut producer, mut out) = (producer(1, &[(0, A)]), Vec::new());
        producer.send(Micros::ZERO, 0, &mut out);
        producer.on_answer(SEND_TIMEOUT, tag(0, 1), put(PutStatus::InSyncReplicasNotEnough), &mut out);
        assert_eq!(sends(&out).len(), 1);
        let status = SendStatus::Answered(PutStatus::InSyncReplicasNotEnough);
        assert_eq!(end(&out), Some((Some(A), status)));
    }

    #[test]
    fn answers_of_system_error_and_busy_are_retried_and_an_illegal_message_is_not() {
        let again = [
            PutStatus::InSyncReplicasNotEnough,
            PutStatus::UnknownError,
            PutStatus::OsPageCacheBusy,
            PutStatus::SystemBusy,
            PutStatus::ServiceNotAvailable,
            PutStatus::CreateMappedFileFailed,
        ];
        let over = [
            PutStatus::PutOk,
            PutStatus::MessageIllegal,
            PutStatus::PropertiesSizeExceeded,
            PutStatus::FlushDiskTimeout,
            PutStatus::FlushSlaveTimeout,
            PutStatus::SlaveNotAvailable,
        ];
        let retried = |status| SendStatus::Answered(status).retried();
        assert!(again.into_iter().all(retried) && !over.into_iter().any(retried));
        let on_the_way = [SendStatus::ConnectFailed, SendStatus::Timeout, SendStatus::BrokerNotExist];
        assert!(on_the_way.into_iter().all(SendStatus::retried) && !SendStatus::NoRoute.retried());
    }

    #[test]
    fn a_batch_goes_to_one_queue_and_is_counted_message_by_message() {
        let (mut producer, mut out) = (producer(3, &[(0, A)]), Vec::new());
        producer.send(Micros::ZERO, 4, &mut out);
        assert_eq!(sends(&out), [(A, 0, vec![4, 5, 6])]);
        assert_eq!((producer.started(), producer.pending()), (3, 3));
        producer.on_answer(Micros(1), tag(4, 1), put(PutStatus::PutOk), &mut out);
        assert_eq!((producer.ok(), producer.pending(), producer.last()), (3, 0, Some((4, SendStatus::OK))));
    }
}
