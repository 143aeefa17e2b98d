//! From a run that breaks something to one that breaks the same with as little as possible: fewest brokers, fewest commands,
//! shortest time, round numbers. Deterministic, in pieces, and never more than so many runs.

mod candidates;

use super::Violation;
use super::run::Run;
use crate::scenario::Scenario;
use crate::time::Micros;
use candidates::Candidates;

/// Most runs that are tried.
const RUNS_MAX: u32 = 4_000;

/// A scenario that is being made smaller.
pub struct Shrink {
    best: Scenario,
    violation: Violation,
    candidates: Candidates,
    trying: Option<(Scenario, Run)>,
    runs: u32,
}

impl Shrink {
    /// Begins with a scenario and what it breaks. Nothing after that matters.
    pub fn new(mut scenario: Scenario, violation: Violation) -> Shrink {
        scenario.commands.retain(|(at, _)| *at <= violation.at);
        Shrink { best: scenario, violation, candidates: Candidates::default(), trying: None, runs: 0 }
    }

    /// Goes on for about so many events, of one run at most. `true`: it gets no smaller.
    pub fn step(&mut self, events: u64) -> bool {
        if self.trying.is_none() {
            self.trying = self.next();
        }
        let Some((_, run)) = &mut self.trying else {
            return true;
        };
        let Some(ended) = run.step(events) else {
            return false;
        };
        let Some((mut scenario, _)) = self.trying.take() else {
            return false;
        };
        match ended {
            Err(violation) if violation.what == self.violation.what => {
                scenario.commands.retain(|(at, _)| *at <= violation.at);
                self.best = scenario;
                self.violation = violation;
                self.candidates.accepted();
            }
            _ => self.candidates.refused(),
        }
        false
    }

    /// The next that is smaller than the best so far.
    fn next(&mut self) -> Option<(Scenario, Run)> {
        if self.runs >= RUNS_MAX {
            return None;
        }
        let scenario = self.candidates.next(&self.best)?;
        self.runs += 1;
        // It may take as long as it did; what waits for time to pass is no smaller if that is longer.
        let run = Run::until(scenario.clone(), self.violation.at);
        Some((scenario, run))
    }

    /// The smallest so far, and what it breaks.
    pub fn best(&self) -> (&Scenario, &Violation) {
        (&self.best, &self.violation)
    }

    /// Runs tried so far.
    pub fn runs(&self) -> u32 {
        self.runs
    }

    /// When what it breaks is broken.
    pub fn at(&self) -> Micros {
        self.violation.at
    }
}
