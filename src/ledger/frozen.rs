//! A member as a plain value without the time, for a model checker.
//!
//! [`Frozen`] is all that a member's future depends on but for the clock. It can be compared, hashed and given to
//! other threads, and [`Frozen::thaw`] makes a member of it again that is as if all it ever did it had done just
//! now. Whoever takes every step from a thawed member and freezes what comes out has no state besides the values
//! that are compared, so that equal values have equal futures.
//!
//! What is left out:
//! * times. Pauses are over, but for a dispatcher's after an error; what a thread waits for beyond that takes
//!   [`Member::make_due`]. So a wait may last as long as one likes, or no time at all.
//! * numbers that only tell one call of a member from another. A vote round, a heartbeat round, a COMPARE or a TRUNCATE
//!   that is waited for has number 0; which of the calls under way that is must be asked before
//!   ([`Member::awaits`]).
//! * what is read no more: a dispatcher's memory of a leadership that is over (the thread counts as released from
//!   the call it waited for), the marks of an earlier term, times and flags of another role.
//! * what RocketMQ leaves off: batches, the file `checkpoint`, preferred leaders.

mod plain;
mod times;

use std::hash::{Hash, Hasher};

use super::config::{Config, FLUSH_INTERVAL, PUSHER_PAUSE};
use super::disk::Disk;
use super::dispatcher::{Dispatcher, DispatcherState};
use super::election::{Blocked, Elector};
use super::entry_handler::EntryHandler;
use super::member::{Member, MemberId, Role};
use super::message::{CallId, Push, PushResponse, Request, Response};
use super::quorum::QuorumChecker;
use super::rules::Rule;
use super::transfer::Transfers;
use crate::store::{Index, LeftBehind, Term};
use crate::time::{Loop, Micros};

/// The moment at which a thawed member is: long after the start of everything.
pub const THAWED_AT: Micros = Micros::seconds(1_000_000);
pub use plain::{FrozenEntry, FrozenPush, FrozenRequest, FrozenWaiting};

/// A member without the time; see the module.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Frozen {
    pub id: MemberId,
    pub term: Term,
    pub voted_for: Option<MemberId>,
    pub role: Role,
    pub leader: Option<MemberId>,
    pub committed: Index,
    pub log: Vec<FrozenEntry>,
    /// APPENDs that wait for the entry before them
    pub writes: Vec<FrozenWaiting>,
    control: Vec<FrozenWaiting>,
    /// answers that wait for a flush
    unflushed_answers: Vec<(Index, CallId, PushResponse)>,
    /// the first entry that no flush has reached
    unflushed: Option<Index>,
    known_max_term: Term,
    told_end: (Index, Term),
    elector: Elector,
    dispatchers: Vec<Dispatcher>,
    quorum: QuorumChecker,
    transfers: Transfers,
    /// what the vote file says
    vote: (Term, Option<MemberId>),
    left_behind: Option<LeftBehind>,
}

impl Frozen {
    /// What `member` is, but for the time.
    pub fn of(mut member: Member) -> Frozen {
        member.forget_times();
        let vote = member.disk.vote.read().unwrap_or_default();
        let Member {
            id,
            members: _,
            config,
            disk,
            term,
            voted_for,
            role,
            leader,
            known_max_term,
            committed,
            told_end,
            live: _,
            elector,
            dispatchers,
            handler,
            quorum,
            transfers,
            checkpoints: _,
            committed_since: _,
        } = member;
        let store = &disk.store;
        let indices = store.begin_index().0..=store.end_index().0;
        let log = indices.filter_map(|i| store.entry(Index(i)).map(FrozenEntry::of)).collect();
        let erases = config.rules.keep(Rule::EraseOnTruncate);
        let by_the_log = config.rules.keep(Rule::VoteByTheLog);
        Frozen {
            id,
            term,
            voted_for,
            role,
            leader,
            committed,
            log,
            writes: handler.writes.iter().map(FrozenWaiting::of).collect(),
            control: handler.control.iter().map(FrozenWaiting::of).collect(),
            unflushed_answers: as_set(handler.unflushed),
            unflushed: disk.unflushed.map(|(_, index)| index),
            known_max_term,
            told_end: if by_the_log { (store.end_index(), store.end_term()) } else { told_end },
            elector,
            dispatchers,
            quorum,
            transfers,
            vote: (vote.term, vote.voted_for.as_deref().and_then(MemberId::from_self_id)),
            left_behind: (!erases).then(|| store.left_behind()).filter(|left| *left != LeftBehind::default()),
        }
    }

    /// A member that is this, at [`THAWED_AT`].
    pub fn thaw(&self, members: u8, config: &Config) -> Member {
        let mut disk = Disk::default();
        for entry in &self.log {
            // What a store gave a store of the same sizes takes.
            let taken = disk.store.append_as_follower(&entry.thaw());
            debug_assert!(taken.is_ok());
        }
        if let Some(left) = &self.left_behind {
            disk.store.leave_behind(left);
        }
        disk.vote.write(self.vote.0, self.vote.1.map(MemberId::self_id).as_deref());
        disk.flushes = just_now(FLUSH_INTERVAL);
        disk.unflushed = self.unflushed.map(|index| (THAWED_AT, index));
        let mut handler = EntryHandler::new(just_now(PUSHER_PAUSE));
        handler.gap_checks = just_now(PUSHER_PAUSE);
        handler.writes = self.writes.iter().map(FrozenWaiting::thaw).collect();
        handler.control = self.control.iter().map(FrozenWaiting::thaw).collect();
        handler.unflushed.clone_from(&self.unflushed_answers);
        Member {
            id: self.id,
            members,
            config: config.clone(),
            disk,
            term: self.term,
            voted_for: self.voted_for,
            role: self.role,
            leader: self.leader,
            known_max_term: self.known_max_term,
            committed: self.committed,
            told_end: self.told_end,
            live: vec![false; usize::from(members)],
            elector: self.elector.clone(),
            dispatchers: self.dispatchers.clone(),
            handler,
            quorum: self.quorum.clone(),
            transfers: self.transfers.clone(),
            checkpoints: just_now(PUSHER_PAUSE),
            committed_since: THAWED_AT,
        }
    }

    /// Whether it is about to look at what its heartbeats brought.
    pub fn parses_heartbeats(&self) -> bool {
        matches!(self.elector.blocked, Blocked::BeatPause { .. })
    }

    /// Whether it waits for votes or for answers to heartbeats.
    pub fn is_in_round(&self) -> bool {
        !matches!(self.elector.blocked, Blocked::No)
    }

    /// Whether the maintainer's next pass asks for votes or sends heartbeats.
    pub fn begins_a_round(&self) -> bool {
        match self.role {
            Role::Leader => true,
            Role::Candidate => !self.elector.need_increase_term_immediately,
            Role::Follower => false,
        }
    }

    /// Whether client appends wait.
    pub fn has_pending(&self) -> bool {
        !self.quorum.pending.is_empty()
    }

    /// How far `peer` is known to hold the log of the leadership of `term`, if it is the present one.
    pub fn matched(&self, peer: MemberId, term: Term) -> Option<Index> {
        let dispatcher = self.dispatchers.iter().find(|d| d.peer == peer)?;
        (self.term == term && dispatcher.term == term && dispatcher.state == DispatcherState::Append)
            .then_some(dispatcher.match_index)
    }

    /// What stands for the answer, should it never come, to the call that the dispatcher of `peer` waits for.
    pub fn failure_of_call_to(&self, peer: MemberId) -> Option<Response> {
        let d = self.dispatchers.iter().find(|d| d.peer == peer && d.awaiting.is_some())?;
        let (pre_log_index, pre_log_term) = (Index::NONE, Term::NONE);
        let push = match d.state {
            DispatcherState::Truncate => Push::Truncate { pre_log_index, pre_log_term },
            _ => Push::Compare { pre_log_index, pre_log_term },
        };
        Some(Request::Push { term: d.term, commit_index: Index::NONE, push }.failed())
    }

    /// The same in a group in which every member has another number. The rules know numbers only as names.
    #[must_use]
    pub fn renamed(&self, name: impl Fn(MemberId) -> MemberId) -> Frozen {
        let mut renamed = self.clone();
        renamed.id = name(self.id);
        renamed.voted_for = self.voted_for.map(&name);
        renamed.leader = self.leader.map(&name);
        renamed.vote.1 = self.vote.1.map(&name);
        for waiting in renamed.writes.iter_mut().chain(&mut renamed.control) {
            waiting.from = name(waiting.from);
        }
        for d in &mut renamed.dispatchers {
            d.peer = name(d.peer);
        }
        renamed.dispatchers.sort_unstable_by_key(|d| d.peer);
        for (n, mark) in self.quorum.marks.iter().enumerate() {
            renamed.quorum.marks[usize::from(name(MemberId(n as u8)).0)] = *mark;
        }
        renamed
    }

    /// A number that members have in common who differ in nothing but names. `class` is what is known of each member
    /// without its name.
    pub fn looks<H: Hasher + Default>(&self, class: impl Fn(MemberId) -> u64) -> u64 {
        let peers = self.dispatchers.iter().map(|d| {
            let mut hasher = H::default();
            let nameless = Dispatcher { peer: MemberId(0), ..d.clone() };
            (class(d.peer), &nameless, self.quorum.marks[usize::from(d.peer.0)]).hash(&mut hasher);
            hasher.finish()
        });
        let peers = peers.fold(0, u64::wrapping_add);
        let (voted_for, leader, vote) =
            (self.voted_for.map(&class), self.leader.map(&class), self.vote.1.map(&class));
        let mut hasher = H::default();
        (class(self.id), self.term, self.role, self.committed, &self.log, &self.elector).hash(&mut hasher);
        (voted_for, leader, self.known_max_term, self.told_end, vote, self.vote.0, peers).hash(&mut hasher);
        self.unflushed.hash(&mut hasher);
        for (index, _, response) in &self.unflushed_answers {
            (index, response).hash(&mut hasher);
        }
        for waiting in &self.writes {
            (class(waiting.from), waiting.term, waiting.commit_index, &waiting.push).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// The calls that it has still to answer.
    pub fn calls_mut(&mut self) -> impl Iterator<Item = &mut CallId> {
        let waiting = self.writes.iter_mut().chain(&mut self.control).map(|waiting| &mut waiting.call);
        waiting.chain(self.unflushed_answers.iter_mut().map(|(_, call, _)| call))
    }

    /// Whether a loss of power would take something.
    pub fn has_unflushed(&self) -> bool {
        self.unflushed.is_some()
    }
}

/// Saying the same twice is saying it once, later.
fn as_set<T: Ord>(mut answers: Vec<T>) -> Vec<T> {
    answers.sort_unstable();
    answers.dedup();
    answers
}

fn just_now(period: Micros) -> Loop {
    Loop::starting_at(THAWED_AT, period)
}
