//! The models: where they start, and how far they go.

use ledgerscope::ledger::{Config, MemberId, Rules};

use crate::group::{Action, Bounds, Fate, Group};
use crate::state::{Spent, State};

const A: MemberId = MemberId(0);
const B: MemberId = MemberId(1);
const C: MemberId = MemberId(2);

/// Steps that lead to where a model starts.
struct Script<'a> {
    group: &'a Group,
    state: State,
}

impl Script<'_> {
    fn act(&mut self, action: Action) {
        self.state = self.group.after_unordered(&self.state, &action);
    }

    fn round(&mut self, member: MemberId, reached: &[MemberId]) {
        self.act(Action::Round { member, reached: reached.to_vec() });
    }

    /// Until the peer has what the leader has, and knows what is committed.
    fn replicate(&mut self, leader: MemberId, peer: MemberId) {
        loop {
            let before = self.state.clone();
            for late in [false, true] {
                self.act(Action::Push { leader, peer, late, fate: Fate::Arrives });
            }
            if self.state == before {
                return;
            }
        }
    }

    fn end(mut self) -> State {
        self.state.spent = Spent::default();
        self.state
    }
}

/// Nobody has voted yet, and there are no entries.
fn cold(group: &Group) -> State {
    group.fresh()
}

/// A leads term 0. All hold one entry, and know that it is committed.
fn settled(group: &Group) -> State {
    let mut script = Script { group, state: group.fresh() };
    script.round(A, &[B, C]);
    script.round(A, &[B, C]);
    script.act(Action::Append(A));
    script.replicate(A, B);
    script.replicate(A, C);
    script.end()
}

/// As before, but A appended two more entries that nobody got, and B was elected by C in term 1 without A noticing.
fn diverged(group: &Group) -> State {
    let mut script = Script { group, state: settled(group) };
    script.act(Action::Append(A));
    script.act(Action::Append(A));
    script.round(B, &[]); // its leader is silent
    script.round(C, &[]);
    script.round(B, &[C]); // of term 0, in vain
    script.round(B, &[C]); // of term 1: C has to get there first
    script.round(C, &[]);
    script.round(B, &[C]);
    script.round(B, &[C]);
    script.end()
}

#[derive(Clone, Copy)]
pub struct Named {
    pub name: &'static str,
    pub start: fn(&Group) -> State,
    pub instant_calls: bool,
    pub bounds: Bounds,
}

pub const ALL: [Named; 4] = [
    Named {
        name: "election",
        start: cold,
        instant_calls: false,
        bounds: Bounds { term: 2, entries: 0, appends: 0, restarts: 0, rounds: u8::MAX, delays: 0 },
    },
    Named {
        name: "replication",
        start: settled,
        instant_calls: true,
        bounds: Bounds { term: 1, entries: 4, appends: 4, restarts: 0, rounds: 3, delays: 1 },
    },
    Named {
        name: "change",
        start: diverged,
        instant_calls: true,
        bounds: Bounds { term: 2, entries: 4, appends: 1, restarts: 0, rounds: 2, delays: 1 },
    },
    Named {
        name: "crash",
        start: settled,
        instant_calls: true,
        bounds: Bounds { term: 1, entries: 3, appends: 1, restarts: 2, rounds: 3, delays: 0 },
    },
];

impl Named {
    pub fn group(&self, rules: Rules) -> Group {
        let config = Config { rules, ..Config::default() };
        let mut group = Group { config, instant_calls: true, bounds: self.bounds, starts: Vec::new() };
        group.starts.push((self.start)(&group));
        group.instant_calls = self.instant_calls;
        group
    }
}
