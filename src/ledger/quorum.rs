//! Counting acknowledgements, committing, and answering client appends (`QuorumAckChecker`,
//! `DLedgerServer.handleAppend`).

use std::collections::VecDeque;

use super::member::{Context, Member, MemberId, Role};
use super::message::{Code, Note};
use super::rules::Rule;
use crate::store::{EntryKind, Index, Term};
use crate::time::{Loop, Micros};

/// The leader's books.
#[derive(Clone, Debug)]
pub(super) struct QuorumChecker {
    passes: Loop,
    timeout_scans: Loop,
    /// `peerWaterMarksByTerm`, of the one term that counts: for each member, the highest index it is known
    /// to hold whose entry is of that term
    marks_term: Term,
    marks: Vec<Index>,
    /// `pendingClosure`: client appends that wait, oldest first
    pending: VecDeque<Pending>,
    /// something changed since the last pass
    dirty: bool,
}

/// A client append that waits.
#[derive(Clone, Copy, Debug)]
struct Pending {
    index: Index,
    term: Term,
    since: Micros,
}

impl QuorumChecker {
    pub fn new(passes: Loop, timeout_scan_period: Micros, members: u8) -> QuorumChecker {
        QuorumChecker {
            passes,
            timeout_scans: Loop::starting_at(passes.pass_at_or_after(Micros::ZERO), timeout_scan_period),
            marks_term: Term::NONE,
            marks: vec![Index::NONE; usize::from(members)],
            pending: VecDeque::new(),
            dirty: false,
        }
    }

    /// The next pass has something to count.
    pub fn look_again(&mut self) {
        self.dirty = true;
    }
}

impl Member {
    /// `handleAppend`: stores `body` in the leader's log, uncommitted. `hook` may patch it once its byte
    /// position is known (RocketMQ writes the physical offset this way). The outcome comes later, as
    /// `Note::AppendDone` with the index returned here, next to the entry's position.
    ///
    /// # Errors
    /// NOT_LEADER, LEADER_TRANSFERRING, LEADER_PENDING_FULL, DISK_FULL, DISK_ERROR.
    pub fn append(
        &mut self,
        ctx: &mut Context,
        body: Vec<u8>,
        mut hook: impl FnMut(i64, &mut [u8]),
    ) -> Result<(Index, i64), Code> {
        let placed = self.take_append(ctx, body, &mut hook)?;
        self.run_dispatchers(ctx);
        Ok(placed)
    }

    /// [`Member::append`], without waking the dispatchers.
    ///
    /// # Errors
    /// Those of [`Member::append`].
    pub fn take_append(
        &mut self,
        ctx: &mut Context,
        body: Vec<u8>,
        hook: &mut dyn FnMut(i64, &mut [u8]),
    ) -> Result<(Index, i64), Code> {
        self.may_append()?;
        let placed = self.store_entry(ctx, EntryKind::Normal, body, hook)?;
        self.await_commit(ctx.now, placed.0);
        Ok(placed)
    }

    /// The same for several bodies, an entry each; the one outcome is that of the last, whose index is returned
    /// next to all positions. An error in the middle leaves the entries before it in the log.
    ///
    /// # Errors
    /// Those of [`Member::append`], and REQUEST_WITH_EMPTY_BODYS.
    pub fn append_batch(
        &mut self,
        ctx: &mut Context,
        bodies: Vec<Vec<u8>>,
        mut hook: impl FnMut(i64, &mut [u8]),
    ) -> Result<(Index, Vec<i64>), Code> {
        self.may_append()?;
        if bodies.is_empty() {
            return Err(Code::RequestWithEmptyBodys);
        }
        let mut positions = Vec::with_capacity(bodies.len());
        for body in bodies {
            positions.push(self.store_entry(ctx, EntryKind::Normal, body, &mut hook)?.1);
        }
        let last = self.end_index();
        self.await_commit(ctx.now, last);
        self.run_dispatchers(ctx);
        Ok((last, positions))
    }

    /// What is looked at before anything is stored.
    fn may_append(&self) -> Result<(), Code> {
        if self.role != Role::Leader {
            Err(Code::NotLeader)
        } else if self.transferee().is_some() {
            Err(Code::LeaderTransferring)
        } else if self.waiting_appends() > self.config.max_pending_requests {
            Err(Code::LeaderPendingFull)
        } else {
            Ok(())
        }
    }

    /// Client appends of the present term that wait.
    fn waiting_appends(&self) -> usize {
        let (pending, term) = (&self.quorum.pending, self.term());
        pending.len() - pending.partition_point(|p| p.term < term)
    }

    fn store_entry(
        &mut self,
        ctx: &mut Context,
        kind: EntryKind,
        body: Vec<u8>,
        hook: &mut dyn FnMut(i64, &mut [u8]),
    ) -> Result<(Index, i64), Code> {
        if self.disk.full {
            return Err(Code::DiskFull);
        }
        let term = self.term();
        let appended = self.disk.store.append_as_leader(kind, term, body, hook);
        let (index, pos) = appended.map_err(|_| Code::DiskError)?;
        self.wrote(ctx.now, index, term);
        ctx.note(Note::Appended { index, term });
        self.raise_watermark(self.id, self.vouched(ctx.now));
        Ok((index, pos))
    }

    /// The caller waits for this entry.
    fn await_commit(&mut self, since: Micros, index: Index) {
        let term = self.term();
        self.quorum.pending.push_back(Pending { index, term, since });
    }

    /// An entry without a message: with its commit all of the log before it is committed.
    pub(super) fn append_noop(&mut self, ctx: &mut Context) -> Result<Index, Code> {
        let (index, _) = self.store_entry(ctx, EntryKind::Noop, Vec::new(), &mut |_, _| {})?;
        Ok(index)
    }

    /// A peer holds the log up to `index`. That counts for commit if the entry there is of the present term;
    /// without the rule whatever its term (Raft, figure 8).
    pub(super) fn count_copy(&mut self, peer: MemberId, index: Index) {
        let term = self.store().term_at(index);
        if term == Some(self.term()) || !self.config.rules.keep(Rule::CountOnlyCurrentTerm) {
            self.raise_watermark(peer, index);
        }
    }

    /// How far a member is known to hold entries of the current term, -1 if none.
    pub(super) fn watermark(&self, member: MemberId) -> Index {
        let quorum = &self.quorum;
        let current = quorum.marks_term == self.term();
        if current { quorum.marks[usize::from(member.0)] } else { Index::NONE }
    }

    /// A member holds an entry of the current term. Marks only rise.
    pub(super) fn raise_watermark(&mut self, member: MemberId, index: Index) {
        let term = self.term();
        let quorum = &mut self.quorum;
        if quorum.marks_term != term {
            quorum.marks_term = term;
            quorum.marks.fill(Index::NONE);
        }
        let mark = &mut quorum.marks[usize::from(member.0)];
        *mark = index.max(*mark);
        quorum.dirty = true;
    }

    /// The checker's pass, if one is due.
    pub(super) fn run_quorum_checker(&mut self, ctx: &mut Context) {
        let (count, scan) = (self.next_count(ctx.now), self.next_timeout_scan(ctx.now));
        if count == Some(ctx.now) || scan == Some(ctx.now) {
            let scan = self.quorum.timeout_scans.is_pass(ctx.now);
            self.count_pass(ctx);
            if scan {
                self.timeout_scan(ctx);
            }
        }
    }

    /// The part of its pass that counts.
    pub(super) fn count_pass(&mut self, ctx: &mut Context) {
        self.quorum.passes.pass_done(ctx.now);
        if self.answers_appends() {
            self.end_appends_of_other_terms(ctx);
        }
        self.quorum.dirty = false;
        if self.role == Role::Leader {
            self.commit_by_counting(ctx);
        }
    }

    /// The part that looks for appends that waited too long, in some passes only.
    pub(super) fn timeout_scan(&mut self, ctx: &mut Context) {
        if self.answers_appends() {
            self.quorum.timeout_scans.pass_done(ctx.now);
            self.end_appends_that_seem_applied(ctx);
            self.end_appends_that_waited_too_long(ctx);
        }
    }

    /// When the checker next does something by itself.
    pub(super) fn next_quorum_check(&self, now: Micros) -> Option<Micros> {
        self.next_count(now).into_iter().chain(self.next_timeout_scan(now)).min()
    }

    fn oldest_pending(&self) -> Option<&Pending> {
        self.quorum.pending.front().filter(|_| self.answers_appends())
    }

    pub(super) fn next_count(&self, now: Micros) -> Option<Micros> {
        let outdated = self.oldest_pending().is_some_and(|p| p.term != self.term());
        let counts = outdated || (self.quorum.dirty && self.role == Role::Leader);
        let due = if counts { Some(now) } else { self.own_copy_due(now) };
        due.map(|due| self.quorum.passes.pass_at_or_after(due))
    }

    /// When a leader's own copy of what it wrote begins to count: after the flush, if it waits for that.
    fn own_copy_due(&self, now: Micros) -> Option<Micros> {
        if self.role != Role::Leader || self.watermark(self.id) >= self.end_index() {
            None
        } else if self.watermark(self.id) < self.vouched(now) {
            Some(now)
        } else {
            self.disk.flush_due(now)
        }
    }

    pub(super) fn next_timeout_scan(&self, now: Micros) -> Option<Micros> {
        let oldest = self.oldest_pending()?;
        let due =
            if self.has_leak_check() { now } else { (oldest.since + self.config.append_timeout).max(now) };
        Some(self.quorum.timeout_scans.pass_at_or_after(due))
    }

    /// `leaderUpdateCommittedIndex`: the highest index that a majority holds, of marks of the current term
    /// only. So an entry of an older term is committed together with the first one of the present term,
    /// never by its own copies (Raft, section 5.4.2).
    fn commit_by_counting(&mut self, ctx: &mut Context) {
        let (id, vouched) = (self.id, self.vouched(ctx.now));
        self.raise_watermark(id, vouched);
        self.quorum.dirty = false;
        // The original sorts; with the marks of a handful of members, counting says the same.
        let marks = &self.quorum.marks;
        let holders = |index: Index| marks.iter().filter(|mark| **mark >= index).count() as u32;
        // Without the rule half of the members, rounded down, will do: among three the leader by itself.
        let kept = self.config.rules.keep(Rule::MajorityToCommit);
        let on_a_majority = marks.iter().copied().filter(|mark| self.is_quorum_if(kept, holders(*mark)));
        let quorum_index = on_a_majority.max().unwrap_or(Index::NONE);
        if quorum_index > self.committed {
            self.set_committed(ctx, quorum_index);
        }
    }

    /// committedIndex moves up. RocketMQ registers no state machine, so an entry is applied, and the client
    /// that waits for it answered, as soon as it is committed.
    pub(super) fn set_committed(&mut self, ctx: &mut Context, index: Index) {
        debug_assert!(index > self.committed && index <= self.end_index());
        self.raise_committed(ctx.now, index);
        ctx.note(Note::Committed { index });
        let term = self.term();
        self.end_appends(ctx, Code::Success, |p| p.index <= index && p.term == term);
    }

    /// Without the rule only a leader answers the appends that wait: who lost its leadership leaves them until it
    /// leads again, if ever.
    fn answers_appends(&self) -> bool {
        self.role == Role::Leader || self.config.rules.keep(Rule::AnswerOnTermChange)
    }

    fn end_appends_of_other_terms(&mut self, ctx: &mut Context) {
        let term = self.term();
        let code = self.config.other_term_code;
        self.end_appends(ctx, code, |p| p.term != term);
    }

    /// Without the rule there is a leak check: whoever waits for an index that was applied is answered SUCCESS. The
    /// entry applied at that index may have been another one (B7).
    fn has_leak_check(&self) -> bool {
        !self.config.rules.keep(Rule::AnswerOnlyCommitted)
    }

    fn end_appends_that_seem_applied(&mut self, ctx: &mut Context) {
        if self.has_leak_check() {
            let (applied, term) = (self.committed, self.term());
            self.end_appends(ctx, Code::Success, |p| p.index <= applied && p.term == term);
        }
    }

    fn end_appends_that_waited_too_long(&mut self, ctx: &mut Context) {
        let (now, timeout) = (ctx.now, self.config.append_timeout);
        self.end_appends(ctx, Code::WaitQuorumAckTimeout, |p| now >= p.since + timeout);
    }

    /// Ends the waiting appends, oldest first, as long as `over` holds. The entries stay in the log and may
    /// still be committed: these codes do not mean 'not stored'.
    fn end_appends(&mut self, ctx: &mut Context, code: Code, over: impl Fn(&Pending) -> bool) {
        while let Some(first) = self.quorum.pending.front().filter(|first| over(first)) {
            ctx.note(Note::AppendDone { index: first.index, code });
            self.quorum.pending.pop_front();
        }
    }
}
