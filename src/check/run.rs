//! One run under watch, in pieces, and what it came to.

use super::{Invariant, Violation, Watch};
use crate::ledger::Role;
use crate::scenario::Scenario;
use crate::sim::{Event, Kind, Record, World};
use crate::time::Micros;

/// What happened in runs, in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stats {
    /// runs that have ended
    pub runs: u64,
    pub simulated: Micros,
    pub events: u64,
    /// messages on the network: sent, and of them lost, doubled, and later than the scenario's latency has it
    pub sent: u64,
    pub lost: u64,
    pub doubled: u64,
    pub late: u64,
    /// processes that died, or stood still
    pub crashes: u64,
    pub pauses: u64,
    /// leaders elected
    pub elections: u64,
    /// messages acknowledged with PUT_OK, each of which was checked
    pub acknowledged: u64,
    /// messages consumed, and of them those that their group had consumed before
    pub consumed: u64,
    pub consumed_again: u64,
    /// how often each guarantee was looked at, in the order of `Invariant::ALL`
    pub looks: [u64; Invariant::ALL.len()],
}

impl Stats {
    /// These and those together.
    pub fn add(&mut self, other: &Stats) {
        self.runs += other.runs;
        self.simulated += other.simulated;
        self.events += other.events;
        self.sent += other.sent;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.late += other.late;
        self.crashes += other.crashes;
        self.pauses += other.pauses;
        self.elections += other.elections;
        self.acknowledged += other.acknowledged;
        self.consumed += other.consumed;
        self.consumed_again += other.consumed_again;
        for (all, looks) in self.looks.iter_mut().zip(other.looks) {
            *all += looks;
        }
    }

    fn count(&mut self, record: &Record) {
        match record.event {
            Event::Sent { .. } => self.sent += 1,
            // What reaches a machine without power is lost too.
            Event::Lost { message, .. } if message.kind != Kind::Closed => self.lost += 1,
            Event::Duplicated { .. } => self.doubled += 1,
            Event::Killed { .. } => self.crashes += 1,
            Event::Paused { .. } => self.pauses += 1,
            Event::Role { role: Role::Leader, .. } => self.elections += 1,
            Event::PutResult { ok: true, count, .. } => self.acknowledged += u64::from(count),
            Event::Consumed { again, .. } => {
                self.consumed += 1;
                self.consumed_again += u64::from(again);
            }
            _ => {}
        }
    }
}

/// A run that can be made a piece at a time.
pub struct Run {
    world: World,
    watch: Watch,
    until: Micros,
    stats: Stats,
}

impl Run {
    /// From the beginning until all that has to come back after the last command has had its time.
    pub fn new(scenario: Scenario) -> Run {
        let last = scenario.commands.last().map_or(Micros::ZERO, |(at, _)| *at);
        let until = last + Watch::new(&scenario).patience();
        Run::until(scenario, until)
    }

    /// From the beginning to `until`.
    pub fn until(scenario: Scenario, until: Micros) -> Run {
        let watch = Watch::new(&scenario);
        Run { world: World::new(scenario), watch, until, stats: Stats::default() }
    }

    /// Goes on for about so many events. `Some`: that was the end, or the first violation.
    pub fn step(&mut self, events: u64) -> Option<Result<(), Violation>> {
        let pause = self.world.emitted() + events;
        while self.world.emitted() < pause {
            if !self.world.step_until(self.until) {
                return Some(Ok(()));
            }
            for record in self.world.events() {
                self.stats.count(record);
            }
            if let Err(violation) = self.watch.look(&mut self.world) {
                return Some(Err(violation));
            }
        }
        None
    }

    /// Goes on to the end, or the first violation.
    ///
    /// # Errors
    /// The violation.
    pub fn finish(&mut self) -> Result<(), Violation> {
        self.step(u64::MAX / 2).unwrap_or(Ok(()))
    }

    /// How far it is.
    pub fn now(&self) -> Micros {
        self.world.now()
    }

    /// What happened so far.
    pub fn stats(&self) -> Stats {
        Stats {
            simulated: self.world.now(),
            events: self.world.emitted(),
            late: self.world.late(),
            looks: self.watch.looks(),
            ..self.stats
        }
    }

    /// Who watched it.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }
}
