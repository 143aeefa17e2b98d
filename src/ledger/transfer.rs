//! Handing the leadership over: `DLedgerServer.handleLeadershipTransfer`, `TakeLeadershipTask`,
//! `checkPreferredLeader`.
//!
//! The leader stops taking appends and asks the transferee to lead; that waits for the entries it lacks, raises
//! its term and stands; it answers when its role tells how that went.

use super::config::{
    MAX_TRANSFER_WAIT_INDEX, PREFERRED_LEADER_PERIOD, TRANSFER_WAIT_PAUSE, TRANSFER_WAIT_TIMEOUT,
};
use super::member::{Context, Member, MemberId, Role};
use super::message::{CallId, CallTag, Code, Note, Request, Response};
use crate::store::{Index, Term};
use crate::time::{Loop, Micros, elapsed_more_than};

/// Both sides' memory of transfers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Transfers {
    /// on a leader: to whom it hands over (`transferee`); it takes no appends meanwhile
    transferee: Option<MemberId>,
    /// on a transferee that lacks entries: the request, and since when it waits for them
    pub catching_up: Option<(TakeLeadership, Micros)>,
    pub waits: Loop,
    /// `termToTakeLeadership`: the term in which it is to lead
    target: Term,
    /// the call to answer when that is decided
    pending: Option<CallId>,
    /// passes of `checkPreferredLeader`, at a fixed rate; its thread waits for the answer to a transfer
    pub checks: Loop,
}

/// `LeadershipTransferRequest`, as a transferee has it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct TakeLeadership {
    call: CallId,
    term: Term,
    index: Index,
}

impl Transfers {
    pub fn new(now: Micros) -> Transfers {
        Transfers {
            transferee: None,
            catching_up: None,
            waits: Loop::starting_at(now, TRANSFER_WAIT_PAUSE),
            target: Term::NONE,
            pending: None,
            checks: Loop::starting_at(now + PREFERRED_LEADER_PERIOD, PREFERRED_LEADER_PERIOD),
        }
    }

    /// A member that follows or stands hands nothing over.
    pub fn forget(&mut self) {
        self.transferee = None;
    }
}

impl Member {
    /// To whom a leader is handing over.
    pub fn transferee(&self) -> Option<MemberId> {
        self.transfers.transferee
    }

    fn is_preferred(&self, id: MemberId) -> bool {
        self.config.preferred_leaders.contains(&id)
    }

    /// `isTakingLeadership()`: preferred, and told to lead the present term.
    pub(super) fn is_taking_leadership(&self) -> bool {
        self.transfers.target == self.term() && self.is_preferred(self.id)
    }

    /// How far a peer's mark of this term is behind the log. It is -1 until the peer has acknowledged an entry
    /// of this term, so that a peer of an idle new leader seems further behind than it is (B30).
    fn lag(&self, peer: MemberId) -> i64 {
        self.end_index().0 - self.watermark(peer).0
    }

    /// `handleLeadershipTransfer`, the leader's side: asks `to` to take over. How it went is noted later as
    /// `Note::TransferEnded`.
    ///
    /// # Errors
    /// UNKNOWN_MEMBER, NOT_LEADER, FALL_BEHIND_TOO_MUCH, LEADER_TRANSFERRING.
    pub fn transfer_leadership(&mut self, ctx: &mut Context, to: MemberId) -> Result<(), Code> {
        if !self.is_member(to) {
            return Err(Code::UnknownMember);
        }
        if self.role != Role::Leader {
            return Err(Code::NotLeader);
        }
        if self.lag(to) >= MAX_TRANSFER_WAIT_INDEX {
            return Err(Code::FallBehindTooMuch);
        }
        self.hand_over(ctx, to)
    }

    fn hand_over(&mut self, ctx: &mut Context, to: MemberId) -> Result<(), Code> {
        if self.transfers.transferee.is_some() {
            return Err(Code::LeaderTransferring);
        }
        self.transfers.transferee = Some(to);
        let term = self.term();
        let request = Request::Transfer { term, transferee: to, ledger_index: self.ledger_end().0 };
        ctx.call(to, CallTag::Transfer { term }, request);
        Ok(())
    }

    /// The transferee's answer, or the failure that stands for it.
    pub(super) fn on_transfer_answer(&mut self, ctx: &mut Context, to: MemberId, term: Term, code: Code) {
        let still_of_this_term = self.term() == term && self.transfers.transferee.is_some();
        if code != Code::Success || still_of_this_term {
            self.transfers.transferee = None;
        }
        ctx.note(Note::TransferEnded { to, code });
    }

    /// `handleLeadershipTransfer`, the transferee's side.
    pub(super) fn handle_transfer(
        &mut self,
        ctx: &mut Context,
        from: MemberId,
        call: CallId,
        (term, transferee, index): (Term, MemberId, Index),
    ) {
        if transferee != self.id {
            return self.answer_transfer(ctx, call, Code::UnexpectedArgument);
        }
        if self.leader != Some(from) {
            return self.answer_transfer(ctx, call, Code::InconsistentLeader);
        }
        let request = TakeLeadership { call, term, index };
        if self.ledger_end().0 >= index {
            self.take_leadership(ctx, request);
        } else {
            self.transfers.catching_up = Some((request, ctx.now));
            self.transfers.waits.pass_done(ctx.now);
        }
    }

    fn answer_transfer(&self, ctx: &mut Context, call: CallId, code: Code) {
        ctx.reply(call, Response::Transfer { term: self.term(), code });
    }

    /// The transferee looks at the end of its log, and the leader whether a preferred member should lead.
    pub(super) fn run_transfers(&mut self, ctx: &mut Context) {
        if self.transfers.catching_up.is_some() && self.transfers.waits.is_pass(ctx.now) {
            self.look_whether_caught_up(ctx);
        }
        if self.next_preferred_check(ctx.now) == Some(ctx.now) {
            self.transfers.checks.pass_done(ctx.now);
            self.check_preferred_leader(ctx);
        }
    }

    /// Both, whatever their rhythm.
    pub(super) fn transfers_pass(&mut self, ctx: &mut Context) {
        if crate::PLAIN {
            return;
        }
        self.look_whether_caught_up(ctx);
        if self.next_preferred_check(ctx.now).is_some() {
            self.transfers.checks.pass_done(ctx.now);
            self.check_preferred_leader(ctx);
        }
    }

    fn look_whether_caught_up(&mut self, ctx: &mut Context) {
        if let Some((request, since)) = self.transfers.catching_up {
            self.transfers.waits.pass_done(ctx.now);
            if self.ledger_end().0 >= request.index {
                self.transfers.catching_up = None;
                self.take_leadership(ctx, request);
            } else if elapsed_more_than(ctx.now, Some(since), TRANSFER_WAIT_TIMEOUT) {
                self.transfers.catching_up = None;
                self.answer_transfer(ctx, request.call, Code::TakeLeadershipFailed);
            }
        }
    }

    /// When transfers next do something by themselves.
    pub(super) fn next_transfer(&self, now: Micros) -> Option<Micros> {
        let waits = self.transfers.catching_up.is_some();
        let wait = waits.then(|| self.transfers.waits.pass_at_or_after(now));
        wait.into_iter().chain(self.next_preferred_check(now)).min()
    }

    /// Only a leader that is not preferred itself has anything to check.
    fn next_preferred_check(&self, now: Micros) -> Option<Micros> {
        let preferred = &self.config.preferred_leaders;
        let checks = self.role == Role::Leader
            && self.transfers.transferee.is_none()
            && !preferred.is_empty()
            && !self.is_preferred(self.id);
        checks.then(|| self.transfers.checks.pass_at_or_after(now))
    }

    /// `checkPreferredLeader`: hands over to the preferred member that is least behind, if it answered the last
    /// heartbeat and is not too far behind.
    fn check_preferred_leader(&mut self, ctx: &mut Context) {
        let live = |id: &MemberId| self.is_member(*id) && self.live[usize::from(id.0)];
        let preferred = self.config.preferred_leaders.iter().copied();
        let best = preferred.filter(live).min_by_key(|id| self.lag(*id));
        if let Some(to) = best.filter(|id| self.lag(*id) < MAX_TRANSFER_WAIT_INDEX) {
            // Whoever leads and hands nothing over yet is not refused.
            let _ = self.hand_over(ctx, to);
        }
    }

    /// `takeLeadership`: stands in the next term; the maintainer raises it on its next tick.
    fn take_leadership(&mut self, ctx: &mut Context, request: TakeLeadership) {
        if self.term() != request.term {
            return self.answer_transfer(ctx, request.call, Code::InconsistentTerm);
        }
        let target = request.term.next();
        self.transfers.target = target;
        self.transfers.pending = Some(request.call);
        self.change_to_candidate(ctx, target);
        self.elector.need_increase_term_immediately = true;
    }

    /// `TakeLeadershipTask.check`, at every role change.
    pub(super) fn check_take_leadership(&mut self, ctx: &mut Context, term: Term) {
        let Some(call) = self.transfers.pending else { return };
        let target = self.transfers.target;
        let code = match self.role {
            _ if term > target => Code::ExpiredTerm,
            Role::Leader if term == target => Code::Success,
            Role::Candidate if term == target => return,
            Role::Follower => Code::TakeLeadershipFailed,
            _ => Code::InternalError,
        };
        self.transfers.pending = None;
        self.transfers.target = Term::NONE;
        self.answer_transfer(ctx, call, code);
    }
}
