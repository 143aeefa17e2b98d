//! The producer: `DefaultMQProducerImpl.sendDefaultImpl`, synchronous sends of one message each, of which
//! several may be under way.

use crate::broker::PutStatus;
use crate::ledger::MemberId;
use crate::shown::named;
use crate::time::Micros;

/// `sendMsgTimeout`: all attempts together.
pub const SEND_TIMEOUT: Micros = Micros::millis(3000);
/// 1 + `retryTimesWhenSendFailed`
pub const ATTEMPTS: u32 = 3;

/// How an attempt to send, or the whole send, ended. `SEND_OK` is the only good one; those that a broker
/// answers are named by its `PutMessageStatus` or its remoting code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SendStatus {
    SendOk,
    /// stored by the leader, not by enough others in time; may still be committed
    InSyncReplicasNotEnough,
    /// DLedger refused the append
    OsPageCacheBusy,
    /// the broker is a slave
    SystemBusy,
    /// the entry's term ended before it was committed; may still be committed
    UnknownError,
    /// nobody listens at the master's address, or the connection broke
    ConnectFailed,
    /// no answer in time
    Timeout,
    /// no master is registered
    NoRoute,
}

named!(SendStatus {
    SendOk "SEND_OK",
    InSyncReplicasNotEnough "IN_SYNC_REPLICAS_NOT_ENOUGH",
    OsPageCacheBusy "OS_PAGE_CACHE_BUSY",
    SystemBusy "SYSTEM_BUSY",
    UnknownError "UNKNOWN_ERROR",
    ConnectFailed "CONNECT_FAILED",
    Timeout "TIMEOUT",
    NoRoute "NO_ROUTE",
});

impl From<PutStatus> for SendStatus {
    fn from(status: PutStatus) -> SendStatus {
        match status {
            PutStatus::PutOk => SendStatus::SendOk,
            PutStatus::InSyncReplicasNotEnough => SendStatus::InSyncReplicasNotEnough,
            PutStatus::OsPageCacheBusy => SendStatus::OsPageCacheBusy,
            PutStatus::SystemBusy => SendStatus::SystemBusy,
            _ => SendStatus::UnknownError,
        }
    }
}

impl SendStatus {
    /// The number behind it: a broker's remoting code (0, 1, 2) or the client's (10001 ...).
    pub fn code(self) -> i64 {
        match self {
            SendStatus::SendOk => 0,
            SendStatus::InSyncReplicasNotEnough | SendStatus::UnknownError => 1,
            SendStatus::OsPageCacheBusy | SendStatus::SystemBusy => 2,
            SendStatus::ConnectFailed => 10_001,
            SendStatus::Timeout => 10_002,
            SendStatus::NoRoute => 10_005,
        }
    }
}

/// What the producer wants done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProducerAction {
    /// Send message `number`, which was made at `made`, to the queue; whatever comes back names the attempt.
    Send { number: u32, made: Micros, attempt: u32, to: MemberId, queue: u8 },
    /// The caller gets its result.
    Finished { number: u32, status: SendStatus },
}

/// One producer.
#[derive(Clone, Debug)]
pub struct Producer {
    queues: u8,
    /// the round-robin counter of queue selection
    turn: u64,
    started: u32,
    sending: Vec<Sending>,
    ok: u32,
    failed: u32,
    last: Option<(u32, SendStatus)>,
}

/// A message under way.
#[derive(Clone, Copy, Debug)]
struct Sending {
    number: u32,
    made: Micros,
    attempt: u32,
}

impl Sending {
    fn deadline(&self) -> Micros {
        self.made + SEND_TIMEOUT
    }
}

impl Producer {
    /// `turn` is where queue selection starts: a random number in the original.
    pub fn new(queues: u8, turn: u64) -> Producer {
        Producer { queues, turn, started: 0, sending: Vec::new(), ok: 0, failed: 0, last: None }
    }

    /// Starts sending the next message to `master`, the address just looked up.
    pub fn send(&mut self, now: Micros, master: Option<MemberId>) -> (u32, ProducerAction) {
        let number = self.started;
        self.started += 1;
        let action = match master {
            Some(to) => self.attempt(Sending { number, made: now, attempt: 0 }, to),
            None => self.finish(number, SendStatus::NoRoute),
        };
        (number, action)
    }

    /// Sends once more, to the next queue in turn.
    fn attempt(&mut self, last: Sending, to: MemberId) -> ProducerAction {
        let Sending { number, made, attempt } = last;
        let attempt = attempt + 1;
        self.sending.retain(|s| s.number != number);
        self.sending.push(Sending { number, made, attempt });
        let queue = (self.turn % u64::from(self.queues)) as u8;
        self.turn += 1;
        ProducerAction::Send { number, made, attempt, to, queue }
    }

    fn finish(&mut self, number: u32, status: SendStatus) -> ProducerAction {
        self.sending.retain(|s| s.number != number);
        if status == SendStatus::SendOk {
            self.ok += 1;
        } else {
            self.failed += 1;
        }
        self.last = Some((number, status));
        ProducerAction::Finished { number, status }
    }

    /// An attempt ended with `status`. Everything but SEND_OK is tried again at once, up to three attempts,
    /// while there is time left and a master to send to. `None` if the message was given up before.
    pub fn on_result(
        &mut self,
        now: Micros,
        number: u32,
        attempt: u32,
        status: SendStatus,
        master: Option<MemberId>,
    ) -> Option<ProducerAction> {
        let sending = *self.sending.iter().find(|s| (s.number, s.attempt) == (number, attempt))?;
        let again = status != SendStatus::SendOk && attempt < ATTEMPTS && now < sending.deadline();
        Some(match master.filter(|_| again) {
            Some(to) => self.attempt(sending, to),
            None => self.finish(number, status),
        })
    }

    /// Gives up the message that waited too long, if any.
    pub fn wake(&mut self, now: Micros) -> Option<ProducerAction> {
        let number = self.sending.iter().find(|s| s.deadline() <= now)?.number;
        Some(self.finish(number, SendStatus::Timeout))
    }

    /// When [`Producer::wake`] has something to do.
    pub fn next_wakeup(&self) -> Option<Micros> {
        self.sending.iter().map(Sending::deadline).min()
    }

    /// Messages begun; the next one gets this number.
    pub fn started(&self) -> u32 {
        self.started
    }

    /// Messages under way.
    pub fn pending(&self) -> usize {
        self.sending.len()
    }

    /// Messages answered SEND_OK.
    pub fn ok(&self) -> u32 {
        self.ok
    }

    /// Messages given up.
    pub fn failed(&self) -> u32 {
        self.failed
    }

    /// The message concluded last.
    pub fn last(&self) -> Option<(u32, SendStatus)> {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Option<MemberId> = Some(MemberId(0));

    #[test]
    fn a_refused_message_is_tried_three_times_on_the_next_queue_each() {
        let mut producer = Producer::new(2, 0);
        let (number, first) = producer.send(Micros::ZERO, A);
        let mut queues = Vec::new();
        let mut action = Some(first);
        while let Some(ProducerAction::Send { attempt, queue, .. }) = action {
            queues.push(queue);
            action = producer.on_result(Micros::ZERO, number, attempt, SendStatus::ConnectFailed, A);
        }
        assert_eq!(queues, [0, 1, 0]);
        let status = SendStatus::ConnectFailed;
        assert_eq!(action, Some(ProducerAction::Finished { number, status }));
    }

    #[test]
    fn without_a_master_there_is_no_route() {
        let mut producer = Producer::new(2, 0);
        let (number, action) = producer.send(Micros::ZERO, None);
        let status = SendStatus::NoRoute;
        assert_eq!(action, ProducerAction::Finished { number, status });
        assert_eq!(producer.failed(), 1);
    }

    #[test]
    fn a_silent_master_costs_the_whole_three_seconds_and_its_late_answer_nothing() {
        let mut producer = Producer::new(2, 0);
        let (number, _) = producer.send(Micros::ZERO, A);
        assert_eq!(producer.next_wakeup(), Some(SEND_TIMEOUT));
        assert_eq!(producer.wake(Micros::millis(2999)), None);
        let status = SendStatus::Timeout;
        let given_up = producer.wake(SEND_TIMEOUT);
        assert_eq!(given_up, Some(ProducerAction::Finished { number, status }));
        assert_eq!(producer.on_result(SEND_TIMEOUT, number, 1, SendStatus::SendOk, A), None);
    }
}
