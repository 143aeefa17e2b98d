//! A step that one member makes, and what its threads do at once thereupon.

use std::sync::Arc;

use ledgerscope::ledger::{
    CallId, Context, Frozen, FrozenRequest, Member, MemberId, Note, Output, Response, THAWED_AT, Thread,
};

use crate::group::Group;
use crate::packets::{Packet, What, call_id, caller, is_awaited, tag_of_answer};
use crate::seen::{Seen, look_at_all};
use crate::state::{Kept, MEMBERS, State};

/// A step that is being made.
pub struct Step<'a> {
    group: &'a Group,
    before: Arc<Kept>,
    pub state: State,
    pub seen: Seen,
    id: MemberId,
    pub member: Member,
    notes: Vec<Note>,
    /// answers to calls that are still awaited
    answers: Vec<(MemberId, Response)>,
}

impl<'a> Step<'a> {
    pub fn new(group: &'a Group, before: &State, id: MemberId) -> Step<'a> {
        Step {
            group,
            before: before.members[usize::from(id.0)].clone(),
            state: before.clone(),
            seen: before.seen.as_ref().clone(),
            id,
            member: before.member(id).thaw(MEMBERS, &group.config),
            notes: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// Lets the member act, and takes what it puts out.
    pub fn act(&mut self, act: impl FnOnce(&mut Member, &mut Context)) {
        let mut out = Vec::new();
        let mut dice = |_, _| 0; // only lengths of time are drawn
        act(&mut self.member, &mut Context { now: THAWED_AT, random: &mut dice, out: &mut out });
        let (id, member) = (self.id, &self.member);
        self.state.packets.retain_mut(|packet| match &mut packet.what {
            What::Answer(_) => packet.to != id || packet.is_still_awaited_by(member),
            What::Call { .. } if packet.from == id => {
                let still = packet.is_still_awaited_by(member);
                if let What::Call { awaited, .. } = &mut packet.what {
                    *awaited &= still;
                }
                true
            }
            What::Call { .. } => true,
        });
        for output in out {
            match output {
                Output::Call { to, tag, request } => {
                    let request = FrozenRequest::of(&request);
                    let awaited = is_awaited(&self.member, to, &request, tag);
                    let what = What::Call { awaited, delayed: false, request };
                    self.state.packets.push(Packet { from: id, to, what });
                }
                Output::Reply { call, response } => {
                    if let Some(to) = caller(call) {
                        self.answers.push((to, response));
                    }
                }
                Output::Note(note) => self.notes.push(note),
            }
        }
        if self.group.instant_calls {
            // Whether a dispatcher pauses is nobody's business: it makes its next pass when it does.
            for peer in State::ids() {
                self.member.make_due(Thread::Dispatcher(peer));
            }
        }
        if self.group.bounds.power_losses == 0 {
            self.member.flush();
        }
        self.member.forget_times();
    }

    pub fn late(&mut self, thread: Thread) {
        self.member.make_due(thread);
        self.act(|m, ctx| m.pass(ctx, thread));
    }

    pub fn deliver(&mut self, packet: &Packet) {
        let from = packet.from;
        match &packet.what {
            What::Call { awaited, request, .. } => {
                let (call, request) = (call_id(from, *awaited), request.thaw());
                self.act(|m, ctx| m.on_call(ctx, from, call, request));
            }
            What::Answer(response) => {
                self.act(|m, ctx| m.on_answer(ctx, from, tag_of_answer(response), *response));
            }
        }
    }

    pub fn time_out(&mut self, caller: MemberId, peer: MemberId) {
        if let Some(failure) = self.state.member(caller).failure_of_call_to(peer) {
            self.act(|m, ctx| m.on_answer(ctx, peer, tag_of_answer(&failure), failure));
        }
    }

    pub fn restart(&mut self, loses_power: bool) {
        let (id, config) = (self.id, self.group.config.clone());
        self.seen.died(id);
        let old = self.member.clone();
        let mut disk = old.into_disk(THAWED_AT);
        if loses_power {
            disk.lose_power(THAWED_AT);
        }
        // What a member wrote can be recovered.
        let disk = disk.recover().expect("files that a member wrote");
        self.member = Member::start(id, MEMBERS, config, disk, THAWED_AT);
        self.state.packets.retain_mut(|packet| match &mut packet.what {
            What::Answer(_) => packet.to != id,
            What::Call { awaited, .. } => {
                *awaited &= packet.from != id;
                true
            }
        });
        for other in &mut self.state.members {
            let mut frozen = other.frozen.clone();
            let of_the_dead = |call: &&mut CallId| caller(**call) == Some(id);
            let mut orphans = 0;
            for call in frozen.calls_mut().filter(of_the_dead) {
                *call = call_id(id, false);
                orphans += 1;
            }
            if orphans > 0 {
                *other = Kept::new(frozen);
            }
        }
        self.act(|_, _| {});
    }

    /// What the member's threads do at once, until all wait for something. Then looks at what became of it.
    pub fn finish(mut self, same_life: bool) -> (State, Vec<(MemberId, Response)>) {
        let threads: Vec<Thread> = self.member.threads().filter(|t| self.group.runs_at_once(*t)).collect();
        while let Some(thread) = threads.iter().copied().find(|thread| self.member.is_about_to_run(*thread)) {
            self.act(|m, ctx| m.pass(ctx, thread));
        }
        let after = Frozen::of(self.member);
        self.seen.step(&self.before.frozen, &after, &self.notes, same_life);
        let mut state = self.state;
        state.members[usize::from(self.id.0)] = Kept::new(after);
        look_at_all(&state, &mut self.seen);
        state.seen = Arc::new(self.seen);
        (state, self.answers)
    }
}
