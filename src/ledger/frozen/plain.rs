//! Entries, requests and waiting pushes without shared memory.

use std::rc::Rc;

use super::THAWED_AT;
use crate::ledger::entry_handler::Waiting;
use crate::ledger::member::MemberId;
use crate::ledger::message::{CallId, Push, Request};
use crate::store::{Entry, EntryKind, Index, Term};

/// An entry, plain.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FrozenEntry {
    pub kind: EntryKind,
    pub index: Index,
    pub term: Term,
    /// the leader's position
    pub pos: i64,
    pub body: Box<[u8]>,
}

/// A request, plain.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FrozenRequest {
    Vote { term: Term, ledger_end_index: Index, ledger_end_term: Term },
    HeartBeat { term: Term },
    Transfer { term: Term, transferee: MemberId, ledger_index: Index },
    Push { term: Term, commit_index: Index, push: FrozenPush },
}

/// A push, plain.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FrozenPush {
    Compare { pre_log_index: Index, pre_log_term: Term },
    Truncate { pre_log_index: Index, pre_log_term: Term },
    Append { entries: Vec<FrozenEntry> },
    Commit,
}

/// A push that waits at a follower.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FrozenWaiting {
    pub call: CallId,
    pub from: MemberId,
    pub term: Term,
    pub commit_index: Index,
    pub push: FrozenPush,
}

impl FrozenEntry {
    pub(super) fn of(entry: &Entry) -> FrozenEntry {
        FrozenEntry {
            kind: entry.magic,
            index: entry.index,
            term: entry.term,
            pos: entry.pos,
            body: entry.body.as_ref().into(),
        }
    }

    pub(super) fn thaw(&self) -> Entry {
        Entry {
            magic: self.kind,
            index: self.index,
            term: self.term,
            pos: self.pos,
            channel: 0,
            chain_crc: 0,
            body_crc: 0,
            body: self.body.as_ref().into(),
        }
    }
}

impl FrozenRequest {
    /// The request, plain.
    pub fn of(request: &Request) -> FrozenRequest {
        match *request {
            Request::Vote { term, ledger_end_index, ledger_end_term } => {
                FrozenRequest::Vote { term, ledger_end_index, ledger_end_term }
            }
            Request::HeartBeat { term } => FrozenRequest::HeartBeat { term },
            Request::Transfer { term, transferee, ledger_index } => {
                FrozenRequest::Transfer { term, transferee, ledger_index }
            }
            Request::Push { term, commit_index, ref push } => {
                FrozenRequest::Push { term, commit_index, push: FrozenPush::of(push) }
            }
        }
    }

    /// The request as members take it.
    pub fn thaw(&self) -> Request {
        match *self {
            FrozenRequest::Vote { term, ledger_end_index, ledger_end_term } => {
                Request::Vote { term, ledger_end_index, ledger_end_term }
            }
            FrozenRequest::HeartBeat { term } => Request::HeartBeat { term },
            FrozenRequest::Transfer { term, transferee, ledger_index } => {
                Request::Transfer { term, transferee, ledger_index }
            }
            FrozenRequest::Push { term, commit_index, ref push } => {
                Request::Push { term, commit_index, push: push.thaw() }
            }
        }
    }
}

impl FrozenPush {
    pub(super) fn of(push: &Push) -> FrozenPush {
        match push {
            &Push::Compare { pre_log_index, pre_log_term } => {
                FrozenPush::Compare { pre_log_index, pre_log_term }
            }
            &Push::Truncate { pre_log_index, pre_log_term } => {
                FrozenPush::Truncate { pre_log_index, pre_log_term }
            }
            Push::Append { entries } => {
                FrozenPush::Append { entries: entries.iter().map(FrozenEntry::of).collect() }
            }
            Push::Commit => FrozenPush::Commit,
        }
    }

    pub(super) fn thaw(&self) -> Push {
        match self {
            &FrozenPush::Compare { pre_log_index, pre_log_term } => {
                Push::Compare { pre_log_index, pre_log_term }
            }
            &FrozenPush::Truncate { pre_log_index, pre_log_term } => {
                Push::Truncate { pre_log_index, pre_log_term }
            }
            FrozenPush::Append { entries } => {
                Push::Append { entries: entries.iter().map(FrozenEntry::thaw).collect::<Rc<[_]>>() }
            }
            FrozenPush::Commit => Push::Commit,
        }
    }
}

impl FrozenWaiting {
    pub(super) fn of(waiting: &Waiting) -> FrozenWaiting {
        let &Waiting { call, from, term, commit_index, ref push, since: _ } = waiting;
        FrozenWaiting { call, from, term, commit_index, push: FrozenPush::of(push) }
    }

    pub(super) fn thaw(&self) -> Waiting {
        let &FrozenWaiting { call, from, term, commit_index, ref push } = self;
        Waiting { call, from, term, commit_index, push: push.thaw(), since: THAWED_AT }
    }
}
