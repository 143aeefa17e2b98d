//! What is under way between members: a set, so that anything may arrive in any order, late, or never.

use ledgerscope::ledger::{
    CallId, CallTag, Code, FrozenPush, FrozenRequest, Member, MemberId, PushKind, Response,
};
use ledgerscope::store::Index;

use crate::state::State;

/// A message under way.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Packet {
    pub from: MemberId,
    pub to: MemberId,
    pub what: What,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum What {
    /// `awaited`: its caller still waits, or for an APPEND or a COMMIT is still in its term. `delayed`: it will arrive
    /// after that; the others are lost then.
    Call { awaited: bool, delayed: bool, request: FrozenRequest },
    /// An answer that did not arrive at once.
    Answer(Response),
}

/// A tag for the one call of its kind to this peer that a frozen member may wait for. Of an APPEND the caller
/// remembers only the term.
pub fn tag_of_request(request: &FrozenRequest) -> CallTag {
    match request {
        FrozenRequest::Vote { .. } => CallTag::Vote { round: 0 },
        FrozenRequest::HeartBeat { .. } => CallTag::HeartBeat { round: 0 },
        FrozenRequest::Transfer { term, .. } => CallTag::Transfer { term: *term },
        FrozenRequest::Push { term, push: FrozenPush::Append { .. } | FrozenPush::Commit, .. } => {
            CallTag::Push { term: *term, call: u32::MAX }
        }
        FrozenRequest::Push { term, .. } => CallTag::Push { term: *term, call: 0 },
    }
}

/// The same, for the call that this answers.
pub fn tag_of_answer(response: &Response) -> CallTag {
    match response {
        Response::Vote { .. } => CallTag::Vote { round: 0 },
        Response::HeartBeat { .. } => CallTag::HeartBeat { round: 0 },
        Response::Transfer { term, .. } => CallTag::Transfer { term: *term },
        Response::Push(push) => {
            let blocks = matches!(push.kind, PushKind::Compare | PushKind::Truncate);
            CallTag::Push { term: push.term, call: if blocks { 0 } else { u32::MAX } }
        }
    }
}

/// The number under which a member knows a call, so that its answer finds the caller.
pub fn call_id(from: MemberId, awaited: bool) -> CallId {
    CallId(u64::from(from.0) << 1 | u64::from(awaited))
}

/// Whose call it is, if the answer would still be looked at.
pub fn caller(call: CallId) -> Option<MemberId> {
    (call.0 & 1 == 1).then_some(MemberId((call.0 >> 1) as u8))
}

/// The same call in a group in which its caller has another number.
pub fn renamed_call(call: CallId, name: impl Fn(MemberId) -> MemberId) -> CallId {
    call_id(name(MemberId((call.0 >> 1) as u8)), call.0 & 1 == 1)
}

impl Packet {
    pub fn is_call(&self) -> bool {
        matches!(self.what, What::Call { .. })
    }

    /// Whether it is a call of a vote round or a heartbeat round.
    pub fn is_of_round(&self) -> bool {
        let What::Call { request, .. } = &self.what else { return false };
        matches!(request, FrozenRequest::Vote { .. } | FrozenRequest::HeartBeat { .. })
    }

    /// Where calls take time, a delayed one does not arrive before its caller gave up on it: that would be no delay.
    pub fn may_arrive(&self, instant_calls: bool) -> bool {
        instant_calls || !matches!(self.what, What::Call { awaited: true, delayed: true, .. })
    }

    /// Whether it is a call that was just made.
    pub fn is_new(&self) -> bool {
        matches!(self.what, What::Call { delayed: false, .. })
    }

    /// Whether it is a COMPARE or a TRUNCATE whose dispatcher waits for it.
    pub fn blocks_its_caller(&self) -> bool {
        let What::Call { awaited: true, request: FrozenRequest::Push { push, .. }, .. } = &self.what else {
            return false;
        };
        matches!(push, FrozenPush::Compare { .. } | FrozenPush::Truncate { .. })
    }

    /// After `member` did something: whether this packet, if it belongs to a call of that member, still matters to it.
    pub fn is_still_awaited_by(&self, member: &Member) -> bool {
        match &self.what {
            What::Call { request, .. } => is_awaited(member, self.to, request, tag_of_request(request)),
            What::Answer(response) => match tag_of_answer(response) {
                CallTag::Push { term, call: u32::MAX } => member.term() == term,
                tag => member.awaits(self.from, tag),
            },
        }
    }

    /// Whether its arrival can change nothing that matters, now or later. To leave such a packet out is to lose it.
    pub fn is_spent(&self, state: &State, checks_control: bool) -> bool {
        let (from, to) = (state.member(self.from), state.member(self.to));
        match &self.what {
            What::Answer(Response::Push(answer)) if answer.kind == PushKind::Append => match answer.code {
                Code::Success => from_is_matched(to, self.from, answer.term, answer.index),
                Code::InconsistentState => false,
                _ => true,
            },
            What::Answer(_) => false,
            What::Call { delayed: false, awaited: false, .. } => true,
            What::Call { awaited, request, .. } => match request {
                FrozenRequest::Vote { term, .. } => {
                    !awaited && (*term < to.term || *term == to.term && to.voted_for.is_some())
                }
                FrozenRequest::HeartBeat { term } => {
                    !awaited && (*term < to.term || *term == to.term && to.leader.is_some())
                }
                FrozenRequest::Transfer { .. } => false,
                FrozenRequest::Push { term, commit_index, push } => {
                    let refused = *term < to.term;
                    match push {
                        FrozenPush::Compare { .. } => !awaited,
                        FrozenPush::Truncate { .. } => !awaited && refused && checks_control,
                        FrozenPush::Commit => refused && checks_control || *commit_index <= to.committed,
                        FrozenPush::Append { entries } => {
                            let here = |i: Index| usize::try_from(i.0).ok().and_then(|i| to.log.get(i));
                            let held = entries.iter().all(|e| here(e.index) == Some(e));
                            let last = entries.last().map_or(Index::NONE, |e| e.index);
                            let known = from_is_matched(from, self.to, *term, last) || !awaited;
                            !awaited && refused || held && known
                        }
                    }
                }
            },
        }
    }
}

fn from_is_matched(
    leader: &ledgerscope::ledger::Frozen,
    peer: MemberId,
    term: ledgerscope::store::Term,
    last: Index,
) -> bool {
    leader.matched(peer, term).is_some_and(|matched| matched >= last)
}

/// Whether `member` would look at the answer to this call of its own.
pub fn is_awaited(member: &Member, to: MemberId, request: &FrozenRequest, tag: CallTag) -> bool {
    match request {
        FrozenRequest::Push { term, push: FrozenPush::Append { .. } | FrozenPush::Commit, .. } => {
            member.term() == *term
        }
        _ => member.awaits(to, tag),
    }
}
