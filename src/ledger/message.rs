//! What members say to each other, and the codes they answer with. Names and numbers are DLedger's.
//!
//! The `leaderId` field of the original's requests always names the sender (the candidate in a vote), so
//! the sender stands for it here.

use std::rc::Rc;

use super::MemberId;
use crate::shown::named;
use crate::store::{Entry, Index, Term};

/// `VoteResponse.RESULT`, in the order in which `handleVote` looks for them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum VoteResult {
    /// No answer: the call failed.
    Unknown = 0,
    RejectUnknownLeader = 1,
    RejectUnexpectedLeader = 2,
    RejectExpiredLedgerTerm = 3,
    RejectSmallLedgerEndIndex = 4,
    RejectExpiredVoteTerm = 5,
    RejectAlreadyHasLeader = 6,
    RejectAlreadyVoted = 7,
    RejectTermNotReady = 8,
    RejectTermSmallThanLedger = 9,
    RejectTakingLeadership = 10,
    Accept = 11,
}

named!(VoteResult {
    Unknown "UNKNOWN",
    RejectUnknownLeader "REJECT_UNKNOWN_LEADER",
    RejectUnexpectedLeader "REJECT_UNEXPECTED_LEADER",
    RejectExpiredLedgerTerm "REJECT_EXPIRED_LEDGER_TERM",
    RejectSmallLedgerEndIndex "REJECT_SMALL_LEDGER_END_INDEX",
    RejectExpiredVoteTerm "REJECT_EXPIRED_VOTE_TERM",
    RejectAlreadyHasLeader "REJECT_ALREADY_HAS_LEADER",
    RejectAlreadyVoted "REJECT_ALREADY_VOTED",
    RejectTermNotReady "REJECT_TERM_NOT_READY",
    RejectTermSmallThanLedger "REJECT_TERM_SMALL_THAN_LEDGER",
    RejectTakingLeadership "REJECT_TAKING_LEADERSHIP",
    Accept "ACCEPT",
});

/// `DLedgerResponseCode`, those in use here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u16)]
pub enum Code {
    /// every read that failed
    Unknown = 0,
    Success = 200,
    NetworkError = 302,
    Unsupported = 303,
    UnknownGroup = 400,
    UnknownMember = 401,
    UnexpectedMember = 402,
    ExpiredTerm = 403,
    NotLeader = 404,
    NotFollower = 405,
    InconsistentState = 406,
    InconsistentTerm = 407,
    InconsistentLeader = 409,
    IndexOutOfRange = 410,
    UnexpectedArgument = 411,
    RepeatedPush = 413,
    DiskError = 414,
    DiskFull = 415,
    TermNotReady = 416,
    FallBehindTooMuch = 417,
    TakeLeadershipFailed = 418,
    IndexLessThanLocalBegin = 419,
    RequestWithEmptyBodys = 420,
    PushRequestIsFull = 421,
    InternalError = 500,
    TermChanged = 501,
    WaitQuorumAckTimeout = 502,
    LeaderPendingFull = 503,
    LeaderTransferring = 506,
}

named!(Code {
    Unknown "UNKNOWN",
    Success "SUCCESS",
    NetworkError "NETWORK_ERROR",
    Unsupported "UNSUPPORTED",
    UnknownGroup "UNKNOWN_GROUP",
    UnknownMember "UNKNOWN_MEMBER",
    UnexpectedMember "UNEXPECTED_MEMBER",
    ExpiredTerm "EXPIRED_TERM",
    NotLeader "NOT_LEADER",
    NotFollower "NOT_FOLLOWER",
    InconsistentState "INCONSISTENT_STATE",
    InconsistentTerm "INCONSISTENT_TERM",
    InconsistentLeader "INCONSISTENT_LEADER",
    IndexOutOfRange "INDEX_OUT_OF_RANGE",
    UnexpectedArgument "UNEXPECTED_ARGUMENT",
    RepeatedPush "REPEATED_PUSH",
    DiskError "DISK_ERROR",
    DiskFull "DISK_FULL",
    TermNotReady "TERM_NOT_READY",
    FallBehindTooMuch "FALL_BEHIND_TOO_MUCH",
    TakeLeadershipFailed "TAKE_LEADERSHIP_FAILED",
    IndexLessThanLocalBegin "INDEX_LESS_THAN_LOCAL_BEGIN",
    RequestWithEmptyBodys "REQUEST_WITH_EMPTY_BODYS",
    PushRequestIsFull "PUSH_REQUEST_IS_FULL",
    InternalError "INTERNAL_ERROR",
    TermChanged "TERM_CHANGED",
    WaitQuorumAckTimeout "WAIT_QUORUM_ACK_TIMEOUT",
    LeaderPendingFull "LEADER_PENDING_FULL",
    LeaderTransferring "LEADER_TRANSFERRING",
});

/// A call from one member to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    /// `VoteRequest`: the sender stands for leader of `term`.
    Vote { term: Term, ledger_end_index: Index, ledger_end_term: Term },
    /// `HeartBeatRequest`: the sender leads `term`. Carries neither log nor commit index.
    HeartBeat { term: Term },
    /// `LeadershipTransferRequest`, as a leader sends it to the one that is to lead: have the log up to
    /// `ledger_index` (takeLeadershipLedgerIndex), then stand.
    Transfer { term: Term, transferee: MemberId, ledger_index: Index },
    /// `PushEntryRequest`: one of the four steps of replication.
    Push {
        term: Term,
        /// the leader's committedIndex
        commit_index: Index,
        push: Push,
    },
}

/// `PushEntryRequest.Type` with the fields it uses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Push {
    /// Does your entry at `pre_log_index` have `pre_log_term`? (-1, -1) is the empty log.
    Compare { pre_log_index: Index, pre_log_term: Term },
    /// Delete what conflicts from `pre_log_index` on. `pre_log_term` is the term of the leader's own entry
    /// there, -1 if it has none. (The original always sends -1 and the follower deletes unconditionally.)
    Truncate { pre_log_index: Index, pre_log_term: Term },
    /// Store these entries, which follow each other without a gap.
    Append { entries: Rc<[Entry]> },
    /// Learn the commit index.
    Commit,
}

/// The answer to a call. A call that failed gets one too: `UNKNOWN` for a vote, `NETWORK_ERROR` otherwise.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Response {
    /// `VoteResponse`
    Vote { term: Term, result: VoteResult },
    /// `HeartBeatResponse`; term -1 unless the code is EXPIRED_TERM or TERM_NOT_READY
    HeartBeat { term: Term, code: Code },
    /// `LeadershipTransferResponse`
    Transfer { term: Term, code: Code },
    /// `PushEntryResponse`
    Push(PushResponse),
}

/// `PushEntryResponse`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PushResponse {
    /// the step it answers
    pub kind: PushKind,
    /// echo of the request's term
    pub term: Term,
    pub code: Code,
    /// index of the first entry in the request; -1 if it carries none (COMPARE, TRUNCATE, COMMIT)
    pub index: Index,
    /// entries in the request
    pub count: u32,
    /// COMPARE beyond the follower's log: where that ends
    pub end_index: Index,
    /// COMPARE against another term: the term the follower has at that index, -1 otherwise
    pub x_term: Term,
    /// first index of that term's run on the follower
    pub x_index: Index,
}

impl PushResponse {
    /// An answer without comparison results.
    pub fn new(term: Term, code: Code, push: &Push) -> PushResponse {
        let (index, count) = push.index_and_count();
        PushResponse {
            kind: push.kind(),
            term,
            code,
            index,
            count,
            end_index: Index(0),
            x_term: Term::NONE,
            x_index: Index::NONE,
        }
    }
}

impl Request {
    /// What the caller is given when the call fails (`DLedgerRpcNettyService`).
    pub fn failed(&self) -> Response {
        match self {
            Request::Vote { .. } => Response::Vote { term: Term::NONE, result: VoteResult::Unknown },
            Request::HeartBeat { .. } => Response::HeartBeat { term: Term::NONE, code: Code::NetworkError },
            Request::Transfer { term, .. } => Response::Transfer { term: *term, code: Code::NetworkError },
            Request::Push { term, push, .. } => {
                Response::Push(PushResponse::new(*term, Code::NetworkError, push))
            }
        }
    }
}

impl Push {
    /// Which of the four steps this is.
    pub fn kind(&self) -> PushKind {
        match self {
            Push::Compare { .. } => PushKind::Compare,
            Push::Truncate { .. } => PushKind::Truncate,
            Push::Append { .. } => PushKind::Append,
            Push::Commit => PushKind::Commit,
        }
    }

    /// The index a response to this push carries (`getFirstEntryIndex()`), and the number of entries in it.
    fn index_and_count(&self) -> (Index, u32) {
        match self {
            Push::Append { entries } => {
                (entries.first().map_or(Index::NONE, |e| e.index), entries.len() as u32)
            }
            Push::Compare { .. } | Push::Truncate { .. } | Push::Commit => (Index::NONE, 0),
        }
    }
}

/// What a caller remembers of a call, handed back to it with the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallTag {
    /// a vote round, by number
    Vote { round: u32 },
    /// a heartbeat round, by number
    HeartBeat { round: u32 },
    /// a transfer of the leadership of a term
    Transfer { term: Term },
    /// a push of a leadership (its term); `call` tells COMPARE and TRUNCATE calls apart
    Push { term: Term, call: u32 },
}

/// `PushEntryRequest.Type`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PushKind {
    Compare,
    Truncate,
    Append,
    Commit,
}

/// One call as the world knows it, so that the callee can answer later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CallId(pub u64);

/// What a member wants done or known, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output {
    /// Call another member; `tag` comes back with the answer.
    Call { to: MemberId, tag: CallTag, request: Request },
    /// Answer a call received earlier.
    Reply { call: CallId, response: Response },
    /// Something happened here.
    Note(Note),
}

/// What happened inside a member: for the trace, and for the broker around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Note {
    /// `RoleChangeHandler.handle(term, role)`
    Role { term: Term, role: super::Role, leader: Option<MemberId> },
    /// `nextTerm()`: persisted, vote cleared
    TermRaised { term: Term },
    /// `setCurrVoteFor()`: persisted
    VoteGiven { term: Term, candidate: MemberId },
    /// A vote round was parsed.
    RoundEnded { term: Term, outcome: super::ParseResult, accepted: u32, valid: u32, not_ready: u32 },
    /// An entry was written, by the leader or from a push.
    Appended { index: Index, term: Term },
    /// `count` entries from `from` on were deleted.
    Truncated { from: Index, count: u64 },
    /// `committedIndex` moved up to `index`.
    Committed { index: Index },
    /// A client append ended: SUCCESS, EXPIRED_TERM or WAIT_QUORUM_ACK_TIMEOUT.
    AppendDone { index: Index, code: Code },
    /// A transfer of the leadership ended, for the leader that asked for it.
    TransferEnded { to: MemberId, code: Code },
}
