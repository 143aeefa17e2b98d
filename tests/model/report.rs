//! Explorations in numbers and words.

use std::time::{Duration, Instant};

use ledgerscope::check::Invariant;
use ledgerscope::ledger::{Frozen, FrozenPush, FrozenRequest, MemberId, Response, Rules};
use stateright::{Checker, CheckerBuilder, HasDiscoveries, Model, Path};

use crate::action::{Action, Fate};
use crate::group::{AT_REST, Group};
use crate::models::Named;
use crate::packets::{Packet, What};
use crate::state::{MEMBERS, State};

/// What an exploration came to.
pub struct Explored {
    model: Named,
    states: usize,
    steps: usize,
    depth: usize,
    took: Duration,
    pub came_to_rest: bool,
    /// the guarantee that was broken, and the shortest way there
    pub broken: Option<(&'static str, Path<State, Action>)>,
}

impl Explored {
    /// All states of a model, or all until something is broken.
    pub fn all_of(model: &Named, rules: Rules) -> Explored {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Explored::explore(model, rules, |builder| builder.threads(threads))
    }

    /// The states of a model in order of their distance from its start, until something is broken in as few steps as
    /// can be.
    pub fn until_broken(model: &Named, rules: Rules) -> Explored {
        let mut best = Explored::explore(model, rules, |builder| builder.threads(1));
        // The checker looks a little further than it has to, and reports the last that it found.
        while let Some(steps) = best.steps_to_break() {
            let nearer = Explored::explore(model, rules, |b| b.threads(1).target_max_depth(steps + 1));
            if nearer.broken.is_none() {
                break;
            }
            best = nearer;
        }
        best
    }

    /// How many steps the shortest way takes to where something is broken.
    pub fn steps_to_break(&self) -> Option<usize> {
        self.broken.as_ref().map(|(_, path)| path.clone().into_actions().len())
    }

    fn explore(
        model: &Named,
        rules: Rules,
        set: impl Fn(CheckerBuilder<Group>) -> CheckerBuilder<Group>,
    ) -> Explored {
        let begin = Instant::now();
        let builder = set(model.group(rules).checker());
        let checker = builder.finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
        let mut discoveries = checker.discoveries();
        let named = Invariant::ALL.map(Invariant::name);
        let broken = named.iter().filter_map(|name| Some((*name, discoveries.remove(name)?)));
        Explored {
            model: *model,
            states: checker.unique_state_count(),
            steps: checker.state_count(),
            depth: checker.max_depth(),
            took: begin.elapsed(),
            broken: broken.min_by_key(|(_, path)| path.clone().into_actions().len()),
            came_to_rest: discoveries.contains_key(AT_REST),
        }
    }

    /// A row of a table.
    pub fn row(&self) -> String {
        let bounds = &self.model.bounds;
        let rounds = if bounds.rounds == u8::MAX { "any".to_owned() } else { bounds.rounds.to_string() };
        format!(
            "| {} | {} | {} | {} | {} | {rounds} | {} | {} | {} | {} | {:.1} s |",
            self.model.name,
            bounds.term,
            bounds.entries,
            bounds.appends,
            bounds.restarts + bounds.power_losses,
            bounds.delays,
            self.states,
            self.steps,
            self.depth,
            self.took.as_secs_f64(),
        )
    }

    /// What was broken, and how it came to that.
    pub fn told(&self) -> String {
        let Some((name, path)) = &self.broken else { return self.row() };
        let steps = path.clone().into_vec();
        let mut told =
            format!("{} steps of {} break {name}\n{}\n", steps.len() - 1, self.model.name, self.row());
        let mut before: [String; MEMBERS as usize] = Default::default();
        for (state, action) in steps {
            for (n, before) in before.iter_mut().enumerate() {
                let line = tell_member(&state, MemberId(n as u8));
                if line != *before {
                    told += &line;
                    *before = line;
                }
            }
            if let Some(action) = action {
                told += &format!("  {}\n", tell(&action, |id| name_of(&state, id)));
            }
        }
        told
    }
}

fn name_of(state: &State, id: MemberId) -> String {
    state.names[usize::from(id.0)].self_id()
}

/// The member that was called `name` at the start.
fn tell_member(state: &State, name: MemberId) -> String {
    let id = State::ids().find(|id| state.names[usize::from(id.0)] == name).unwrap_or(name);
    let Frozen { term, role, leader, committed, log, .. } = state.member(id);
    let entries: Vec<String> = log
        .iter()
        .map(|entry| format!("{}:{}", entry.term, entry.body.first().map_or("-".to_owned(), u8::to_string)))
        .collect();
    let leader = leader.map_or(String::new(), |leader| format!(" of {}", name_of(state, leader)));
    let (name, role) = (name.self_id(), role.name());
    format!("      {name} term {term} {role}{leader}, committed {committed}, log [{}]\n", entries.join(" "))
}

fn tell(action: &Action, name: impl Fn(MemberId) -> String) -> String {
    let names = |ids: &[MemberId]| ids.iter().map(|id| name(*id)).collect::<Vec<_>>().join(", ");
    match action {
        Action::Deliver(packet) => format!("arrives: {}", tell_packet(packet, name)),
        Action::DeliverAnswerLate(packet) => format!("arrives, answer late: {}", tell_packet(packet, name)),
        Action::DeliverCopy(packet) => format!("arrives, and will again: {}", tell_packet(packet, name)),
        Action::Delay(packet) => format!("is delayed: {}", tell_packet(packet, name)),
        Action::TimeOut { caller, peer } => format!("{} gives up its call to {}", name(*caller), name(*peer)),
        Action::Maintain { member, late } => {
            format!("{}'s maintainer makes a pass{}", name(*member), if *late { ", late" } else { "" })
        }
        Action::Round { member, reached } if reached.is_empty() => {
            format!("{}'s maintainer makes a pass and reaches nobody", name(*member))
        }
        Action::Round { member, reached } => {
            format!("{}'s maintainer makes a round and reaches {}", name(*member), names(reached))
        }
        Action::Dispatch { leader, peer, .. } => {
            format!("{}'s dispatcher for {}", name(*leader), name(*peer))
        }
        Action::Push { leader, peer, late, fate } => {
            let what = if *late { "what is overdue" } else { "what is next" };
            let fate = match fate {
                Fate::Arrives => "",
                Fate::ArrivesTwice => ", which will arrive again",
                Fate::AnswerIsLate => ", and the answer is late",
                Fate::IsLate => ", which is late",
                Fate::IsLost => ", which is lost",
            };
            format!("{} pushes {what} to {}{fate}", name(*leader), name(*peer))
        }
        Action::CheckGaps(id) => format!("{} looks at APPENDs that do not fit", name(*id)),
        Action::ScanTimeouts(id) => format!("{} looks at appends that seem applied", name(*id)),
        Action::Append(id) => format!("a client appends at {}", name(*id)),
        Action::Restart(id) => format!("{} dies and starts again", name(*id)),
        Action::LosePower(id) => format!("{} loses power and starts again", name(*id)),
        Action::Flush(id) => format!("{} flushes", name(*id)),
    }
}

fn tell_packet(packet: &Packet, name: impl Fn(MemberId) -> String) -> String {
    let what = match &packet.what {
        What::Answer(Response::Push(push)) => format!("answer to {:?}, {}", push.kind, push.code.name()),
        What::Answer(answer) => format!("{answer:?}"),
        What::Call { request: FrozenRequest::Push { term, commit_index, push }, .. } => {
            let push = match push {
                FrozenPush::Append { entries } => {
                    let indices: Vec<String> =
                        entries.iter().map(|e| format!("{}:{}", e.index, e.term)).collect();
                    format!("Append {}", indices.join(" "))
                }
                other => format!("{other:?}"),
            };
            format!("{push} of term {term}, commit {commit_index}")
        }
        What::Call { request, .. } => format!("{request:?}"),
    };
    format!("{} -> {} {what}", name(packet.from), name(packet.to))
}
