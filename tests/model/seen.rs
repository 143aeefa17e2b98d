//! What must hold, by the names that `check` gives it, and what has to be remembered to tell.

use ledgerscope::check::Invariant;
use ledgerscope::ledger::{Code, Frozen, FrozenEntry, MemberId, Note, Role};
use ledgerscope::store::{Index, Term};

use crate::state::{MEMBERS, State};

/// An entry that somebody committed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Committed {
    pub entry: FrozenEntry,
    /// the term of the member that did so first
    in_term: Term,
    acknowledged: bool,
}

/// A client append that its leader has not answered yet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct Waiting {
    at: MemberId,
    index: Index,
    body: u8,
}

/// What has been seen so far.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Seen {
    /// who led each term
    leaders: Vec<(Term, MemberId)>,
    pub committed: Vec<Committed>,
    waiting: Vec<Waiting>,
    /// client appends so far, each with another body
    appends: u8,
    /// a bit for each guarantee that was broken
    broken: u16,
}

impl Seen {
    pub fn is_broken(&self, invariant: Invariant) -> bool {
        self.broken & 1 << invariant as u16 != 0
    }

    /// Whether anything was broken.
    pub fn is_over(&self) -> bool {
        self.broken != 0
    }

    fn demand(&mut self, invariant: Invariant, holds: bool) {
        if !holds {
            self.broken |= 1 << invariant as u16;
        }
    }

    /// A body that no entry has yet.
    pub fn next_body(&mut self) -> u8 {
        self.appends += 1;
        self.appends
    }

    /// A client gave `body` to a leader, which put it at `index`.
    pub fn appended(&mut self, at: MemberId, index: Index, body: u8) {
        self.waiting.push(Waiting { at, index, body });
        self.waiting.sort_unstable();
    }

    /// The same in a group in which every member has another number.
    pub fn renamed(&self, name: impl Fn(MemberId) -> MemberId) -> Seen {
        let mut renamed = self.clone();
        renamed.leaders.iter_mut().for_each(|(_, leader)| *leader = name(*leader));
        renamed.waiting.iter_mut().for_each(|waiting| waiting.at = name(waiting.at));
        renamed.waiting.sort_unstable();
        renamed
    }

    /// The process died, and with it the connections of its clients.
    pub fn died(&mut self, member: MemberId) {
        self.waiting.retain(|waiting| waiting.at != member);
    }

    /// `member` took a step: it was `before`, and is `after`.
    pub fn step(&mut self, before: &Frozen, after: &Frozen, notes: &[Note], same_life: bool) {
        let id = after.id;
        for note in notes {
            if let Note::Role { term, role: Role::Leader, .. } = *note {
                match self.leaders.iter().find(|(of, _)| *of == term) {
                    Some((_, first)) => {
                        let same = *first == id;
                        self.demand(Invariant::OneLeaderPerTerm, same);
                    }
                    None => {
                        self.leaders.push((term, id));
                        self.leaders.sort_unstable();
                    }
                }
            }
        }
        if same_life {
            let led = before.role == Role::Leader && after.role == Role::Leader && before.term == after.term;
            self.demand(Invariant::LeaderAppendOnly, !led || after.log.starts_with(&before.log));
            self.demand(Invariant::CommitIndexSound, after.committed >= before.committed);
        }
        self.demand(Invariant::CommitIndexSound, after.committed.0 < after.log.len() as i64);
        self.commit(after);
        for note in notes {
            if let Note::AppendDone { index, code } = *note {
                self.answered(id, index, code);
            }
        }
    }

    fn commit(&mut self, member: &Frozen) {
        let committed = &member.log[..member.log.len().min(member.committed.next().0 as usize)];
        let agree =
            self.committed.iter().zip(committed).all(|(known, entry)| same_entry(&known.entry, entry));
        self.demand(Invariant::CommittedEntriesAgree, agree);
        for entry in committed.iter().skip(self.committed.len()) {
            let committed = Committed { entry: entry.clone(), in_term: member.term, acknowledged: false };
            self.committed.push(committed);
        }
    }

    fn answered(&mut self, at: MemberId, index: Index, code: Code) {
        let found = self.waiting.iter().position(|w| w.at == at && w.index == index);
        let Some(waiting) = found.map(|found| self.waiting.remove(found)) else { return };
        if code == Code::Success {
            let kept = self.committed.get_mut(index.0 as usize);
            let kept = kept.filter(|committed| *committed.entry.body == [waiting.body]);
            match kept {
                Some(committed) => committed.acknowledged = true,
                None => self.demand(Invariant::AcknowledgedKept, false),
            }
        }
    }
}

fn same_entry(a: &FrozenEntry, b: &FrozenEntry) -> bool {
    (a.kind, a.term, &a.body) == (b.kind, b.term, &b.body)
}

/// What must hold between the members, after one of them took a step.
pub fn look_at_all(state: &State, seen: &mut Seen) {
    for (a, b) in (0..MEMBERS).flat_map(|a| (0..a).map(move |b| (MemberId(a), MemberId(b)))) {
        compare(&state.member(a).log, &state.member(b).log, seen);
    }
    for leader in State::ids().map(|id| state.member(id)).filter(|m| m.role == Role::Leader) {
        let must_hold = seen.committed.iter().enumerate().filter(|(_, c)| c.in_term < leader.term);
        let holds_all = must_hold
            .into_iter()
            .all(|(i, c)| leader.log.get(i).is_some_and(|entry| same_entry(entry, &c.entry)));
        seen.demand(Invariant::LeaderCompleteness, holds_all);
    }
    for i in 0..seen.committed.len() {
        let committed = &seen.committed[i];
        let copies = State::ids().filter(|id| {
            state.member(*id).log.get(i).is_some_and(|entry| same_entry(entry, &committed.entry))
        });
        let kept = !committed.acknowledged || copies.count() > usize::from(MEMBERS) / 2;
        seen.demand(Invariant::AcknowledgedKept, kept);
    }
}

fn compare(a: &[FrozenEntry], b: &[FrozenEntry], seen: &mut Seen) {
    let mut prefix_same = true;
    for (a, b) in a.iter().zip(b) {
        if a.term == b.term {
            seen.demand(Invariant::LogMatching, prefix_same);
            seen.demand(Invariant::SameBytes, a == b);
        } else {
            prefix_same = false;
        }
    }
}
