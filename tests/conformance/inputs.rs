//! What the node was given, and the moment at which it took it in.

use ledgerscope::ledger::{CallId, CallTag, Code, MemberId, Push, Request, Response, Thread};
use ledgerscope::store::Index;
use ledgerscope::time::Micros;

use crate::differences::What as Differs;
use crate::player::{LATE, PATIENCE, Player};
use crate::recording::What;
use crate::streams::{Item, Stream};

/// A dispatcher waits this long for the answer to a COMPARE or TRUNCATE. The network of the recordings gives up
/// only after four to five seconds; the member is given the failure when the dispatcher's wait is over.
const DISPATCHER_WAIT: Micros = Micros::millis(3000);

/// An input. Numbers are ids of requests.
#[derive(Clone, PartialEq, Debug)]
pub enum Held {
    Call(u64),
    Answer(u64, Response),
    /// a client's append
    Append(Vec<u8>),
    /// an administrator asks it to hand its leadership over
    Transfer(MemberId),
}

impl Player<'_> {
    pub fn hold(&mut self, held: Held) {
        self.state.held.push((self.state.now, held));
    }

    pub fn holds(&self, held: &Held) -> bool {
        self.state.held.iter().any(|(_, h)| h == held)
    }

    /// Handles whatever waits and can be handled as it was recorded.
    pub fn settle(&mut self) {
        loop {
            let mut progress = false;
            for (_, held) in self.state.held.clone() {
                progress |= self.try_held(&held);
                progress |= self.commit_if_told();
            }
            let due = self.state.member.next_pass(Thread::EntryHandler, self.state.now);
            if due.is_some_and(|due| due <= self.state.now + Micros::millis(1)) {
                progress |= self.attempt(|p| p.pass(Thread::EntryHandler) > 0);
            }
            progress |= self.reach_all();
            if !progress {
                return;
            }
        }
    }

    fn try_held(&mut self, held: &Held) -> bool {
        match held {
            // The moment of a role change is known: the handlers' line.
            Held::Call(_) => self.attempt(|p| p.give(held) && p.changed_no_role_too_early()),
            Held::Answer(id, _) => self.may_answer(*id) && self.attempt(|p| p.give(held)),
            // Somewhere in the next milliseconds; what is sent or seen tells where.
            Held::Append(body) if self.recording.indices.contains_key(body) => false,
            Held::Transfer(_) => false,
            // A refusal has no trace but its answer.
            Held::Append(_) => self.attempt(|p| p.give(held)),
        }
    }

    /// Answers come in one after the other, and a push tells the commit index in between.
    fn commit_if_told(&mut self) -> bool {
        self.commits()
            && self.attempt(|p| {
                p.send_before_commit();
                p.pass(Thread::QuorumChecker);
                p.is_told_soon(p.state.member.committed_index())
            })
    }

    fn is_told_soon(&self, index: Index) -> bool {
        let soon = self.state.now + PATIENCE;
        self.lines[self.cursor..].iter().take_while(|line| line.at <= soon).any(|line| {
            let What::Sent(id) = line.what else { return false };
            let request = &self.recording.sent[&id].request;
            matches!(request, Request::Push { commit_index, .. } if *commit_index == index)
        })
    }

    fn changed_no_role_too_early(&self) -> bool {
        self.last_met(Stream::Roles).is_none_or(|last| last.at <= self.state.now)
    }

    /// Whether the answer may be given now: the call must have been made, and of a vote round no more answers are
    /// given than were counted.
    fn may_answer(&self, id: u64) -> bool {
        match self.state.calls.get(&id) {
            None => false,
            Some(CallTag::Vote { round }) if self.state.member.votes_granted().is_some() => {
                let counted = if self.state.counted.0 == *round { self.state.counted.1 } else { 0 };
                self.answers_in_round().is_none_or(|all| counted + 1 < all)
            }
            Some(_) => true,
        }
    }

    /// Gives an input to the member; false if it does not wait any more.
    pub fn give(&mut self, held: &Held) -> bool {
        let Some(at) = self.state.held.iter().position(|(_, h)| h == held) else {
            return false;
        };
        self.state.held.remove(at);
        match held {
            Held::Call(id) => self.call(*id),
            Held::Answer(id, response) => self.answer(*id, *response),
            Held::Append(body) => self.append(body),
            Held::Transfer(to) => {
                let mut outcome = Ok(());
                self.give_now(|m, ctx| outcome = m.transfer_leadership(ctx, *to));
                if let Err(code) = outcome {
                    self.compare(Stream::TransferEnds, Item::TransferDone(code));
                }
            }
        }
        true
    }

    fn call(&mut self, id: u64) {
        let sent = &self.recording.sent[&id];
        let (from, request) = (sent.from, sent.request.clone());
        if self.state.asks {
            let after = self.after(|m, ctx| m.take_call(ctx, from, CallId(id), request.clone()));
            if after.role() != self.state.member.role() {
                self.ask(); // whoever had begun to ask for votes asks, even if it follows somebody then
            }
        }
        let put_out = self.give_now(|m, ctx| m.take_call(ctx, from, CallId(id), request));
        let recorded = self.recording.replies.get(&id).map(|(_, response)| *response);
        let refused = matches!(recorded, Some(Response::Push(r)) if r.code == Code::RepeatedPush);
        if refused && put_out == 0 {
            self.differs(Differs::TakenIn { id });
        }
    }

    fn answer(&mut self, id: u64, response: Response) {
        let Some(tag) = self.state.calls.remove(&id) else {
            return;
        };
        if let CallTag::Vote { round } = tag {
            let before = if self.state.counted.0 == round { self.state.counted.1 } else { 0 };
            self.state.counted = (round, before + 1);
        }
        let from = self.recording.sent[&id].to;
        self.give_now(|m, ctx| m.take_answer(ctx, from, tag, response));
    }

    fn append(&mut self, body: &[u8]) {
        let mut ours = Err(Code::NotLeader);
        self.give_now(|m, ctx| {
            ours = m.take_append(ctx, body.to_vec(), &mut |_, _| {}).map(|(index, _)| index)
        });
        match (ours, self.recorded_append(body)) {
            (_, None) => {}
            (Ok(ours), Some(Ok(recorded))) if ours == recorded => {}
            (Err(ours), Some(Err(recorded))) if ours == recorded => self.state.compared.appends += 1,
            (ours, Some(recorded)) => self.differs(Differs::Append { recorded, ours }),
        }
    }

    /// Where a client's entry went, or why it was refused.
    fn recorded_append(&self, body: &[u8]) -> Option<Result<Index, Code>> {
        if let Some(index) = self.recording.indices.get(body) {
            return Some(Ok(*index));
        }
        self.lines.iter().find_map(|line| match &line.what {
            What::AppendDone { body: of, code } if of == body => Some(Err(*code)),
            _ => None,
        })
    }

    /// COMPARE and TRUNCATE calls that a dispatcher has waited for long enough.
    pub fn fail_unanswered(&mut self, until: Micros) {
        let waits = |id: &&u64| {
            let sent = &self.recording.sent[id];
            let request = &sent.request;
            matches!(request, Request::Push { push: Push::Compare { .. } | Push::Truncate { .. }, .. })
                && sent.at + DISPATCHER_WAIT <= until
        };
        let overdue: Vec<u64> = self.state.calls.keys().filter(waits).copied().collect();
        for id in overdue {
            let sent = &self.recording.sent[&id];
            self.state.now = self.state.now.max(sent.at + DISPATCHER_WAIT);
            self.answer(id, sent.request.failed());
        }
    }

    /// Inputs for which no moment was found at which the member would do with them what the node did.
    pub fn give_what_waited_too_long(&mut self, until: Micros) {
        for (since, held) in self.state.held.clone() {
            if since + LATE <= until {
                self.state.now = self.state.now.max(since + LATE);
                self.give(&held);
            }
        }
    }
}
