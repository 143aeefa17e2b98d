//! Looks for a seed that breaks something, in pieces.

use std::ops::Range;

use super::Violation;
use super::run::{Run, Stats};
use super::swarm::{Plan, scenario};
use crate::scenario::Scenario;

/// A run in which something broke.
#[derive(Clone, Debug)]
pub struct Found {
    pub seed: u64,
    pub scenario: Scenario,
    pub violation: Violation,
}

/// How far a search is.
#[derive(Clone, Debug)]
pub enum Searched {
    /// there are seeds left
    Going,
    /// the first seed that breaks something
    Found(Box<Found>),
    /// no seed does
    Nothing,
}

/// A search through seeds, one after the other.
pub struct Search {
    plan: Plan,
    seeds: Range<u64>,
    run: Option<Run>,
    stats: Stats,
}

impl Search {
    /// Nothing looked at yet.
    pub fn new(plan: Plan, seeds: Range<u64>) -> Search {
        Search { plan, seeds, run: None, stats: Stats::default() }
    }

    /// Goes on for about so many events, of one run at most.
    pub fn step(&mut self, events: u64) -> Searched {
        if self.seeds.is_empty() {
            return Searched::Nothing;
        }
        let seed = self.seeds.start;
        let run = self.run.get_or_insert_with(|| Run::new(scenario(seed, &self.plan)));
        let Some(ended) = run.step(events) else {
            return Searched::Going;
        };
        self.stats.add(&Stats { runs: 1, ..run.stats() });
        self.run = None;
        self.seeds.start += 1;
        match ended {
            Ok(()) if self.seeds.is_empty() => Searched::Nothing,
            Ok(()) => Searched::Going,
            Err(violation) => {
                let scenario = scenario(seed, &self.plan);
                Searched::Found(Box::new(Found { seed, scenario, violation }))
            }
        }
    }

    /// What happened in all runs that have ended.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// The seed that is looked at.
    pub fn seed(&self) -> u64 {
        self.seeds.start
    }
}
