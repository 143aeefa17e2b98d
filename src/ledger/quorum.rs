//! Counting acknowledgements, committing, and answering client appends (`QuorumAckChecker`,
//! `DLedgerServer.handleAppend`).

use std::collections::VecDeque;

use super::member::{Context, Member, MemberId, Role};
use super::message::{Code, Note};
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
    /// `Note::AppendDone` with the index returned here.
    pub fn append(
        &mut self,
        ctx: &mut Context,
        body: Vec<u8>,
        hook: impl FnOnce(i64, &mut [u8]),
    ) -> Result<(Index, i64), Code> {
        if self.role != Role::Leader {
            return Err(Code::NotLeader);
        }
        if self.quorum.pending.len() > self.config.max_pending_requests {
            return Err(Code::LeaderPendingFull);
        }
        let term = self.term();
        let (index, pos) = self
            .disk
            .store
            .append_as_leader(EntryKind::Normal, term, body, hook)
            .map_err(|_| Code::DiskError)?;
        self.quorum.pending.push_back(Pending { index, term, since: ctx.now });
        self.appended(ctx, index, term);
        Ok((index, pos))
    }

    /// The entry by which a new leader gets its log committed (`enableFastAdvanceCommitIndex`).
    pub(super) fn append_noop(&mut self, ctx: &mut Context) {
        let term = self.term();
        let appended = self.disk.store.append_as_leader(EntryKind::Noop, term, Vec::new(), |_, _| {});
        if let Ok((index, _)) = appended {
            self.appended(ctx, index, term);
        }
    }

    fn appended(&mut self, ctx: &mut Context, index: Index, term: Term) {
        ctx.note(Note::Appended { index, term });
        self.raise_watermark(self.id, index);
        self.run_dispatchers(ctx);
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
        if self.next_quorum_check(ctx.now) != Some(ctx.now) {
            return;
        }
        self.quorum.passes.pass_done(ctx.now);
        self.end_appends_of_other_terms(ctx);
        if self.quorum.timeout_scans.is_pass(ctx.now) {
            self.quorum.timeout_scans.pass_done(ctx.now);
            self.end_appends_that_waited_too_long(ctx);
        }
        self.quorum.dirty = false;
        if self.role == Role::Leader {
            self.commit_by_counting(ctx);
        }
    }

    /// When the checker next does something by itself.
    pub(super) fn next_quorum_check(&self, now: Micros) -> Option<Micros> {
        let quorum = &self.quorum;
        let term = self.term();
        let outdated = quorum.pending.front().is_some_and(|p| p.term != term);
        let due = if outdated || (quorum.dirty && self.role == Role::Leader) {
            now
        } else {
            let oldest = quorum.pending.front()?.since;
            let scan = quorum.timeout_scans.pass_at_or_after((oldest + self.config.append_timeout).max(now));
            return Some(scan);
        };
        Some(quorum.passes.pass_at_or_after(due))
    }

    /// `leaderUpdateCommittedIndex`: the highest index that a majority holds, of marks of the current term
    /// only. So an entry of an older term is committed together with the first one of the present term,
    /// never by its own copies (Raft, section 5.4.2).
    fn commit_by_counting(&mut self, ctx: &mut Context) {
        let (id, end) = (self.id, self.end_index());
        self.raise_watermark(id, end);
        self.quorum.dirty = false;
        // The original sorts; with the marks of a handful of members, counting says the same.
        let marks = &self.quorum.marks;
        let holders = |index: Index| marks.iter().filter(|mark| **mark >= index).count() as u32;
        let on_a_majority = marks.iter().copied().filter(|mark| self.is_quorum(holders(*mark)));
        let quorum_index = on_a_majority.max().unwrap_or(Index::NONE);
        if quorum_index > self.committed {
            self.set_committed(ctx, quorum_index);
        }
    }

    /// committedIndex moves up. RocketMQ registers no state machine, so an entry is applied, and the client
    /// that waits for it answered, as soon as it is committed.
    pub(super) fn set_committed(&mut self, ctx: &mut Context, index: Index) {
        debug_assert!(index > self.committed && index <= self.end_index());
        self.committed = index;
        ctx.note(Note::Committed { index });
        let term = self.term();
        self.end_appends(ctx, Code::Success, |p| p.index <= index && p.term == term);
    }

    fn end_appends_of_other_terms(&mut self, ctx: &mut Context) {
        let term = self.term();
        self.end_appends(ctx, Code::ExpiredTerm, |p| p.term != term);
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
