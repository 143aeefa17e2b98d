//! `MemberState` and the loops around it: what a member is, remembers and does next.
//!
//! Here are the fields, the role transitions and the wake-ups; the rules live in the sibling modules, each
//! an `impl Member` of its own.

use serde::Serialize;

use super::config::{Config, MAINTAINER_PAUSE, PUSHER_PAUSE};
use super::disk::Disk;
use super::dispatcher::Dispatcher;
use super::election::Elector;
use super::entry_handler::EntryHandler;
use super::message::{CallId, CallTag, Note, Output, Request, Response};
use super::quorum::QuorumChecker;
use super::rules::{Rule, Rules};
use super::transfer::Transfers;
use crate::shown::named;
use crate::store::{EntryStore, Index, Term};
use crate::time::{Loop, Micros};

/// A member's number in the group, from 0. Its `selfId` is `n` and this number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct MemberId(pub u8);

impl MemberId {
    /// The `dLegerSelfId` in files and messages: `n0`, `n1` ...
    pub fn self_id(self) -> String {
        format!("n{}", self.0)
    }

    /// Reads what [`MemberId::self_id`] wrote.
    pub fn from_self_id(text: &str) -> Option<MemberId> {
        text.strip_prefix('n')?.parse().ok().map(MemberId)
    }
}

/// `MemberState.Role`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Role {
    Candidate = 0,
    Leader = 1,
    Follower = 2,
}

named!(Role {
    Candidate "candidate",
    Leader "leader",
    Follower "follower",
});

/// What a random number is for; each purpose has its own stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Draw {
    /// the pause before the next vote round, above its minimum
    RetryDelay,
    /// how long a vote round may wait beyond 2 s
    VoteWait,
}

/// The only randomness a member sees.
pub trait Random {
    /// A number from 0 up to and without `bound`.
    fn below(&mut self, draw: Draw, bound: u64) -> u64;
}

impl<F: FnMut(Draw, u64) -> u64> Random for F {
    fn below(&mut self, draw: Draw, bound: u64) -> u64 {
        self(draw, bound)
    }
}

/// What the world hands to a member for the length of one call.
pub struct Context<'a> {
    pub now: Micros,
    pub random: &'a mut dyn Random,
    /// what the member wants done, in order
    pub out: &'a mut Vec<Output>,
}

impl Context<'_> {
    pub(super) fn note(&mut self, note: Note) {
        self.out.push(Output::Note(note));
    }

    pub(super) fn call(&mut self, to: MemberId, tag: CallTag, request: Request) {
        self.out.push(Output::Call { to, tag, request });
    }

    pub(super) fn reply(&mut self, call: CallId, response: Response) {
        self.out.push(Output::Reply { call, response });
    }
}

/// What a member is counting down to, for the eye.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Countdown {
    /// a follower stands for election at `until`
    Election { since: Micros, until: Micros },
    /// a candidate starts the next vote round at `until`
    Retry { since: Micros, until: Micros },
    /// a leader sends the next heartbeat at `until`
    Heartbeat { since: Micros, until: Micros },
    /// a candidate gives the open vote round up at `until`
    Round { since: Micros, until: Micros },
}

/// One member of the group: `DLedgerServer` with everything in it.
#[derive(Clone, Debug)]
pub struct Member {
    pub(super) id: MemberId,
    /// members of the group, itself included
    pub(super) members: u8,
    pub(super) config: Config,
    pub(super) disk: Disk,
    /// `currTerm` and `currVoteFor`, as the vote file has them
    pub(super) term: Term,
    pub(super) voted_for: Option<MemberId>,
    pub(super) role: Role,
    pub(super) leader: Option<MemberId>,
    pub(super) known_max_term: Term,
    pub(super) committed: Index,
    /// `ledgerEndIndex` and `ledgerEndTerm` of `MemberState`, as they were told
    told_end: (Index, Term),
    /// `peersLiveTable`: who answered the last heartbeat
    pub(super) live: Vec<bool>,
    pub(super) elector: Elector,
    pub(super) dispatchers: Vec<Dispatcher>,
    pub(super) handler: EntryHandler,
    pub(super) quorum: QuorumChecker,
    pub(super) transfers: Transfers,
    /// writes of the file `checkpoint`, and when the committedIndex last changed
    checkpoints: Loop,
    committed_since: Micros,
}

impl Member {
    /// Starts a process on `disk`, whose log has been recovered. `now` is when its elector first looks;
    /// calls may arrive before, as the RPC service starts earlier (`DLedgerServer.startup`).
    pub fn start(id: MemberId, members: u8, config: Config, mut disk: Disk, now: Micros) -> Member {
        debug_assert!(id.0 < members);
        disk.started(now);
        let end = disk.store.end_index();
        let pusher = Loop::starting_at(now, PUSHER_PAUSE);
        let dispatchers = (0..members)
            .map(MemberId)
            .filter(|peer| *peer != id)
            .map(|peer| Dispatcher::new(peer, pusher, end))
            .collect();
        // Only this program writes the file, so it can be read; were it not so, the original too starts anew.
        let vote = disk.vote.read().unwrap_or_default();
        let quorum = QuorumChecker::new(pusher, config.timeout_scan_period, members);
        let checkpoint = config.checkpoint_interval.map(|_| disk.checkpoint.min(end));
        let checkpoint_interval = config.checkpoint_interval.unwrap_or(Micros(1));
        Member {
            id,
            members,
            told_end: (end, disk.store.end_term()),
            live: vec![false; usize::from(members)],
            checkpoints: Loop::starting_at(now + checkpoint_interval, checkpoint_interval),
            config,
            disk,
            term: vote.term,
            voted_for: vote.voted_for.as_deref().and_then(MemberId::from_self_id),
            role: Role::Candidate,
            leader: None,
            known_max_term: Term::NONE,
            committed: checkpoint.unwrap_or(Index::NONE),
            committed_since: now,
            elector: Elector::new(Loop::starting_at(now, MAINTAINER_PAUSE)),
            dispatchers,
            handler: EntryHandler::new(pusher),
            quorum,
            transfers: Transfers::new(now),
        }
    }

    /// The process dies; what it had written stays. Without the rule the vote is not among that: the process died
    /// after it had deleted the old `currterm`, before it gave the new one its name (B14).
    pub fn into_disk(mut self, now: Micros) -> Disk {
        self.checkpoint(now);
        if !self.config.rules.keep(Rule::RememberVote) {
            self.disk.vote.lose();
        }
        self.disk
    }

    /// Writes the committedIndex as it was when its file was last due.
    fn checkpoint(&mut self, now: Micros) {
        let due = self.checkpoints.pass_at_or_after(self.committed_since);
        if self.config.checkpoint_interval.is_some() && due <= now {
            self.disk.checkpoint = self.committed;
        }
    }

    /// `committedIndex` moves up.
    pub(super) fn raise_committed(&mut self, now: Micros, index: Index) {
        self.checkpoint(now);
        self.committed = index;
        self.committed_since = now;
    }

    /// An entry was written, by the leader or from a push.
    pub(super) fn wrote(&mut self, now: Micros, index: Index, term: Term) {
        self.disk.wrote(now, index);
        self.told_end = (index, term);
    }

    /// Up to where this member stands for its log: what it says it has, counts as its own copy, and pushes to others.
    /// That is the end; with the rule, where the last flush reached. A leader does not even push what no flush has
    /// reached: having lost it, it can be elected again in the same term, and would give the index to another entry.
    pub(super) fn vouched(&self, now: Micros) -> Index {
        if self.config.rules.keep(Rule::FlushBeforeAcknowledging) {
            self.disk.flushed(now)
        } else {
            self.end_index()
        }
    }

    /// The end of the log that votes go by. Without the rule it is what `MemberState` was told last: a truncate
    /// tells it nothing.
    pub fn ledger_end(&self) -> (Index, Term) {
        if self.config.rules.keep(Rule::VoteByTheLog) {
            (self.end_index(), self.store().end_term())
        } else {
            self.told_end
        }
    }

    pub fn id(&self) -> MemberId {
        self.id
    }

    pub fn role(&self) -> Role {
        self.role
    }

    /// `currTerm`
    pub fn term(&self) -> Term {
        self.term
    }

    /// `currVoteFor`
    pub fn voted_for(&self) -> Option<MemberId> {
        self.voted_for
    }

    /// `leaderId`
    pub fn leader(&self) -> Option<MemberId> {
        self.leader
    }

    pub fn committed_index(&self) -> Index {
        self.committed
    }

    /// Index of the last entry in the store.
    pub fn end_index(&self) -> Index {
        self.disk.store.end_index()
    }

    /// It keeps these rules from now on.
    pub fn set_rules(&mut self, rules: Rules) {
        self.config.rules = rules;
    }

    pub fn disk_mut(&mut self) -> &mut Disk {
        &mut self.disk
    }

    pub fn store(&self) -> &EntryStore {
        &self.disk.store
    }

    /// `isQuorum(n)`: more than half of all members.
    pub fn is_quorum(&self, n: u32) -> bool {
        self.is_quorum_if(true, n)
    }

    /// The same, or without the rule in question half of all members, rounded down: `>=` where `>` was meant.
    pub(super) fn is_quorum_if(&self, kept: bool, n: u32) -> bool {
        n + u32::from(!kept) > u32::from(self.members) / 2
    }

    /// The rules it keeps at present.
    pub fn rules(&self) -> Rules {
        self.config.rules
    }

    /// `persistTerm()`: on disk before any answer leaves.
    pub(super) fn set_vote(&mut self, term: Term, voted_for: Option<MemberId>) {
        self.term = term;
        self.voted_for = voted_for;
        self.disk.vote.write(term, voted_for.map(MemberId::self_id).as_deref());
    }

    pub(super) fn peers(&self) -> impl Iterator<Item = MemberId> + use<> {
        let id = self.id;
        (0..self.members).map(MemberId).filter(move |p| *p != id)
    }

    pub(super) fn is_member(&self, id: MemberId) -> bool {
        id.0 < self.members
    }

    /// A call from another member arrived. Its answer may come at once, later, or never.
    pub fn on_call(&mut self, ctx: &mut Context, from: MemberId, call: CallId, request: Request) {
        let push = matches!(request, Request::Push { .. });
        self.take_call(ctx, from, call, request);
        if push {
            self.work_on_pushes(ctx); // the worker is woken at once
        }
    }

    /// The answer to a call of this process, or the failure that stands for it.
    pub fn on_answer(&mut self, ctx: &mut Context, from: MemberId, tag: CallTag, response: Response) {
        self.take_answer(ctx, from, tag, response);
        if matches!(tag, CallTag::Vote { .. }) {
            self.end_vote_round_if_decided(ctx);
        }
    }

    /// Does whatever is due at `ctx.now`. Calling it when nothing is due changes nothing.
    pub fn wake(&mut self, ctx: &mut Context) {
        self.maintain(ctx);
        self.run_entry_handler(ctx);
        self.run_dispatchers(ctx);
        self.run_quorum_checker(ctx);
        self.run_transfers(ctx);
    }

    /// When [`Member::wake`] would next do something, given that it was just called at `now`; `None` if
    /// only a message can move this member.
    pub fn next_wakeup(&self, now: Micros) -> Option<Micros> {
        [
            self.next_maintenance(now),
            self.next_entry_handling(now),
            self.next_dispatch(now),
            self.next_quorum_check(now),
            self.next_transfer(now),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// `changeRoleToLeader(t)`: skipped if the term moved on.
    pub(super) fn change_to_leader(&mut self, ctx: &mut Context, term: Term) {
        if self.term() != term {
            return;
        }
        self.role = Role::Leader;
        self.leader = Some(self.id);
        self.live.fill(false);
        self.elector.last_send_heartbeat = None;
        self.quorum.look_again();
        self.role_changed(ctx, term);
        if self.config.rules.keep(Rule::NoopOnElection) && self.committed < self.end_index() {
            // A full disk is the only obstacle; then the log is committed with the next entry that fits.
            let _ = self.append_noop(ctx);
        }
    }

    /// `changeRoleToCandidate(t)`: the term itself is raised later, by the maintainer alone.
    pub(super) fn change_to_candidate(&mut self, ctx: &mut Context, term: Term) {
        if term < self.term() {
            return;
        }
        self.known_max_term = self.known_max_term.max(term);
        self.role = Role::Candidate;
        self.leader = None;
        self.transfers.forget();
        // Without the rule a vote given in this term can be given again.
        if !self.config.rules.keep(Rule::VoteOnceATerm) {
            self.set_vote(self.term, None);
        }
        self.role_changed(ctx, term);
    }

    /// Told of a larger term, a member becomes candidate. Without the rule a leader takes that term over as it is, and
    /// goes on leading in it, whoever was elected for it.
    pub(super) fn step_down(&mut self, ctx: &mut Context, term: Term) {
        if self.role != Role::Leader || self.config.rules.keep(Rule::StepDownOnLargerTerm) {
            self.change_to_candidate(ctx, term);
        } else if term > self.term() {
            self.set_vote(term, None);
            self.role_changed(ctx, term);
        }
    }

    /// A vote request or a heartbeat was of a larger term: the maintainer raises the own one on its next pass.
    pub(super) fn hear_of_larger_term(&mut self, ctx: &mut Context, term: Term) {
        self.step_down(ctx, term);
        if self.role == Role::Candidate {
            self.elector.need_increase_term_immediately = true;
        }
    }

    /// `changeRoleToFollower(t, L)`
    pub(super) fn change_to_follower(&mut self, ctx: &mut Context, term: Term, leader: MemberId) {
        debug_assert_eq!(self.term(), term);
        self.elector.last_parse_result = super::ParseResult::WaitToRevote;
        self.role = Role::Follower;
        self.leader = Some(leader);
        self.transfers.forget();
        self.elector.last_leader_heartbeat = Some(ctx.now);
        self.role_changed(ctx, term);
    }

    fn role_changed(&mut self, ctx: &mut Context, term: Term) {
        self.check_take_leadership(ctx, term);
        ctx.note(Note::Role { term, role: self.role, leader: self.leader });
    }
}
