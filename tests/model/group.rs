//! The model: which steps there are in a state, and where they lead.

use std::sync::Arc;

use ledgerscope::check::Invariant;
use ledgerscope::ledger::{Config, Disk, Frozen, Member, MemberId, Role, Rule, THAWED_AT, Thread};
use stateright::{Model, Property};

use crate::action::{Action, Bounds, Fate, actor};
use crate::packets::{Packet, What};
use crate::seen::Seen;
use crate::state::{Kept, MEMBERS, Spent, State};
use crate::step::Step;

/// All there is to append was appended, and all members agree.
pub const AT_REST: &str = "at_rest";

/// Three members, and how they are explored.
pub struct Group {
    pub config: Config,
    /// Calls take no time: a round of votes or of heartbeats, or a push and its answer, is one step, and only calls and
    /// answers that are counted as delayed are ever under way.
    pub instant_calls: bool,
    pub bounds: Bounds,
    pub starts: Vec<State>,
}

impl Group {
    fn start(&self, id: MemberId) -> Frozen {
        Frozen::of(Member::start(id, MEMBERS, self.config.clone(), Disk::default(), THAWED_AT))
    }

    /// Three processes on empty disks.
    pub fn fresh(&self) -> State {
        let kept = |n| Kept::new(self.start(MemberId(n)));
        State {
            members: [kept(0), kept(1), kept(2)],
            packets: Vec::new(),
            seen: Arc::new(Seen::default()),
            spent: Spent::default(),
            names: [MemberId(0), MemberId(1), MemberId(2)],
        }
    }

    /// Where an action leads.
    pub fn after(&self, before: &State, action: &Action) -> State {
        let mut state = self.after_unordered(before, action);
        state.put_into_order();
        state
    }

    /// The same, with every member in its place.
    pub fn after_unordered(&self, before: &State, action: &Action) -> State {
        match action {
            Action::Round { member, reached } => self.round(before, *member, reached),
            Action::Push { leader, peer, late, fate } => self.push(before, (*leader, *peer), *late, *fate),
            _ => self.step(before, action),
        }
    }

    fn round(&self, before: &State, member: MemberId, reached: &[MemberId]) -> State {
        let pass = Action::Maintain { member, late: true };
        let mut state = self.step(before, &pass);
        let old = before.member(member);
        if self.bounds.rounds < u8::MAX && old.role == Role::Candidate && old.begins_a_round() {
            state.spent.rounds += 1;
        }
        for to in reached {
            let asked = |packet: &&Packet| packet.from == member && packet.to == *to && packet.is_of_round();
            if let Some(packet) = state.packets.iter().find(asked).cloned() {
                state = self.step(&state, &Action::Deliver(packet));
            }
        }
        while state.member(member).is_in_round() {
            state = self.step(&state, &pass);
        }
        state
    }

    fn push(&self, before: &State, (leader, peer): (MemberId, MemberId), late: bool, fate: Fate) -> State {
        let pass = Action::Dispatch { leader, peer, late };
        let mut state = self.step(before, &pass);
        let call = |packet: &&Packet| packet.from == leader && packet.to == peer && packet.is_new();
        let Some(packet) = state.packets.iter().find(call).cloned() else { return state };
        match fate {
            Fate::Arrives => {}
            Fate::ArrivesTwice => state = self.step(&state, &Action::DeliverCopy(packet)),
            Fate::AnswerIsLate => state = self.step(&state, &Action::DeliverAnswerLate(packet)),
            Fate::IsLate => state = self.step(&state, &Action::Delay(packet)),
            // As if it had not been made.
            Fate::IsLost if packet.blocks_its_caller() => return before.clone(),
            Fate::IsLost => state.packets.retain(|other| *other != packet),
        }
        while let Some(packet) = state.packets.iter().find(call).cloned() {
            state = self.step(&state, &Action::Deliver(packet));
        }
        state
    }

    fn step(&self, before: &State, action: &Action) -> State {
        let mut step = Step::new(self, before, actor(action));
        match action {
            Action::Deliver(packet) => {
                step.state.packets.retain(|other| other != packet);
                step.deliver(packet);
            }
            Action::DeliverAnswerLate(packet) => {
                step.state.spent.delays += 1;
                step.state.packets.retain(|other| other != packet);
                step.deliver(packet);
            }
            Action::DeliverCopy(packet) => {
                step.state.spent.delays += 1;
                step.state.delay(packet);
                step.deliver(packet);
            }
            Action::Delay(packet) => {
                step.state.spent.delays += 1;
                step.state.delay(packet);
            }
            Action::TimeOut { caller, peer } => step.time_out(*caller, *peer),
            Action::Maintain { late, .. } => {
                if *late {
                    step.member.make_due(Thread::Maintainer);
                }
                step.act(|m, ctx| {
                    m.pass(ctx, Thread::Maintainer);
                    if m.is_about_to_ask() {
                        m.pass(ctx, Thread::Maintainer);
                    }
                });
            }
            Action::Round { .. } | Action::Push { .. } => {}
            Action::Dispatch { peer, late, .. } => {
                let thread = Thread::Dispatcher(*peer);
                if *late {
                    step.member.make_due(thread);
                }
                step.act(|m, ctx| m.pass(ctx, thread));
            }
            Action::CheckGaps(_) => step.late(Thread::GapCheck),
            Action::ScanTimeouts(_) => step.act(|m, ctx| m.pass(ctx, Thread::TimeoutScan)),
            Action::Append(id) => {
                step.state.spent.appends += 1;
                let body = step.seen.next_body();
                let mut placed = None;
                step.act(|m, ctx| placed = m.take_append(ctx, vec![body], &mut |_, _| {}).ok());
                if let Some((index, _)) = placed {
                    step.seen.appended(*id, index, body);
                }
            }
            Action::Restart(_) => {
                step.state.spent.restarts += 1;
                step.restart(false);
            }
            Action::LosePower(_) => {
                step.state.spent.power_losses += 1;
                step.restart(true);
            }
            Action::Flush(_) => {
                step.member.flush();
                step.act(|m, ctx| m.pass(ctx, Thread::EntryHandler));
            }
        }
        let answers_late = matches!(action, Action::DeliverAnswerLate(_));
        let (mut state, answers) = step.finish(!matches!(action, Action::Restart(_) | Action::LosePower(_)));
        for (to, response) in answers {
            if answers_late {
                state.packets.push(Packet { from: actor(action), to, what: What::Answer(response) });
            } else {
                let mut step = Step::new(self, &state, to);
                let answer = Packet { from: actor(action), to, what: What::Answer(response) };
                step.deliver(&answer);
                let (after, more) = step.finish(true);
                debug_assert!(more.is_empty(), "answers are not answered");
                state = after;
            }
        }
        self.tidy(&mut state);
        state
    }

    /// Takes packets away that change nothing any more, and brings the others into order.
    fn tidy(&self, state: &mut State) {
        let checks = self.config.rules.keep(Rule::CheckControlPushes);
        let mut packets = std::mem::take(&mut state.packets);
        packets.retain(|packet| !packet.is_spent(state, checks));
        packets.sort_unstable();
        packets.dedup();
        state.packets = packets;
    }

    /// Threads that run as soon as there is something for them to do. What the others wait for is time.
    pub fn runs_at_once(&self, thread: Thread) -> bool {
        match thread {
            Thread::EntryHandler | Thread::QuorumChecker => true,
            Thread::Dispatcher(_) => !self.instant_calls,
            _ => false,
        }
    }

    fn dispatches(&self, state: &State, leader: MemberId, peer: MemberId, actions: &mut Vec<Action>) {
        if !self.instant_calls {
            actions.push(Action::Dispatch { leader, peer, late: true });
            return;
        }
        for late in [false, true] {
            actions.push(Action::Push { leader, peer, late, fate: Fate::Arrives });
            actions.push(Action::Push { leader, peer, late, fate: Fate::IsLost });
            if state.spent.delays < self.bounds.delays {
                let late_ones = [Fate::ArrivesTwice, Fate::AnswerIsLate, Fate::IsLate];
                actions.extend(late_ones.map(|fate| Action::Push { leader, peer, late, fate }));
            }
        }
    }

    fn is_within(&self, state: &State) -> bool {
        State::ids()
            .map(|id| state.member(id))
            .all(|member| member.term.0 <= self.bounds.term && member.log.len() <= self.bounds.entries)
    }
}

impl Model for Group {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        self.starts.clone()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.seen.is_over() {
            return;
        }
        let (spent, bounds) = (&state.spent, &self.bounds);
        for packet in &state.packets {
            if packet.may_arrive(self.instant_calls) {
                actions.push(Action::Deliver(packet.clone()));
            }
            if !self.instant_calls
                && spent.delays < bounds.delays
                && packet.may_arrive(self.instant_calls)
                && packet.is_call()
            {
                actions.push(Action::DeliverAnswerLate(packet.clone()));
                actions.push(Action::DeliverCopy(packet.clone()));
                actions.push(Action::Delay(packet.clone()));
            }
        }
        for member in State::ids() {
            let frozen = state.member(member);
            if self.instant_calls {
                let peers: Vec<MemberId> = State::ids().filter(|peer| *peer != member).collect();
                let asks = frozen.begins_a_round();
                let turned: Vec<MemberId> = peers.iter().rev().copied().collect();
                let choices = [&[][..], &peers[..1], &peers[1..], &peers[..], &turned[..]];
                let choices = match frozen.role {
                    Role::Candidate if asks && spent.rounds >= bounds.rounds => &[],
                    _ if asks => &choices[..],
                    _ => &choices[..1],
                };
                actions.extend(
                    choices.iter().map(|reached| Action::Round { member, reached: reached.to_vec() }),
                );
            } else {
                actions.push(Action::Maintain { member, late: true });
            }
            if frozen.parses_heartbeats() {
                actions.push(Action::Maintain { member, late: false });
            }
            if frozen.role == Role::Leader {
                for peer in State::ids().filter(|peer| *peer != member) {
                    if frozen.failure_of_call_to(peer).is_some() {
                        actions.push(Action::TimeOut { caller: member, peer });
                    }
                    self.dispatches(state, member, peer, actions);
                }
                if spent.appends < bounds.appends && frozen.log.len() < bounds.entries {
                    actions.push(Action::Append(member));
                }
            }
            if frozen.role == Role::Follower && !frozen.writes.is_empty() {
                actions.push(Action::CheckGaps(member));
            }
            if frozen.has_pending() && !self.config.rules.keep(Rule::AnswerOnlyCommitted) {
                actions.push(Action::ScanTimeouts(member));
            }
            if spent.restarts < bounds.restarts {
                actions.push(Action::Restart(member));
            }
            if frozen.has_unflushed() {
                actions.push(Action::Flush(member));
            }
            if spent.power_losses < bounds.power_losses {
                actions.push(Action::LosePower(member));
            }
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let next = self.after(last, &action);
        (next != *last && self.is_within(&next)).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Group>> {
        macro_rules! always {
            ($($invariant:ident),*) => {
                vec![$(Property::always(Invariant::$invariant.name(), |_, state: &State| {
                    !state.seen.is_broken(Invariant::$invariant)
                })),*]
            };
        }
        let mut properties = always![
            OneLeaderPerTerm,
            LeaderAppendOnly,
            LogMatching,
            LeaderCompleteness,
            CommittedEntriesAgree,
            CommitIndexSound,
            AcknowledgedKept,
            SameBytes
        ];
        // Else nothing would have been explored.
        properties.push(Property::sometimes(AT_REST, |group: &Group, state: &State| {
            state.spent.appends == group.bounds.appends && state.is_at_rest()
        }));
        properties
    }
}
