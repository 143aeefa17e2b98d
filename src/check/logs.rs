//! Entries, commits and leaders.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::invariant::Invariant;
use super::violation::{Broken, Violation};
use super::watch::Look;
use crate::ledger::{MemberId, Role};
use crate::scenario::Scenario;
use crate::sim::{BrokerState, World, carried};
use crate::store::{Entry, EntryStore, Index, Term};
use crate::time::Micros;

/// An entry, as it was seen first.
#[derive(Clone, Debug)]
pub(super) struct First {
    pub broker: MemberId,
    pub entry: Entry,
    /// term of the entry before it
    pub previous: Term,
    /// where it lies
    pub at: i64,
}

impl First {
    /// What is wrong with one of the same index and term, seen later.
    pub(super) fn differs(&self, entry: &Entry, previous: Term, at: i64) -> Option<Broken> {
        if (self.entry.magic, &self.entry.body) != (entry.magic, &entry.body) {
            Some(Broken::EntriesDiffer)
        } else if self.previous != previous {
            Some(Broken::PrefixesDiffer)
        } else if self.entry != *entry || self.at != at {
            Some(Broken::PlacesDiffer)
        } else {
            None
        }
    }
}

/// What is known of an entry that somebody committed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Committed {
    /// the entry's
    pub term: Term,
    /// that in which it was committed
    by: Term,
    /// the message in it
    pub message: Option<u32>,
    /// when its producer was told
    pub acknowledged: Option<Micros>,
}

/// What its events say of a broker.
#[derive(Clone, Copy, Debug)]
struct Known {
    leads: bool,
    term: Term,
    end: Index,
    /// how far this process has committed
    committed: Index,
}

/// Who was elected in a term, and the end of its log then.
#[derive(Clone, Copy, Debug)]
struct Elected {
    broker: MemberId,
    end: Index,
    end_term: Term,
}

/// All logs, as they were seen.
#[derive(Clone, Debug)]
pub(super) struct Logs {
    brokers: Vec<Known>,
    leaders: BTreeMap<Term, Elected>,
    /// Two entries of one index and term are the same, and have the same before them, if this holds of every single
    /// step: then the rest follows by induction.
    entries: Vec<First>,
    /// those of another term than the first that was seen at their index
    others: BTreeMap<(Index, Term), First>,
    committed: Vec<Committed>,
}

fn store<'a>(look: &Look<'a>, broker: MemberId) -> Option<&'a EntryStore> {
    look.world.up(usize::from(broker.0)).map(|broker| broker.member().store())
}

fn on_disk(world: &World, n: usize) -> Option<&EntryStore> {
    match world.broker(n) {
        BrokerState::Up(broker) => Some(broker.member().store()),
        BrokerState::Dead(disk) | BrokerState::Booting { disk, .. } => Some(&disk.ledger.store),
        BrokerState::Between => None,
    }
}

impl Logs {
    pub fn new(scenario: &Scenario) -> Logs {
        let none = Known { leads: false, term: Term::NONE, end: Index::NONE, committed: Index::NONE };
        Logs {
            brokers: vec![none; usize::from(scenario.brokers)],
            leaders: BTreeMap::new(),
            entries: Vec::new(),
            others: BTreeMap::new(),
            committed: Vec::new(),
        }
    }

    fn known(&mut self, broker: MemberId) -> &mut Known {
        &mut self.brokers[usize::from(broker.0)]
    }

    pub fn term(&mut self, broker: MemberId, term: Term) {
        self.known(broker).term = term;
    }

    pub fn killed(&mut self, broker: MemberId) {
        self.known(broker).leads = false;
    }

    /// A process is up: what it found on its disk counts like what is written.
    pub fn started(
        &mut self,
        look: &mut Look,
        broker: MemberId,
        term: Term,
        end: Index,
    ) -> Result<(), Violation> {
        let lost = end.next().0..=self.known(broker).end.0;
        *self.known(broker) = Known { leads: false, term, end, committed: Index::NONE };
        lost.for_each(|index| self.forget(look.world, Index(index)));
        (0..=end.0).try_for_each(|index| self.compare(look, broker, Index(index)))
    }

    /// A loss of power took an entry. If that was the last of its copies another may come in its place, in the same term
    /// even: DLedger asks for votes again before it raises the term.
    fn forget(&mut self, world: &World, index: Index) {
        let held = |entry: &Entry| {
            let mut stores = (0..usize::from(world.scenario().brokers)).filter_map(|n| on_disk(world, n));
            stores.any(|store| store.term_at(index) == Some(entry.term))
        };
        match self.entries.get_mut(index.0 as usize) {
            Some(first) if !held(&first.entry) => first.entry.term = Term::NONE,
            _ => {}
        }
        self.others.retain(|(at, _), other| *at != index || held(&other.entry));
    }

    pub fn appended(
        &mut self,
        look: &mut Look,
        broker: MemberId,
        index: Index,
        term: Term,
    ) -> Result<(), Violation> {
        let known = self.known(broker);
        let (leads, end) = (known.leads, known.end);
        known.end = index;
        if leads {
            look.counts.add(Invariant::LeaderAppendOnly);
            if index <= end {
                let violation = Violation::new(look.at, Broken::LeaderDeleted, &[broker]);
                return Err(violation.of_entry(index, term));
            }
        }
        // Unless another one has taken its place within the step.
        match store(look, broker).and_then(|store| store.term_at(index)) == Some(term) {
            true => self.compare(look, broker, index),
            false => Ok(()),
        }
    }

    /// Compares an entry with the one of that index and term that was seen first.
    fn compare(&mut self, look: &mut Look, broker: MemberId, index: Index) -> Result<(), Violation> {
        let Some((store, entry)) = store(look, broker).and_then(|store| Some((store, store.entry(index)?)))
        else {
            return Ok(());
        };
        look.counts.add(Invariant::LogMatching);
        look.counts.add(Invariant::SameBytes);
        let previous = store.term_at(index.prev()).unwrap_or(Term::NONE);
        let at = store.position_of(index).unwrap_or(-1);
        let new = || First { broker, entry: entry.clone(), previous, at };
        if self.entries.len() as i64 == index.0 {
            self.entries.push(new());
        }
        let first = match self.entries.get_mut(index.0 as usize) {
            Some(first) if first.entry.term == entry.term => first,
            _ => self.others.entry((index, entry.term)).or_insert_with(new),
        };
        let Some(what) = first.differs(entry, previous, at) else { return Ok(()) };
        // Who had it first may have lost it with its power, and have another one now.
        let has_first = |other: &MemberId| {
            let store = on_disk(look.world, usize::from(other.0));
            *other != broker && store.and_then(|store| store.entry(index)) == Some(&first.entry)
        };
        let others = (0..look.world.scenario().brokers).map(MemberId);
        let other = [first.broker].into_iter().chain(others).find(has_first).unwrap_or(first.broker);
        if other == broker {
            *first = new();
            return Ok(());
        }
        Err(Violation::new(look.at, what, &[other, broker]).of_entry(index, entry.term))
    }

    /// Entries from `from` on are gone.
    pub fn truncated(&mut self, look: &mut Look, broker: MemberId, from: Index) -> Result<(), Violation> {
        look.counts.add(Invariant::CommitIndexSound);
        let known = self.known(broker);
        known.end = from.prev();
        let (leads, term, committed) = (known.leads, known.term, known.committed);
        let what = if leads {
            Broken::LeaderDeleted
        } else if from <= committed {
            Broken::CommittedBeyondEnd
        } else {
            return Ok(());
        };
        let index = if leads { from } else { committed };
        Err(Violation::new(look.at, what, &[broker]).of_entry(index, term))
    }

    pub fn role(
        &mut self,
        look: &mut Look,
        (broker, role, term): (MemberId, Role, Term),
    ) -> Result<(), Violation> {
        let known = self.known(broker);
        known.leads = role == Role::Leader;
        known.term = term;
        if !known.leads {
            return Ok(());
        }
        look.counts.add(Invariant::OneLeaderPerTerm);
        let (end, end_term) = store(look, broker).map_or((Index::NONE, Term::NONE), |store| {
            let end = store.end_index();
            (end, store.term_at(end).unwrap_or(Term::NONE))
        });
        let first = self.leaders.entry(term).or_insert(Elected { broker, end, end_term }).broker;
        if first != broker {
            let violation = Violation::new(look.at, Broken::TwoLeaders, &[first, broker]);
            return Err(Violation { term: Some(term), ..violation });
        }
        look.counts.add(Invariant::LeaderCompleteness);
        look.counts.add(Invariant::AcknowledgedKept);
        let lacks = |(index, committed): &(i64, &Committed)| {
            committed.by <= term && !self.has(look, broker, Index(*index), committed.term)
        };
        match (0..).zip(&self.committed).find(lacks) {
            Some((index, committed)) => Err(lacking(look.at, broker, term, Index(index), committed)),
            None => Ok(()),
        }
    }

    fn has(&self, look: &Look, broker: MemberId, index: Index, term: Term) -> bool {
        store(look, broker).and_then(|store| store.term_at(index)) == Some(term)
    }

    /// A broker says that it has committed up to `index`.
    pub fn committed(&mut self, look: &mut Look, broker: MemberId, index: Index) -> Result<(), Violation> {
        look.counts.add(Invariant::CommitIndexSound);
        look.counts.add(Invariant::CommittedEntriesAgree);
        let known = self.known(broker);
        let (before, by) = (known.committed, known.term);
        known.committed = index;
        let broken = |what, index| Err(Violation::new(look.at, what, &[broker]).of_entry(index, by));
        let Some(store) = store(look, broker) else { return Ok(()) };
        if index > store.end_index() {
            return broken(Broken::CommittedBeyondEnd, index);
        }
        if index < before {
            return broken(Broken::CommittedWentBack, index);
        }
        // A process commits its log from the beginning, so all that it had not committed yet counts.
        for at in before.next().0..=index.0 {
            let index = Index(at);
            let Some(entry) = store.entry(index) else { continue };
            match self.committed.get(at as usize) {
                Some(committed) if committed.term == entry.term => {}
                Some(_) => return broken(Broken::CommittedDiffers, index),
                None => {
                    let message = carried(entry).map(|carried| carried.number);
                    let committed = Committed { term: entry.term, by, message, acknowledged: None };
                    self.committed.push(committed);
                    self.later_leaders_have(look, index, &committed)?;
                }
            }
        }
        Ok(())
    }

    /// Who was elected in a later term must have had it then.
    fn later_leaders_have(&self, look: &Look, index: Index, committed: &Committed) -> Result<(), Violation> {
        let later = self.leaders.range((Bound::Excluded(committed.by), Bound::Unbounded));
        for (term, leader) in later {
            if self.term_in_log_of(leader, index).is_some_and(|had| had != committed.term) {
                return Err(lacking(look.at, leader.broker, *term, index, committed));
            }
        }
        Ok(())
    }

    /// The term of the entry that a leader had there when it was elected: found from the end of its log, as each entry tells
    /// the term of the one before it. None: not known any more, after a loss of power.
    fn term_in_log_of(&self, leader: &Elected, index: Index) -> Option<Term> {
        let (mut at, mut term) = (leader.end, leader.end_term);
        if at < index {
            return Some(Term::NONE);
        }
        while at > index {
            term = self.first(at, term)?.previous;
            at = at.prev();
        }
        Some(term)
    }

    /// The entry of that index and term.
    fn first(&self, index: Index, term: Term) -> Option<&First> {
        let first = self.entries.get(usize::try_from(index.0).ok()?);
        first.filter(|first| first.entry.term == term).or_else(|| self.others.get(&(index, term)))
    }

    /// How many entries somebody has committed.
    pub fn known_committed(&self) -> usize {
        self.committed.len()
    }

    /// The committed entry of that index.
    pub fn committed_at(&self, index: Index) -> Option<&Committed> {
        self.committed.get(usize::try_from(index.0).ok()?)
    }

    /// Who led the term of that committed entry.
    pub fn leader_of(&self, index: Index) -> Option<MemberId> {
        self.leaders.get(&self.committed_at(index)?.term).map(|leader| leader.broker)
    }

    /// The message in it.
    pub fn message_at(&self, index: Index) -> Option<u32> {
        self.committed_at(index)?.message
    }

    /// Its producer was told.
    pub fn acknowledge(&mut self, now: Micros, index: Index) {
        if let Some(committed) = self.committed.get_mut(index.0 as usize) {
            committed.acknowledged = committed.acknowledged.or(Some(now));
        }
    }
}

fn lacking(at: Micros, leader: MemberId, term: Term, index: Index, committed: &Committed) -> Violation {
    let what = match committed.acknowledged {
        Some(_) => Broken::LeaderLacksAcknowledged,
        None => Broken::LeaderLacksCommitted,
    };
    let violation = Violation::new(at, what, &[leader]).of_entry(index, term);
    Violation { number: committed.message, ..violation }
}
