//! What can be read off a message or an entry: the few numbers that the picture, the feed and the trace show
//! of it.

use super::event::{Kind, Outcome, Remoting, Summary};
use super::network::Payload;
use crate::broker::{BrokerAnswer, BrokerRequest};
use crate::client::SendStatus;
use crate::ledger::{Code, Push, PushResponse, Request, Response};
use crate::store::{Entry, EntryKind, Index, Record, Term};

/// The producer's message in an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Carried {
    /// the run's number for it
    pub number: u32,
    pub queue: u8,
}

/// Reads the producer's message off an entry's body; a NOOP carries none.
pub fn carried(entry: &Entry) -> Option<Carried> {
    if entry.magic != EntryKind::Normal {
        return None;
    }
    let (flag, queue_id) = Record::flag_and_queue_id(&entry.body)?;
    Some(Carried { number: flag as u32, queue: queue_id as u8 })
}

/// See [`Summary`].
pub trait Summarize {
    fn summary(&self) -> Summary;
}

const NOTHING: Summary = Summary {
    kind: Kind::Refused,
    term: Term::NONE,
    index: Index::NONE,
    entry_term: Term::NONE,
    result: None,
    number: None,
};

impl Summarize for Payload {
    fn summary(&self) -> Summary {
        match self {
            Payload::Call(request) => request.summary(),
            Payload::Answer(response) => response.summary(),
            Payload::Client(request) => request.summary(),
            Payload::ClientAnswer { number, answer } => Summary { number: *number, ..answer.summary() },
            Payload::Notify(_) => of(Kind::NotifyConsumers),
            Payload::Register(_) => of(Kind::RegisterRequest),
            Payload::Registered { .. } => answered(Kind::RegisterResponse, Remoting::Success),
            Payload::RouteRequest(_) => of(Kind::RouteRequest),
            Payload::Route(Some(_)) => answered(Kind::RouteResponse, Remoting::Success),
            Payload::Route(None) => answered(Kind::RouteResponse, Remoting::TopicNotExist),
            Payload::Refused => NOTHING,
            Payload::Closed => of(Kind::Closed),
        }
    }
}

const fn of(kind: Kind) -> Summary {
    Summary { kind, ..NOTHING }
}

const fn answered(kind: Kind, code: Remoting) -> Summary {
    Summary { kind, result: Some(Outcome::Remoting(code)), ..NOTHING }
}

impl Summarize for BrokerRequest {
    fn summary(&self) -> Summary {
        of(match self {
            BrokerRequest::Send { messages, .. } => {
                let number = messages.first().map(|message| message.number);
                return Summary { kind: Kind::SendRequest, number, ..NOTHING };
            }
            BrokerRequest::Pull(_) => Kind::PullRequest,
            BrokerRequest::QueryOffset { .. } => Kind::QueryOffsetRequest,
            BrokerRequest::UpdateOffset { .. } => Kind::UpdateOffset,
            BrokerRequest::MaxOffset { .. } => Kind::MaxOffsetRequest,
            BrokerRequest::HeartBeat { .. } => Kind::ClientHeartbeatRequest,
            BrokerRequest::Unregister { .. } => Kind::UnregisterClient,
            BrokerRequest::ConsumerList { .. } => Kind::ConsumerListRequest,
            BrokerRequest::AllOffsets => Kind::AllOffsetsRequest,
        })
    }
}

impl Summarize for BrokerAnswer {
    fn summary(&self) -> Summary {
        match self {
            BrokerAnswer::Put { status, index, .. } => Summary {
                kind: Kind::SendResponse,
                index: *index,
                result: Some(Outcome::Send(SendStatus::Answered(*status))),
                ..NOTHING
            },
            BrokerAnswer::Pulled(result) => Summary {
                kind: Kind::PullResponse,
                result: Some(Outcome::Pull(result.status)),
                number: result.messages.first().map(|message| message.number),
                ..NOTHING
            },
            BrokerAnswer::Offset(Some(_)) => answered(Kind::OffsetResponse, Remoting::Success),
            BrokerAnswer::Offset(None) => answered(Kind::OffsetResponse, Remoting::QueryNotFound),
            BrokerAnswer::Consumers(_) => answered(Kind::ConsumerListResponse, Remoting::Success),
            BrokerAnswer::Offsets(_) => answered(Kind::AllOffsetsResponse, Remoting::Success),
            BrokerAnswer::Done => answered(Kind::ClientHeartbeatResponse, Remoting::Success),
            BrokerAnswer::SystemBusy => answered(Kind::PullResponse, Remoting::SystemBusy),
        }
    }
}

impl Summarize for Request {
    fn summary(&self) -> Summary {
        match self {
            Request::Vote { term, ledger_end_index, ledger_end_term } => Summary {
                kind: Kind::VoteRequest,
                term: *term,
                index: *ledger_end_index,
                entry_term: *ledger_end_term,
                ..NOTHING
            },
            Request::Transfer { term, ledger_index, .. } => {
                Summary { kind: Kind::TransferRequest, term: *term, index: *ledger_index, ..NOTHING }
            }
            Request::HeartBeat { term } => Summary { kind: Kind::HeartbeatRequest, term: *term, ..NOTHING },
            Request::Push { term, commit_index, push } => {
                let summary = Summary { term: *term, ..NOTHING };
                match push {
                    Push::Compare { pre_log_index, pre_log_term } => Summary {
                        kind: Kind::CompareRequest,
                        index: *pre_log_index,
                        entry_term: *pre_log_term,
                        ..summary
                    },
                    Push::Truncate { pre_log_index, pre_log_term } => Summary {
                        kind: Kind::TruncateRequest,
                        index: *pre_log_index,
                        entry_term: *pre_log_term,
                        ..summary
                    },
                    Push::Append { entries } => {
                        let first = entries.first();
                        Summary {
                            kind: Kind::AppendRequest,
                            index: first.map_or(Index::NONE, |e| e.index),
                            entry_term: first.map_or(Term::NONE, |e| e.term),
                            number: first.and_then(carried).map(|c| c.number),
                            ..summary
                        }
                    }
                    Push::Commit => Summary { kind: Kind::CommitRequest, index: *commit_index, ..summary },
                }
            }
        }
    }
}

impl Summarize for Response {
    fn summary(&self) -> Summary {
        match self {
            Response::Vote { term, result } => Summary {
                kind: Kind::VoteResponse,
                term: *term,
                result: Some(Outcome::Vote(*result)),
                ..NOTHING
            },
            Response::HeartBeat { term, code } => Summary {
                kind: Kind::HeartbeatResponse,
                term: *term,
                result: Some(Outcome::Ledger(*code)),
                ..NOTHING
            },
            Response::Transfer { term, code } => Summary {
                kind: Kind::TransferResponse,
                term: *term,
                result: Some(Outcome::Ledger(*code)),
                ..NOTHING
            },
            Response::Push(response) => response.summary(),
        }
    }
}

impl Summarize for PushResponse {
    fn summary(&self) -> Summary {
        let kind = match self.kind {
            crate::ledger::PushKind::Compare => Kind::CompareResponse,
            crate::ledger::PushKind::Truncate => Kind::TruncateResponse,
            crate::ledger::PushKind::Append => Kind::AppendResponse,
            crate::ledger::PushKind::Commit => Kind::CommitResponse,
        };
        let index = match (kind, self.code) {
            (Kind::CompareResponse, Code::InconsistentState) if self.x_term != Term::NONE => self.x_index,
            (Kind::CompareResponse, Code::InconsistentState) => self.end_index,
            _ => self.index,
        };
        Summary {
            kind,
            term: self.term,
            index,
            entry_term: self.x_term,
            result: Some(Outcome::Ledger(self.code)),
            ..NOTHING
        }
    }
}
