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
        // As long as it takes, but for rules without which it takes for ever.
        for _ in 0..20 {
            for late in [false, true] {
                self.act(Action::Push { leader, peer, late, fate: Fate::Arrives });
            }
            self.act(Action::CheckGaps(peer));
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

/// As before, but A appended an entry that nobody got, and B was elected by C in term 1 without A noticing.
fn diverged(group: &Group) -> State {
    let mut script = Script { group, state: settled(group) };
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

/// As before, but B has appended another entry, which C has too. A follows B by now, which has sent it nothing yet.
fn behind(group: &Group) -> State {
    let mut script = Script { group, state: diverged(group) };
    script.act(Action::Append(B));
    script.replicate(B, C);
    script.round(B, &[A]);
    script.round(A, &[]);
    script.round(B, &[A]);
    script.end()
}

/// As before B appended: now it appends an entry that nobody gets, and A is elected again, by C in term 2. B knows of
/// that term, and will stand in the next. (The scene of figure 8 in the Raft paper.)
fn old_entries(group: &Group) -> State {
    let mut script = Script { group, state: diverged(group) };
    script.act(Action::Append(B));
    script.round(A, &[C]); // C is in term 1
    script.round(A, &[C]); // in vain in term 0
    script.round(C, &[]); // C's leader is silent
    script.round(A, &[C]); // in vain in term 1
    script.round(A, &[C]); // of term 2: C has to get there first
    script.round(C, &[]);
    script.round(A, &[C]);
    script.round(B, &[C]); // C is in term 2
    script.round(B, &[C]); // in vain in term 1
    script.round(B, &[C]); // in vain in term 2
    script.round(A, &[C]);
    script.end()
}

#[derive(Clone, Copy)]
pub struct Named {
    pub name: &'static str,
    pub start: fn(&Group) -> State,
    pub instant_calls: bool,
    pub bounds: Bounds,
}

const fn bounds(term: i64, entries: usize, appends: u8, restarts: u8, rounds: u8, delays: u8) -> Bounds {
    Bounds { term, entries, appends, restarts, rounds, delays }
}

const fn instant(name: &'static str, start: fn(&Group) -> State, bounds: Bounds) -> Named {
    Named { name, start, instant_calls: true, bounds }
}

pub const ALL: [Named; 6] = [
    Named { name: "election", start: cold, instant_calls: false, bounds: bounds(2, 0, 0, 0, u8::MAX, 0) },
    Named { name: "restarts", start: cold, instant_calls: false, bounds: bounds(1, 0, 0, 1, u8::MAX, 0) },
    instant("replication", settled, bounds(1, 4, 2, 0, 3, 1)),
    instant("two leaders", diverged, bounds(2, 4, 1, 0, 0, 1)),
    instant("behind", behind, bounds(2, 4, 0, 1, 1, 1)),
    instant("old entries", old_entries, bounds(3, 5, 0, 0, 2, 0)),
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
