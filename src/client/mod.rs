//! Who talks to the group from outside: producers, consumers, and the name server where they find it.
//!
//! State machines without clock or randomness: what happened and when is handed in, what is wanted comes out.
//!
//! * `names`: the name server, who is registered under which brokerId
//! * `route`: what a client remembers of that
//! * `producer`: sends, attempts, their ends
//! * `consumer`: a consumer's life; `rebalance`: which queues are its own; `pulling`: what it does with them

mod consumer;
mod names;
mod producer;
mod pulling;
mod rebalance;
mod route;
#[cfg(test)]
mod tests;

use crate::broker::{BrokerAnswer, BrokerRequest, GetMessageStatus, QueueId, TopicId};
use crate::ledger::MemberId;
use crate::store::Index;
use crate::time::Micros;

pub use consumer::{ConsumeFrom, Consumer, ConsumerConfig};
pub use names::{MASTER_ID, NameServer, Route};
pub use producer::{Producer, SendStatus};
pub use rebalance::allocate_averagely;

/// `mqClientApiTimeout`: how long a client waits for most answers, and one of the name server.
pub const API_TIMEOUT: Micros = Micros::millis(3000);
/// How long a consumer waits for an offset it asks for.
const OFFSET_TIMEOUT: Micros = Micros::millis(5000);
/// `consumerTimeoutMillisWhenSuspend`: how long it waits for a pull that the broker may hold.
const PULL_TIMEOUT: Micros = Micros::seconds(30);

/// What a client wants done or known, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientEffect {
    /// GET_ROUTEINFO_BY_TOPIC to the name server
    AskRoute { topic: TopicId },
    /// Call a broker; `tag` comes back with the answer, or with its absence.
    Call { to: MemberId, tag: ClientTag, request: BrokerRequest },
    /// Tell a broker something that is not answered.
    Tell { to: MemberId, request: BrokerRequest },
    /// Something happened here.
    Note(ClientNote),
}

/// What a client remembers of a call, handed back to it with the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClientTag {
    /// a send: its first message, its attempt
    Send { number: u32, attempt: u32 },
    /// a heartbeat, whose answer says nothing
    HeartBeat,
    /// a step of a rebalance, by number
    Rebalance { step: u32 },
    /// a pull, by number
    Pull { call: u32 },
}

/// Why a call has no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unanswered {
    /// nobody listens there, or the connection broke
    ConnectFailed,
    /// not in time
    Timeout,
}

/// What a call came to.
pub type Answer = Result<BrokerAnswer, Unanswered>;

/// What happened inside a client, for the trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClientNote {
    /// The route it remembers is another one now.
    RouteChanged { master: Option<MemberId> },
    /// `count` messages from `number` on are sent to a queue, for the `attempt`th time.
    Put { number: u32, count: u32, to: MemberId, queue: u8, attempt: u32 },
    /// The sender of `count` messages from `number` on gets its result. `index` is the last one's entry.
    PutResult { number: u32, count: u32, to: Option<MemberId>, status: SendStatus, index: Index },
    /// The queues it holds are others now; bit n stands for queue n.
    Rebalanced { queues: u16 },
    /// A pull was answered.
    Pulled { queue: QueueId, from: i64, status: GetMessageStatus, next: i64, count: u32 },
    /// A message was consumed.
    Consumed { queue: QueueId, queue_offset: i64, index: Index, number: u32 },
}

/// How long the caller of a broker waits for the answer.
pub fn timeout(request: &BrokerRequest) -> Micros {
    match request {
        BrokerRequest::Pull(_) => PULL_TIMEOUT,
        BrokerRequest::QueryOffset { .. } => OFFSET_TIMEOUT,
        _ => API_TIMEOUT,
    }
}
