//! The leader's side of replication: one dispatcher for each peer (`DLedgerEntryPusher.EntryDispatcher`),
//! which finds where the logs agree (COMPARE), has the rest deleted (TRUNCATE), sends what is missing
//! (APPEND) and tells the commit index when there is nothing to send (COMMIT).

use std::collections::VecDeque;
use std::rc::Rc;

use super::config::{
    COMMIT_PUSH_INTERVAL, DISPATCHER_ERROR_PAUSE, DISPATCHER_PENDING_MAX, MAX_BATCH_APPEND_SIZE,
};
use super::member::{Context, Member, MemberId, Role};
use super::message::{CallTag, Code, Push, PushKind, PushResponse, Request};
use super::rules::Rule;
use crate::store::{Entry, Index, Term};
use crate::time::{Loop, Micros, elapsed_more_than};

/// `EntryDispatcherState`. INSTALL_SNAPSHOT is left out: RocketMQ never turns snapshots on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum DispatcherState {
    Compare,
    Truncate,
    Append,
}

/// An APPEND request: its entries, and when it was sent.
#[derive(Clone, Copy, Debug)]
struct Pushed {
    first: Index,
    last: Index,
    sent: Micros,
}

/// One per remote member; lives as long as the process.
#[derive(Clone, Debug)]
pub(super) struct Dispatcher {
    peer: MemberId,
    state: DispatcherState,
    /// the leadership it works for
    term: Term,
    /// next index to send; one beyond the index to compare
    write_index: Index,
    /// highest index known to be equal on the peer
    match_index: Index,
    /// APPEND requests without an answer, oldest first
    pending: VecDeque<Pushed>,
    last_push: Option<Micros>,
    /// the COMPARE or TRUNCATE that the thread waits for
    awaiting: Option<u32>,
    calls: u32,
    paused_until: Micros,
    passes: Loop,
}

impl Dispatcher {
    /// `end` is where the log ends as the process starts.
    pub fn new(peer: MemberId, passes: Loop, end: Index) -> Dispatcher {
        Dispatcher {
            peer,
            state: DispatcherState::Compare,
            term: Term::NONE,
            write_index: end.next(),
            match_index: Index::NONE,
            pending: VecDeque::new(),
            last_push: None,
            awaiting: None,
            calls: 0,
            paused_until: Micros::ZERO,
            passes,
        }
    }

    fn tag(&mut self) -> CallTag {
        self.calls += 1;
        CallTag::Push { term: self.term, call: self.calls }
    }

    fn acknowledge(&mut self, index: Index) {
        self.match_index = self.match_index.max(index);
        while self.pending.front().is_some_and(|pushed| pushed.last <= self.match_index) {
            self.pending.pop_front();
        }
    }
}

impl Member {
    /// `changeState(COMPARE)`. Without the rule the write index is reset only on leaving APPEND, so that a first
    /// leadership compares where the log ended when the process started, far below the common end, and has
    /// committed entries deleted (B1).
    fn start_comparing(&mut self, n: usize) {
        let end = self.end_index();
        let d = &mut self.dispatchers[n];
        if d.state == DispatcherState::Append || self.config.rules.keep(Rule::CompareFromTheEnd) {
            d.write_index = end.next();
            d.pending.clear();
        }
        d.state = DispatcherState::Compare;
    }

    fn fail(&mut self, n: usize, now: Micros) {
        self.start_comparing(n);
        self.dispatchers[n].paused_until = now + DISPATCHER_ERROR_PAUSE;
    }

    /// Up to where the peer is known to hold the log, as the look for overdue pushes sees it. Without the rule
    /// that is the peer's mark *of this term*, and so nothing is seen until the first entry of the term is
    /// acknowledged (B5).
    fn acknowledged(&self, n: usize) -> Index {
        let d = &self.dispatchers[n];
        if self.config.rules.keep(Rule::ResendFromTheMatch) { d.match_index } else { self.watermark(d.peer) }
    }

    /// When the oldest unacknowledged entry will have been sent too long ago: everything from there goes out
    /// again.
    fn resend_time(&self, n: usize) -> Option<Micros> {
        let pending = &self.dispatchers[n].pending;
        pending.front()?;
        let next = self.acknowledged(n).next();
        let oldest = pending.iter().find(|pushed| pushed.first >= next)?;
        (oldest.first == next).then(|| oldest.sent + self.config.max_push_timeout + Micros(1))
    }

    /// The passes of all dispatchers that are due, or woken by an append (`wakeUpDispatchers`).
    pub(super) fn run_dispatchers(&mut self, ctx: &mut Context) {
        for n in 0..self.dispatchers.len() {
            if self.next_dispatch_of(n, ctx.now) == Some(ctx.now) {
                self.dispatchers[n].passes.pass_done(ctx.now);
                self.dispatch(ctx, n, usize::MAX);
            }
        }
    }

    /// When a dispatcher next does something by itself.
    pub(super) fn next_dispatch(&self, now: Micros) -> Option<Micros> {
        (0..self.dispatchers.len()).filter_map(|n| self.next_dispatch_of(n, now)).min()
    }

    /// [`Member::next_dispatch`], for the dispatcher of one peer.
    pub(super) fn next_dispatch_to(&self, peer: MemberId, now: Micros) -> Option<Micros> {
        self.next_dispatch_of(self.dispatchers.iter().position(|d| d.peer == peer)?, now)
    }

    /// One pass of the dispatcher of `peer`, unless it is blocked or pauses; in APPEND one turn of its loop, as
    /// other threads run between the turns.
    pub(super) fn dispatcher_pass(&mut self, ctx: &mut Context, peer: MemberId) {
        let Some(n) = self.dispatchers.iter().position(|d| d.peer == peer) else {
            return;
        };
        let d = &mut self.dispatchers[n];
        if self.role == Role::Leader && d.awaiting.is_none() && ctx.now >= d.paused_until {
            d.passes.pass_done(ctx.now);
            self.dispatch(ctx, n, 1);
        }
    }

    fn next_dispatch_of(&self, n: usize, now: Micros) -> Option<Micros> {
        let d = &self.dispatchers[n];
        if self.role != Role::Leader || d.awaiting.is_some() {
            return None; // the thread is blocked until the answer, or the failure, of its call is there
        }
        let due = if d.paused_until > now {
            return Some(d.paused_until);
        } else if d.term != self.term() {
            now
        } else if d.state == DispatcherState::Append {
            let commit = self
                .end_index()
                .ge(&Index(0))
                .then(|| d.last_push.map_or(now, |t| t + COMMIT_PUSH_INTERVAL + Micros(1)));
            let resend = self.resend_time(n);
            let more = d.pending.len() < DISPATCHER_PENDING_MAX;
            if more && d.write_index <= self.vouched(now) {
                // An append wakes the thread; it does not wait for its next pass.
                return Some(now);
            }
            let waits = more && d.write_index <= self.end_index();
            let flush = if waits { self.disk.flush_due(now) } else { None };
            commit.into_iter().chain(resend).chain(flush).min()?
        } else if self.end_index() == Index::NONE {
            return None; // nothing to compare: idle until the first append
        } else {
            now
        };
        Some(d.passes.pass_at_or_after(due.max(now)))
    }

    fn dispatch(&mut self, ctx: &mut Context, n: usize, turns: usize) {
        let (term, end) = (self.term(), self.end_index());
        if self.dispatchers[n].term != term {
            // `checkFreshness`: a new leadership starts by comparing.
            self.dispatchers[n].term = term;
            self.start_comparing(n);
        }
        match self.dispatchers[n].state {
            DispatcherState::Compare if end == Index::NONE => {}
            DispatcherState::Compare => self.compare(ctx, n),
            DispatcherState::Truncate => self.truncate(ctx, n),
            DispatcherState::Append => self.append_to_peer(ctx, n, turns),
        }
    }

    fn push(&mut self, ctx: &mut Context, n: usize, push: Push) {
        let commit_index = self.committed;
        let d = &mut self.dispatchers[n];
        let tag = d.tag();
        if matches!(push.kind(), PushKind::Compare | PushKind::Truncate) {
            d.awaiting = Some(d.calls);
        }
        let request = Request::Push { term: d.term, commit_index, push };
        ctx.call(d.peer, tag, request);
    }

    fn compare(&mut self, ctx: &mut Context, n: usize) {
        let compare_index = self.dispatchers[n].write_index.prev();
        let pre_log_term = self.store().term_at(compare_index).unwrap_or(Term::NONE);
        let push = Push::Compare { pre_log_index: compare_index, pre_log_term };
        self.push(ctx, n, push);
    }

    fn truncate(&mut self, ctx: &mut Context, n: usize) {
        let first = self.dispatchers[n].match_index.next();
        let own_term = self.store().term_at(first).filter(|_| self.truncates_only_conflicts());
        let pre_log_term = own_term.unwrap_or(Term::NONE);
        self.push(ctx, n, Push::Truncate { pre_log_index: first, pre_log_term });
    }

    /// `doAppend`: sends again what is overdue, then everything new, then the commit index if it was quiet.
    fn append_to_peer(&mut self, ctx: &mut Context, n: usize, mut turns: usize) {
        while turns > 0 && self.append_turn(ctx, n) {
            turns -= 1;
        }
    }

    /// One turn of its loop; whether there is another.
    fn append_turn(&mut self, ctx: &mut Context, n: usize) -> bool {
        let overdue = self.resend_time(n).is_some_and(|t| ctx.now >= t);
        let acknowledged = self.acknowledged(n);
        let end = self.vouched(ctx.now);
        let d = &mut self.dispatchers[n];
        if overdue {
            d.write_index = acknowledged.next();
            d.pending.clear();
        }
        if d.write_index > end {
            if elapsed_more_than(ctx.now, d.last_push, COMMIT_PUSH_INTERVAL) {
                d.last_push = Some(ctx.now);
                self.push(ctx, n, Push::Commit);
            }
            return false;
        }
        if d.pending.len() >= DISPATCHER_PENDING_MAX {
            return false;
        }
        let first = d.write_index;
        let Some(entries) = self.batch(first, end) else {
            return false;
        };
        let last = Index(first.0 + entries.len() as i64 - 1);
        let d = &mut self.dispatchers[n];
        d.pending.push_back(Pushed { first, last, sent: ctx.now });
        d.last_push = Some(ctx.now);
        d.write_index = last.next();
        self.push(ctx, n, Push::Append { entries });
        true
    }

    /// What goes out in one request: one entry, unless batching is on. Without the rule it is one even then,
    /// since the time of the last push, against which a waiting batch is measured, is never noted (B8).
    fn batch(&self, first: Index, end: Index) -> Option<Rc<[Entry]>> {
        let entry = self.disk.store.get(first)?;
        let mut size = entry.size();
        if !self.config.batch_append || !self.config.rules.keep(Rule::BatchesFill) {
            return Some(Rc::from([entry]));
        }
        let mut entries = vec![entry];
        let mut index = first.next();
        while size < MAX_BATCH_APPEND_SIZE
            && index <= end
            && let Some(entry) = self.disk.store.get(index)
        {
            size += entry.size();
            entries.push(entry);
            index = index.next();
        }
        Some(entries.into())
    }

    pub(super) fn on_push_answer(
        &mut self,
        ctx: &mut Context,
        from: MemberId,
        term: Term,
        call: u32,
        response: PushResponse,
    ) {
        let Some(n) = self.dispatchers.iter().position(|d| d.peer == from) else {
            return;
        };
        let awaited = self.dispatchers[n].awaiting == Some(call);
        if awaited {
            self.dispatchers[n].awaiting = None;
            self.dispatchers[n].passes.pass_done(ctx.now);
        }
        if self.role != Role::Leader || self.term() != term || self.dispatchers[n].term != term {
            return; // the answer to an earlier leadership says nothing about this one
        }
        match response.kind {
            PushKind::Compare if awaited => self.on_compared(ctx, n, response),
            PushKind::Truncate if awaited => self.on_truncated(ctx, n, response),
            PushKind::Append => self.on_append_answer(n, response),
            _ => {}
        }
    }

    fn on_compared(&mut self, ctx: &mut Context, n: usize, response: PushResponse) {
        let compared = self.dispatchers[n].write_index.prev();
        match response.code {
            Code::Success => {
                let d = &mut self.dispatchers[n];
                d.match_index = compared;
                d.state = DispatcherState::Truncate;
                let peer = d.peer;
                self.count_copy(peer, compared);
            }
            Code::InconsistentState => {
                let next = if response.x_term != Term::NONE {
                    self.last_common_candidate(compared, response.x_term, response.x_index)
                } else {
                    response.end_index
                };
                self.dispatchers[n].write_index = next.next();
                self.compare(ctx, n); // at once, without a pause
            }
            _ => self.fail(n, ctx.now),
        }
    }

    /// The highest index at which the logs may still agree, given that the peer's run of `x_term` from
    /// `x_index` on differs at `compared`. Looking for that term in the own log finds the very last common
    /// entry, so that TRUNCATE deletes nothing that agrees; without the rule it is below the peer's whole run.
    fn last_common_candidate(&self, compared: Index, x_term: Term, x_index: Index) -> Index {
        let mut i = compared.prev();
        while i >= x_index && self.truncates_only_conflicts() {
            match self.store().term_at(i) {
                Some(t) if t > x_term => i = i.prev(),
                Some(t) if t == x_term => return i,
                _ => break,
            }
        }
        x_index.prev()
    }

    fn on_truncated(&mut self, ctx: &mut Context, n: usize, response: PushResponse) {
        if response.code == Code::Success {
            let d = &mut self.dispatchers[n];
            d.state = DispatcherState::Append;
            d.last_push = Some(ctx.now);
            d.pending.clear();
        } else {
            self.fail(n, ctx.now);
        }
    }

    fn on_append_answer(&mut self, n: usize, response: PushResponse) {
        let d = &mut self.dispatchers[n];
        match response.code {
            Code::Success => {
                let last = Index(response.index.0 + i64::from(response.count) - 1);
                d.acknowledge(last);
                let peer = d.peer;
                self.count_copy(peer, last);
            }
            Code::InconsistentState if d.state == DispatcherState::Append => self.start_comparing(n),
            _ => {} // the entry goes out again when its time is over
        }
    }
}
