//! The follower's side of replication (`DLedgerEntryPusher.EntryHandler`): takes pushes in, puts APPENDs in
//! order, answers, and learns the commit index.

use std::collections::VecDeque;

use super::config::{CONTROL_QUEUE_MAX, GAP_AGE, GAP_CHECK_PERIOD};
use super::member::{Context, Member, MemberId, Role};
use super::message::{CallId, Code, Note, Push, PushResponse, Response};
use super::rules::Rule;
use crate::store::{Entry, Index, Term};
use crate::time::{Loop, Micros};

/// What waits at a follower.
#[derive(Clone, Debug)]
pub(super) struct EntryHandler {
    passes: Loop,
    /// `writeRequestMap`: APPENDs, ordered by their first index, which no two share
    writes: Vec<Waiting>,
    /// `compareOrTruncateRequests`: everything else, in order
    control: VecDeque<Waiting>,
    /// passes that look at waiting APPENDs which do not fit: their rhythm is the process's, whatever waits
    gap_checks: Loop,
    /// answers that say that the log is there up to an index for which no flush has come yet
    unflushed: Vec<(Index, CallId, PushResponse)>,
}

/// A push that waits for the worker.
#[derive(Clone, Debug)]
struct Waiting {
    call: CallId,
    from: MemberId,
    term: Term,
    commit_index: Index,
    push: Push,
    since: Micros,
}

impl Waiting {
    fn answer(&self, ctx: &mut Context, code: Code) {
        ctx.reply(self.call, Response::Push(PushResponse::new(self.term, code, &self.push)));
    }

    fn entries(&self) -> &[Entry] {
        match &self.push {
            Push::Append { entries } => entries,
            _ => &[],
        }
    }

    fn first_index(&self) -> Index {
        self.entries().first().map_or(Index::NONE, |e| e.index)
    }

    fn last_index(&self) -> Index {
        self.entries().last().map_or(Index::NONE, |e| e.index)
    }
}

impl EntryHandler {
    pub fn new(passes: Loop) -> EntryHandler {
        let first_check = passes.pass_at_or_after(Micros::ZERO) + GAP_CHECK_PERIOD;
        EntryHandler {
            passes,
            writes: Vec::new(),
            control: VecDeque::new(),
            gap_checks: Loop::starting_at(first_check, GAP_CHECK_PERIOD),
            unflushed: Vec::new(),
        }
    }

    /// Where the APPEND that starts at `index` is, or would be.
    fn find(&self, index: Index) -> Result<usize, usize> {
        self.writes.binary_search_by_key(&index, Waiting::first_index)
    }

    fn take(&mut self, index: Index) -> Option<Waiting> {
        let at = self.find(index).ok()?;
        Some(self.writes.remove(at))
    }
}

impl Member {
    /// `handlePush`: the intake.
    pub(super) fn take_push(
        &mut self,
        ctx: &mut Context,
        from: MemberId,
        call: CallId,
        term: Term,
        commit_index: Index,
        push: Push,
    ) {
        let waiting = Waiting { call, from, term, commit_index, push, since: ctx.now };
        let handler = &mut self.handler;
        match &waiting.push {
            Push::Append { entries } if entries.is_empty() => {
                waiting.answer(ctx, Code::UnexpectedArgument);
            }
            Push::Append { .. } => match handler.find(waiting.first_index()) {
                Ok(_) => waiting.answer(ctx, Code::RepeatedPush),
                Err(at) => handler.writes.insert(at, waiting),
            },
            Push::Commit | Push::Compare { .. } | Push::Truncate { .. } => {
                if !matches!(waiting.push, Push::Commit) {
                    // Cleared requests are never answered: their caller waits its 3 s.
                    handler.writes.clear();
                }
                if handler.control.len() >= CONTROL_QUEUE_MAX {
                    waiting.answer(ctx, Code::PushRequestIsFull);
                } else {
                    handler.control.push_back(waiting);
                }
            }
        }
    }

    /// Says that the log is there up to `index`: at once, or when it may.
    fn vouch(&mut self, ctx: &mut Context, index: Index, call: CallId, response: PushResponse) {
        if index <= self.vouched(ctx.now) {
            ctx.reply(call, Response::Push(response));
        } else {
            self.handler.unflushed.push((index, call, response));
        }
    }

    /// Gives the answers for which the flush has come.
    fn answer_flushed(&mut self, ctx: &mut Context) {
        let vouched = self.vouched(ctx.now);
        self.handler.unflushed.retain(|(index, call, response)| {
            let waits = *index > vouched;
            if !waits {
                ctx.reply(*call, Response::Push(*response));
            }
            waits
        });
    }

    /// Entries from `first` on are gone before they were flushed, and with them what was to be said of them.
    fn forget_unflushed(&mut self, ctx: &mut Context, first: Index) {
        self.handler.unflushed.retain(|(index, call, response)| {
            let stays = *index < first;
            if !stays {
                let gone = PushResponse { code: Code::InconsistentState, ..*response };
                ctx.reply(*call, Response::Push(gone));
            }
            stays
        });
    }

    fn next_flushed_answer(&self, now: Micros) -> Option<Micros> {
        let first = self.handler.unflushed.iter().map(|(index, ..)| *index).min()?;
        if first <= self.vouched(now) { Some(now) } else { self.disk.flush_due(now) }
    }

    /// The worker's pass, if one is due.
    pub(super) fn run_entry_handler(&mut self, ctx: &mut Context) {
        if !self.handler.unflushed.is_empty() {
            self.answer_flushed(ctx);
        }
        if self.next_push_work(ctx.now) == Some(ctx.now) {
            self.work_on_pushes(ctx);
        }
        if self.next_gap_check(ctx.now) == Some(ctx.now) {
            self.check_gaps(ctx);
        }
    }

    /// When the worker next does something by itself.
    pub(super) fn next_entry_handling(&self, now: Micros) -> Option<Micros> {
        let work = self.next_push_work(now).or_else(|| self.next_gap_check(now));
        work.into_iter().chain(self.next_flushed_answer(now)).min()
    }

    /// Something waits that it can handle, or must refuse: after this member became a follower, say.
    pub(super) fn next_push_work(&self, now: Micros) -> Option<Micros> {
        let handler = &self.handler;
        let follows = self.role == Role::Follower;
        let fits = || handler.find(self.end_index().next()).is_ok();
        let work = !handler.control.is_empty() || follows && fits();
        work.then(|| handler.passes.pass_at_or_after(now))
    }

    pub(super) fn next_gap_check(&self, now: Micros) -> Option<Micros> {
        let handler = &self.handler;
        let waits = self.role == Role::Follower && !handler.writes.is_empty();
        waits.then(|| handler.gap_checks.pass_at_or_after(now))
    }

    /// Passes without a pause until nothing is left that can be handled.
    pub(super) fn work_on_pushes(&mut self, ctx: &mut Context) {
        self.handler.passes.pass_done(ctx.now);
        loop {
            if self.role != Role::Follower {
                for waiting in std::mem::take(&mut self.handler.control) {
                    waiting.answer(ctx, Code::NotFollower);
                }
                return;
            }
            if let Some(waiting) = self.handler.control.pop_front() {
                self.handle_control(ctx, &waiting);
                continue;
            }
            let next = self.end_index().next();
            let Some(waiting) = self.handler.take(next) else {
                return;
            };
            self.handle_append_push(ctx, &waiting);
        }
    }

    /// Whether the push is of the known leader in the present term. The original looks at that for APPENDs only,
    /// and executes COMPARE, TRUNCATE and COMMIT of anybody in any term (B3); a delayed request of a deposed
    /// leader can then delete or commit what it knows nothing of.
    fn refuse_stranger(&self, waiting: &Waiting) -> Option<Code> {
        if waiting.term != self.term() {
            Some(Code::InconsistentTerm)
        } else if Some(waiting.from) != self.leader {
            Some(Code::InconsistentLeader)
        } else {
            None
        }
    }

    fn handle_control(&mut self, ctx: &mut Context, waiting: &Waiting) {
        let refusal = self.refuse_stranger(waiting);
        if let Some(code) = refusal.filter(|_| self.config.rules.keep(Rule::CheckControlPushes)) {
            return waiting.answer(ctx, code);
        }
        match &waiting.push {
            Push::Compare { pre_log_index, pre_log_term } => {
                let response = PushResponse::new(waiting.term, Code::Success, &waiting.push);
                let response = self.compare_with(response, *pre_log_index, *pre_log_term);
                // The leader counts what agrees as a copy.
                let agrees = response.code == Code::Success;
                let said = if agrees { *pre_log_index } else { Index::NONE };
                self.vouch(ctx, said, waiting.call, response);
            }
            Push::Truncate { pre_log_index, pre_log_term } => {
                let code = self.truncate_from(ctx, waiting.term, *pre_log_index, *pre_log_term);
                waiting.answer(ctx, code);
                if code == Code::Success {
                    self.learn_commit_index(ctx, waiting.commit_index);
                }
            }
            Push::Commit => {
                self.learn_commit_index(ctx, waiting.commit_index);
                waiting.answer(ctx, Code::Success);
            }
            Push::Append { .. } => {}
        }
    }

    /// `handleDoCompare`
    fn compare_with(
        &self,
        mut response: PushResponse,
        pre_log_index: Index,
        pre_log_term: Term,
    ) -> PushResponse {
        if pre_log_index == Index::NONE && pre_log_term == Term::NONE {
            return response; // the empty log is a beginning of every log
        }
        let Some(own_term) = self.store().term_at(pre_log_index) else {
            response.code = Code::InconsistentState;
            response.end_index = self.end_index();
            return response;
        };
        if own_term != pre_log_term {
            let mut first = pre_log_index;
            while self.store().term_at(first.prev()) == Some(own_term) {
                first = first.prev();
            }
            response.code = Code::InconsistentState;
            response.x_term = own_term;
            response.x_index = first;
        }
        response
    }

    /// `handleDoTruncate`, but deleting only what conflicts: nothing if the entry at `first` is the leader's
    /// own (same term, so same entry), nothing that is committed. The original deletes whatever is there,
    /// so that a delayed or repeated request takes acknowledged entries away (B4).
    fn truncate_from(
        &mut self,
        ctx: &mut Context,
        term: Term,
        first: Index,
        leaders_term_there: Term,
    ) -> Code {
        // Without the rule nothing is deleted, and the leader is told that it was.
        if !self.config.rules.keep(Rule::TruncateConflicts) {
            return Code::Success;
        }
        let Some(own_term) = self.store().term_at(first) else {
            return if self.end_index() == first.prev() { Code::Success } else { Code::InconsistentState };
        };
        if self.truncates_only_conflicts()
            && let Some(code) = self.spare(term, first, (own_term, leaders_term_there))
        {
            return code;
        }
        let count = (self.end_index().0 - first.0 + 1) as u64;
        // Not erased, recovery scans past the cut and brings the entries back (B16).
        self.disk.store.truncate(first, self.config.rules.keep(Rule::EraseOnTruncate));
        self.disk.truncated(first);
        self.forget_unflushed(ctx, first);
        ctx.note(Note::Truncated { from: first, count });
        Code::Success
    }

    /// The answer to a TRUNCATE that would delete what does not conflict.
    fn spare(&self, term: Term, first: Index, (own_term, leaders_term_there): (Term, Term)) -> Option<Code> {
        // Where the leader had no entry when it sent this, only its own present term can be its own.
        let leaders_own = if leaders_term_there == Term::NONE { term } else { leaders_term_there };
        if own_term == leaders_own {
            return Some(Code::Success);
        }
        (first <= self.committed).then_some(Code::InconsistentState)
    }

    /// Without this rule a TRUNCATE deletes all from an index on, which the leader finds by going below the
    /// follower's whole conflicting term (B4).
    pub(super) fn truncates_only_conflicts(&self) -> bool {
        self.config.rules.keep(Rule::TruncateOnlyConflicts)
    }

    /// `handleDoAppend` with the checks of `appendAsFollower`; all failures look the same to the leader.
    fn handle_append_push(&mut self, ctx: &mut Context, waiting: &Waiting) {
        for entry in waiting.entries() {
            let fits = self.role == Role::Follower
                && !self.disk.full
                && self.refuse_stranger(waiting).is_none()
                && self.disk.store.append_as_follower(entry).is_ok();
            if !fits {
                return waiting.answer(ctx, Code::InconsistentState);
            }
            self.wrote(ctx.now, entry.index, entry.term);
            ctx.note(Note::Appended { index: entry.index, term: entry.term });
        }
        let done = PushResponse::new(waiting.term, Code::Success, &waiting.push);
        self.vouch(ctx, waiting.last_index(), waiting.call, done);
        self.learn_commit_index(ctx, waiting.commit_index);
    }

    /// Raised only, and never beyond the own end.
    fn learn_commit_index(&mut self, ctx: &mut Context, leaders: Index) {
        let committed = leaders.min(self.end_index());
        if committed > self.committed {
            self.set_committed(ctx, committed);
        }
    }

    /// `checkAbnormalFuture`: repeats are answered from the log; a gap that has become old is reported, so
    /// that the leader compares again.
    pub(super) fn check_gaps(&mut self, ctx: &mut Context) {
        self.handler.gap_checks.pass_done(ctx.now);
        let end = self.end_index();
        let mut gap = None;
        let mut n = 0;
        while let Some(push) = self.handler.writes.get(n) {
            if push.last_index() <= end {
                let same = push.entries().iter().all(|e| self.store().entry(e.index) == Some(e));
                let code = if same { Code::Success } else { Code::InconsistentState };
                let said = if same { push.last_index() } else { Index::NONE };
                let (call, answer) = (push.call, PushResponse::new(push.term, code, &push.push));
                self.handler.writes.remove(n);
                self.vouch(ctx, said, call, answer);
                continue;
            }
            if push.first_index() == end.next() {
                return;
            }
            if gap.is_none() && ctx.now >= push.since + GAP_AGE {
                gap = Some(push.first_index());
            }
            n += 1;
        }
        if let Some(push) = gap.and_then(|first| self.handler.take(first)) {
            push.answer(ctx, Code::InconsistentState);
        }
    }
}
