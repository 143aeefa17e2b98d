//! What happens in a run: the one stream that the feed, the stories, the trace hash and the checks read.
//!
//! Names are stable. Every event is a plain value, so a run's events can be compared, hashed and shown.

use std::hash::{Hash, Hasher};

use crate::broker::{ConsumerId, GetMessageStatus, ProducerId, QueueId};
use crate::client::SendStatus;
use crate::ledger::{Code, MemberId, ParseResult, Role, VoteResult};
use crate::shown::named;
use crate::store::{EntryKind, Index, Term};
use crate::time::Micros;

/// Who sends or receives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Party {
    Broker(MemberId),
    Producer(ProducerId),
    NameServer,
    Consumer(ConsumerId),
}

impl Party {
    /// The broker's number from 0 up; -1 and down for the producers, -100 for the name server, -200 and down for the
    /// consumers.
    pub fn number(self) -> i64 {
        match self {
            Party::Broker(id) => i64::from(id.0),
            Party::Producer(id) => -1 - i64::from(id.0),
            Party::NameServer => -100,
            Party::Consumer(id) => -200 - i64::from(id.0),
        }
    }
}

/// The kinds of message that fly.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Kind {
    VoteRequest = 0,
    VoteResponse = 1,
    HeartbeatRequest = 2,
    HeartbeatResponse = 3,
    CompareRequest = 4,
    CompareResponse = 5,
    TruncateRequest = 6,
    TruncateResponse = 7,
    AppendRequest = 8,
    AppendResponse = 9,
    CommitRequest = 10,
    CommitResponse = 11,
    SendRequest = 12,
    SendResponse = 13,
    /// nobody listens, or the connection broke
    Refused = 14,
    TransferRequest = 15,
    TransferResponse = 16,
    PullRequest = 17,
    PullResponse = 18,
    QueryOffsetRequest = 19,
    MaxOffsetRequest = 20,
    /// to either of these two
    OffsetResponse = 21,
    /// one-way
    UpdateOffset = 22,
    ClientHeartbeatRequest = 23,
    ClientHeartbeatResponse = 24,
    /// one-way
    UnregisterClient = 25,
    ConsumerListRequest = 26,
    ConsumerListResponse = 27,
    AllOffsetsRequest = 28,
    AllOffsetsResponse = 29,
    /// one-way, but for the periodic ones
    RegisterRequest = 30,
    RegisterResponse = 31,
    RouteRequest = 32,
    RouteResponse = 33,
    /// one-way
    NotifyConsumers = 34,
    /// a process is gone, and its connection closes
    Closed = 35,
}

named!(Kind {
    VoteRequest "vote_request",
    VoteResponse "vote_response",
    HeartbeatRequest "heartbeat_request",
    HeartbeatResponse "heartbeat_response",
    CompareRequest "compare_request",
    CompareResponse "compare_response",
    TruncateRequest "truncate_request",
    TruncateResponse "truncate_response",
    AppendRequest "append_request",
    AppendResponse "append_response",
    CommitRequest "commit_request",
    CommitResponse "commit_response",
    SendRequest "send_request",
    SendResponse "send_response",
    Refused "refused",
    TransferRequest "transfer_request",
    TransferResponse "transfer_response",
    PullRequest "pull_request",
    PullResponse "pull_response",
    QueryOffsetRequest "query_offset_request",
    MaxOffsetRequest "max_offset_request",
    OffsetResponse "offset_response",
    UpdateOffset "update_offset",
    ClientHeartbeatRequest "client_heartbeat_request",
    ClientHeartbeatResponse "client_heartbeat_response",
    UnregisterClient "unregister_client",
    ConsumerListRequest "consumer_list_request",
    ConsumerListResponse "consumer_list_response",
    AllOffsetsRequest "all_offsets_request",
    AllOffsetsResponse "all_offsets_response",
    RegisterRequest "register_request",
    RegisterResponse "register_response",
    RouteRequest "route_request",
    RouteResponse "route_response",
    NotifyConsumers "notify_consumers",
    Closed "closed",
});

impl Kind {
    /// Whether it is of the group's own talk, or of a producer's with it: all but these came to the picture later, and
    /// are delayed by a stream of chance of their own, so that a consumer more does not change an election.
    pub fn is_of_the_group(self) -> bool {
        self <= Kind::TransferResponse
    }
}

/// How an answer answers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outcome {
    Vote(VoteResult),
    Ledger(Code),
    Send(SendStatus),
    Pull(GetMessageStatus),
    Remoting(Remoting),
}

/// `ResponseCode`, those of answers that have no status of their own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Remoting {
    Success = 0,
    SystemBusy = 2,
    TopicNotExist = 17,
    QueryNotFound = 22,
}

named!(Remoting {
    Success "SUCCESS",
    SystemBusy "SYSTEM_BUSY",
    TopicNotExist "TOPIC_NOT_EXIST",
    QueryNotFound "QUERY_NOT_FOUND",
});

impl Outcome {
    /// The number a frame carries: the ordinal of a vote's result or a pull's status, or the code.
    pub fn number(self) -> i64 {
        match self {
            Outcome::Vote(result) => i64::from(result as u8),
            Outcome::Ledger(code) => i64::from(code as u16),
            Outcome::Send(status) => status.code(),
            Outcome::Pull(status) => i64::from(status as u8),
            Outcome::Remoting(code) => i64::from(code as u8),
        }
    }

    /// The name of the answer.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Vote(result) => result.name(),
            Outcome::Ledger(code) => code.name(),
            Outcome::Send(status) => status.name(),
            Outcome::Pull(status) => status.name(),
            Outcome::Remoting(code) => code.name(),
        }
    }

    /// Whether the answer agrees.
    pub fn agrees(self) -> bool {
        matches!(
            self,
            Outcome::Vote(VoteResult::Accept)
                | Outcome::Ledger(Code::Success)
                | Outcome::Send(SendStatus::OK)
                | Outcome::Pull(GetMessageStatus::Found | GetMessageStatus::OffsetOverflowOne)
                | Outcome::Remoting(Remoting::Success)
        )
    }
}

/// What can be read off a message in flight.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Summary {
    pub kind: Kind,
    /// term it speaks of, -1 if none
    pub term: Term,
    /// index it carries, acknowledges, compares, truncates from or commits, -1 if none
    pub index: Index,
    /// term of that entry, -1 if none
    pub entry_term: Term,
    pub result: Option<Outcome>,
    /// the producer's message number, if it is about one
    pub number: Option<u32>,
}

/// An event and when it happened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Record {
    pub seq: u64,
    pub at: Micros,
    pub event: Event,
}

/// Everything that can happen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// A broker's process is up and has recovered its store.
    Started { broker: MemberId, term: Term, voted_for: Option<MemberId>, end_index: Index },
    /// A broker's process is gone.
    Killed { broker: MemberId },
    /// A member's role changed (`RoleChangeHandler`).
    Role { broker: MemberId, role: Role, term: Term, leader: Option<MemberId> },
    /// A member raised its term.
    Term { broker: MemberId, term: Term },
    /// A member gave, and persisted, its vote.
    Vote { broker: MemberId, candidate: MemberId, term: Term },
    /// A vote round ended.
    Round { broker: MemberId, term: Term, outcome: ParseResult, accepted: u32, valid: u32, not_ready: u32 },
    /// A message left.
    Sent { id: u64, from: Party, to: Party, message: Summary },
    /// A message arrived.
    Delivered { id: u64, from: Party, to: Party, message: Summary },
    /// A message was lost on its way.
    Lost { id: u64, from: Party, to: Party, message: Summary },
    /// A message came to somebody who no longer listens.
    Refused { id: u64, from: Party, to: Party, message: Summary },
    /// An entry was written to a log, uncommitted.
    Appended {
        broker: MemberId,
        index: Index,
        term: Term,
        entry: EntryKind,
        number: Option<u32>,
        queue: Option<QueueId>,
    },
    /// `count` entries from `from_index` on were deleted.
    Truncated { broker: MemberId, from_index: Index, count: u64 },
    /// A leader's attempt to hand its leadership over ended.
    TransferEnded { broker: MemberId, to: MemberId, code: Code },
    /// committedIndex moved up to `index`.
    Committed { broker: MemberId, index: Index },
    /// A ConsumeQueue got the unit of an entry.
    Dispatched { broker: MemberId, index: Index, queue: QueueId, queue_offset: i64 },
    /// A broker's RocketMQ role changed.
    Master { broker: MemberId, broker_id: i64, master: bool },
    /// A producer tries to send `count` messages from `number` on, the whole batch to one queue.
    Put { producer: ProducerId, number: u32, count: u32, broker: MemberId, queue: QueueId, attempt: u32 },
    /// A producer is through with them; `index` is the last one's entry.
    PutResult {
        producer: ProducerId,
        number: u32,
        count: u32,
        broker: Option<MemberId>,
        ok: bool,
        status: SendStatus,
        index: Index,
    },
    /// The name server knows a broker under another brokerId now.
    Registered { broker: MemberId, broker_id: i64 },
    /// It forgot a broker: the connection closed, or it was silent for two minutes.
    Unregistered { broker: MemberId, broker_id: i64 },
    /// What a client remembers of its topic's route has changed.
    RouteChanged { client: Party, master: Option<MemberId> },
    /// A consumer's process is up.
    ConsumerStarted { consumer: ConsumerId },
    /// A consumer's process is gone, in order or not.
    ConsumerStopped { consumer: ConsumerId },
    /// A consumer holds other queues of its topic now; bit n of `queues` stands for queue n.
    Rebalanced { consumer: ConsumerId, queues: u16 },
    /// A consumer's pull was answered: it asked from `offset` on, goes on at `next`.
    Pulled {
        consumer: ConsumerId,
        queue: QueueId,
        offset: i64,
        status: GetMessageStatus,
        next: i64,
        count: u32,
    },
    /// A consumer consumed a message. `again`: somebody of its group had done so before.
    Consumed {
        consumer: ConsumerId,
        queue: QueueId,
        queue_offset: i64,
        index: Index,
        number: u32,
        again: bool,
    },
    /// A broker's process stands still.
    Paused { broker: MemberId },
    /// It goes on.
    Resumed { broker: MemberId },
    /// A message is sent once more, under a number of its own.
    Duplicated { id: u64, copy: u64 },
}

/// A 64-bit hash of a run's events in the manner of FNV-1a, a word at a time, the same on every machine:
/// sizes and discriminants go in as 64 bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TraceHash(u64);

impl Default for TraceHash {
    fn default() -> TraceHash {
        TraceHash(0xcbf2_9ce4_8422_2325)
    }
}

impl TraceHash {
    /// Takes an event in.
    pub fn add(&mut self, record: &Record) {
        record.hash(self);
    }
}

impl Hasher for TraceHash {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    // One multiplication for a word, not eight: a run has millions of them.
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0 ^ n).wrapping_mul(0x0000_0100_0000_01b3);
        self.0 ^= self.0 >> 32;
    }

    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }

    fn write_u16(&mut self, n: u16) {
        self.write_u64(u64::from(n));
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }

    fn write_i64(&mut self, n: i64) {
        self.write_u64(n as u64);
    }

    fn write_isize(&mut self, n: isize) {
        self.write_u64(n as i64 as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
