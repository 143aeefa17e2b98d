//! Runs of random trouble, by seed (`ledgerscope check` has more of them): with every rule kept nothing breaks, and the
//! trouble is real. Loss of power is apart, with the rule that makes up for it.

use std::collections::BTreeSet;

use ledgerscope::check::swarm::{Plan, scenario};
use ledgerscope::check::{Invariant, Run, Stats};
use ledgerscope::ledger::Rule;
use ledgerscope::time::Micros;

/// Seeds that once broke something, and what was wrong.
const ONCE_BROKEN: [(u64, &str); 6] = [
    (168, "the padding before a file's first entry outlived the entry: what came in its place lay elsewhere"),
    (918, "the same, after restarts"),
    (572, "a consumer got the answer to a pull of the process before it, as that to a pull of its own"),
    (446, "the same"),
    (
        120,
        "elected with a full disk, which never commits its tail: nothing is promised until the next election",
    ),
    (269, "the same, seen at a message that no consumer could get"),
];

/// Of which power was lost, and everything flushed before it counted.
const ONCE_BROKEN_WITHOUT_POWER: [(u64, &str); 1] =
    [(215, "a disk that became slow took back what it had flushed before")];

fn run(seed: u64, plan: &Plan) -> Stats {
    let mut run = Run::new(scenario(seed, plan));
    if let Err(violation) = run.finish() {
        panic!("seed {seed}: {violation}");
    }
    Stats { runs: 1, ..run.stats() }
}

/// Everything flushed before it counts, on machines that lose power.
fn flushed() -> Plan {
    let rules = Plan::default().rules.with(Rule::FlushBeforeAcknowledging, true);
    Plan { rules, power_loss: true, ..Plan::default() }
}

#[test]
fn what_once_broke_something_does_so_no_more() {
    for (seed, _) in ONCE_BROKEN {
        run(seed, &Plan::default());
    }
    for (seed, _) in ONCE_BROKEN_WITHOUT_POWER {
        run(seed, &flushed());
    }
}

#[test]
fn nothing_breaks_in_random_trouble() {
    let mut all = Stats::default();
    for seed in 0..100 {
        all.add(&run(seed, &Plan { minutes: 3, ..Plan::default() }));
    }
    // The trouble is real, and everything was looked at.
    assert_eq!(all.runs, 100);
    assert!(all.simulated > Micros::seconds(100 * 3 * 60), "{all:?}");
    assert!(all.lost > 100_000 && all.doubled > 1_000 && all.late > 100_000, "{all:?}");
    assert!(all.crashes > 1_000 && all.pauses > 500 && all.elections > 500, "{all:?}");
    assert!(all.acknowledged > 50_000 && all.consumed > 50_000 && all.consumed_again > 1_000, "{all:?}");
    for (invariant, looks) in Invariant::ALL.iter().zip(all.looks) {
        assert!(looks > 500, "{}: {looks}", invariant.name());
    }
}

#[test]
fn who_flushes_before_acknowledging_loses_nothing_with_the_power() {
    for seed in 0..60 {
        run(seed, &Plan { minutes: 2, ..flushed() });
    }
}

#[test]
fn every_kind_of_trouble_is_drawn_and_no_run_has_all() {
    let kinds = |seed| -> BTreeSet<String> {
        let drawn = scenario(seed, &Plan::default());
        let kind = |command: serde_json::Value| command["do"].as_str().unwrap_or_default().to_string();
        drawn.commands.iter().map(|(_, c)| kind(serde_json::to_value(c.shown()).unwrap())).collect()
    };
    let runs: Vec<_> = (0..100).map(kinds).collect();
    let all: BTreeSet<_> = runs.iter().flatten().map(String::as_str).collect();
    let expected = [
        "calm",
        "clock",
        "cut",
        "delay",
        "disk",
        "heal",
        "heal_all",
        "isolate",
        "kill",
        "kill_consumer",
        "network",
        "partition",
        "pause",
        "restart",
        "resume",
        "start_consumer",
        "stop_consumer",
        "transfer",
    ];
    assert_eq!(all, BTreeSet::from(expected));
    assert!(runs.iter().all(|run| run.len() < expected.len()));
}
