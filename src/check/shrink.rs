//! From a run that breaks something to one that breaks the same with as little as possible: fewest brokers, fewest
//! commands, nothing unusual, shortest time, round numbers. Deterministic, in pieces, and never more than so many runs.

mod candidates;
mod smaller;

use super::run::Run;
use super::{Broken, Violation, Watch};
use crate::scenario::Scenario;
use crate::time::Micros;
use candidates::Candidates;

/// Most runs that are tried.
const RUNS_MAX: u32 = 20_000;
/// Nothing is waited for longer than this after the last command, but what takes long by its nature.
const SOON: Micros = Micros::seconds(60);

/// A scenario that is being made smaller.
pub struct Shrink {
    best: Scenario,
    violation: Violation,
    candidates: Candidates,
    trying: Option<(Scenario, Run)>,
    runs: u32,
}

impl Shrink {
    /// Begins with a scenario and what it breaks. Commands given later than that do not matter.
    pub fn new(mut scenario: Scenario, violation: Violation) -> Shrink {
        scenario.commands.retain(|(at, _)| *at <= violation.at);
        Shrink { best: scenario, violation, candidates: Candidates::default(), trying: None, runs: 0 }
    }

    /// Goes on for about so many events, of one run at most. `true`: it gets no smaller.
    pub fn step(&mut self, events: u64) -> bool {
        let Some((scenario, mut run)) = self.trying.take().or_else(|| self.next()) else {
            return true;
        };
        match run.step(events) {
            None => self.trying = Some((scenario, run)),
            Some(Err(violation)) if violation.what == self.violation.what => {
                self.best = scenario;
                self.best.commands.retain(|(at, _)| *at <= violation.at);
                self.violation = violation;
                self.candidates.accepted();
            }
            Some(_) => self.candidates.refused(),
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
        // What is broken long after all commands is what should have happened by then.
        let last = scenario.commands.last().map_or(Micros::ZERO, |(at, _)| *at);
        let liveness = matches!(self.violation.what, Broken::NoLeader | Broken::NoPut)
            || matches!(self.violation.what, Broken::AcknowledgedNotShown | Broken::AcknowledgedNotConsumed);
        let after = if liveness { Watch::new(&scenario).patience() } else { SOON };
        let until = (self.violation.at + self.candidates.patience()).min(last + after);
        let run = Run::until(scenario.clone(), until);
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
}

#[cfg(test)]
mod tests {
    use super::super::swarm::{Plan, scenario};
    use super::*;
    use crate::ledger::{Rule, Rules};
    use crate::scenario::SEED_MAX;

    /// Without a rule, the first seed that breaks something.
    fn found(rule: Rule) -> (Scenario, Violation) {
        let rules = Rules::SAFE.with(rule, false);
        let plan = Plan { rules, minutes: 2, brokers: Some(3), ..Plan::default() };
        let broken = |seed| {
            let scenario = scenario(seed, &plan);
            let violation = Run::new(scenario.clone()).finish().err()?;
            Some((scenario, violation))
        };
        (0..500).find_map(broken).expect("nothing breaks")
    }

    fn shrunk((scenario, violation): (Scenario, Violation), events: u64) -> Shrink {
        let mut shrink = Shrink::new(scenario, violation);
        while !shrink.step(events) {}
        shrink
    }

    fn breaks(scenario: &Scenario, as_in: &Violation) -> bool {
        let until = as_in.at + crate::time::Micros::seconds(1);
        let seen = Run::until(scenario.clone(), until).finish();
        seen.is_err_and(|violation| violation.what == as_in.what)
    }

    #[test]
    fn what_is_left_breaks_the_same_and_no_command_can_be_left_out() {
        for rule in [Rule::CompareLogsBeforeVoting, Rule::MajorityToCommit] {
            let (before, violation) = found(rule);
            let shrink = shrunk((before.clone(), violation.clone()), u64::MAX / 4);
            let (after, seen) = shrink.best();
            assert_eq!(Run::until(after.clone(), seen.at).finish().as_ref(), Err(seen));
            assert_eq!(seen.what, violation.what);
            assert!(after.commands.len() <= 8 && seen.at < violation.at, "{seen} {after:?}");
            assert!(shrink.runs() < RUNS_MAX);
            for n in 0..after.commands.len() {
                let mut without = after.clone();
                without.commands.remove(n);
                assert!(!breaks(&without, seen), "{:?} is not needed: {after:?}", after.commands[n]);
            }
        }
    }

    #[test]
    fn whatever_is_tried_can_be_written_and_read() {
        for seed in [0, 1, 2, SEED_MAX as u64] {
            let plan = Plan { minutes: 1, brokers: Some(5 + (seed % 2) as u8), ..Plan::default() };
            let mut best = scenario(seed, &plan);
            best.commands.truncate(30);
            let mut candidates = Candidates::default();
            for n in 1..4_000 {
                let Some(smaller) = candidates.next(&best) else { break };
                let text = serde_json::to_string(&smaller).unwrap();
                let read = Scenario::from_draft(&serde_json::from_str(&text).unwrap());
                assert_eq!(read.as_ref(), Ok(&smaller), "seed {seed}");
                if n % 20 == 0 {
                    best = smaller;
                    candidates.accepted();
                } else {
                    candidates.refused();
                }
            }
        }
    }

    #[test]
    fn it_does_not_matter_in_what_pieces_it_is_done() {
        let before = found(Rule::RememberVote);
        let (whole, pieces) = (shrunk(before.clone(), u64::MAX / 4), shrunk(before, 1_000));
        assert_eq!((whole.best(), whole.runs()), (pieces.best(), pieces.runs()));
    }

    #[test]
    fn what_breaks_by_itself_needs_no_command_and_nothing_unusual() {
        let (before, violation) = found(Rule::MajorityToWin);
        let shrink = shrunk((before, violation), u64::MAX / 4);
        let plain = Scenario { seed: shrink.best().0.seed, ..Scenario::default() };
        assert_eq!(
            *shrink.best().0,
            Scenario { rules: plain.rules.with(Rule::MajorityToWin, false), ..plain }
        );
    }
}
