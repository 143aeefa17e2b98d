//! The work that is measured, as [`Case`]s that `benches/core.rs` times and `src/bin/once.rs` runs under a profiler.
//!
//! * `members`: three `ledger::Member`s that pass messages in memory
//! * `raft_nodes`: three `RawNode`s of the crate `raft`, driven the same way
//! * `worlds`: whole runs, with and without the safety checks

mod members;
mod raft_nodes;
mod worlds;

use members::Members;
use raft_nodes::{RaftNodes, Tuning};
use worlds::{Look, Run};

/// Bytes of a proposal.
pub const BODY: [u8; 32] = *b"thirty-two bytes for each entry.";
/// Entries that a case commits.
const COMMITS: u64 = 20_000;
/// Proposals under way together in the cases that pipeline.
const BATCH: u64 = 100;

/// What becomes of an entry that a log takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bytes {
    /// kept as a value in memory
    Kept,
    /// kept, and its bytes written to the end of a buffer, one for each member
    Written,
}

/// A group with a leader, ready to take proposals.
pub trait Group {
    /// Proposes one entry to the leader.
    fn propose(&mut self);
    /// Passes messages until the leader has committed all that was proposed and nothing is under way.
    fn settle(&mut self);
    /// Entries that the leader has committed.
    fn committed(&self) -> u64;
    /// Messages passed so far, answers included.
    fn messages(&self) -> u64;
}

/// Something that can be run once, prepared.
pub trait Work {
    /// Does it; how many elements (commits, events) it came to.
    fn run(&mut self) -> u64;
    /// A remark for who runs it by hand.
    fn remark(&self) -> String {
        String::new()
    }
}

/// Something to measure.
pub struct Case {
    /// `what it does/who does it`
    pub name: String,
    prepare: Box<dyn Fn() -> Box<dyn Work>>,
}

impl Case {
    fn new<W: Work + 'static>(name: impl Into<String>, prepare: impl Fn() -> W + 'static) -> Case {
        Case { name: name.into(), prepare: Box::new(move || Box::new(prepare())) }
    }

    /// Everything that comes before the work and is not part of it: elections, for example.
    pub fn prepare(&self) -> Box<dyn Work> {
        (self.prepare)()
    }
}

/// Commits in batches.
struct Commits<G> {
    group: G,
    batch: u64,
}

impl<G: Group> Work for Commits<G> {
    fn run(&mut self) -> u64 {
        let before = self.group.committed();
        for _ in 0..COMMITS / self.batch {
            for _ in 0..self.batch {
                self.group.propose();
            }
            self.group.settle();
        }
        let commits = self.group.committed() - before;
        assert_eq!(commits, COMMITS, "everything proposed is committed");
        commits
    }

    fn remark(&self) -> String {
        format!("{:.2} messages a commit", self.group.messages() as f64 / self.group.committed() as f64)
    }
}

/// All cases, in the order in which they are measured: what is compared stands side by side.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (how, batch) in [("commit one at a time", 1), ("commit a hundred at a time", BATCH)] {
        for (what, bytes) in [("", Bytes::Kept), (", bytes written", Bytes::Written)] {
            cases.push(Case::new(format!("{how}/ledgerscope{what}"), move || Commits {
                group: Members::elected(bytes),
                batch,
            }));
            for (tuned, tuning) in Tuning::ALL {
                cases.push(Case::new(format!("{how}/raft{tuned}{what}"), move || Commits {
                    group: RaftNodes::elected(tuning, bytes),
                    batch,
                }));
            }
        }
    }
    for (scene, run) in Run::ALL {
        cases.push(Case::new(format!("{scene}/by the second"), move || run.looked_at(Look::BySeconds)));
    }
    let (scene, run) = Run::CHECKED;
    cases.push(Case::new(format!("{scene}/by the step"), move || run.looked_at(Look::BySteps)));
    cases.push(Case::new(format!("{scene}/by the step, checked"), move || run.looked_at(Look::Checked)));
    cases.push(Case::new("random trouble/by the step", || worlds::random_trouble(Look::BySteps)));
    cases.push(Case::new("random trouble/by the step, checked", || worlds::random_trouble(Look::Checked)));
    cases
}

/// Names of the cases whose speeds are compared: the first in terms of the second.
pub fn ratios() -> Vec<(String, String)> {
    let mut ratios = Vec::new();
    for case in cases() {
        if let Some((group, peer)) = case.name.split_once("/raft") {
            let what = if peer.ends_with(", bytes written") { ", bytes written" } else { "" };
            ratios.push((format!("{group}/ledgerscope{what}"), case.name));
        }
    }
    for scene in [Run::CHECKED.0, "random trouble"] {
        ratios.push((format!("{scene}/by the step, checked"), format!("{scene}/by the step")));
    }
    ratios
}
