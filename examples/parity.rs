//! Runs seeds natively and prints, a JSON line each, what was done and what came of it:
//! `cargo run --release --example parity -- 50`. The same runs in wasm must end in the same trace hash;
//! `tests/web/parity.test.js` sees to it. Each seed stands for two runs: a plain one with commands from outside, as the first
//! module plays it, and one with all faults and clients, whose commands are in its scenario.

use ledgerscope::check::Run;
use ledgerscope::check::swarm::{self, Plan};
use ledgerscope::scenario::Scenario;
use ledgerscope::sim::{World, swarm::schedule};
use ledgerscope::time::Micros;
use serde_json::{Value, json};

/// One simulated minute.
const LENGTH: Micros = Micros::seconds(60);

fn plain(seed: u64, brokers: u8) -> Value {
    let scenario = Scenario { seed, brokers, ..Scenario::default() };
    let mut world = World::new(scenario.clone());
    let mut commands = Vec::new();
    for (at, command) in schedule(seed, brokers, LENGTH) {
        world.advance(at);
        // The schedule gives only commands that are possible.
        world.command(command).expect("a possible command");
        commands.push(json!({ "at_us": at.0, "command": command.shown() }));
    }
    world.advance(LENGTH);
    let hash = format!("{:016x}", world.trace_hash());
    json!({ "scenario": scenario, "commands": commands, "events": world.emitted(), "hash": hash })
}

fn troubled(seed: u64, brokers: u8) -> Value {
    let scenario = swarm::scenario(seed, &Plan { brokers: Some(brokers), minutes: 1, ..Plan::default() });
    let mut run = Run::until(scenario.clone(), LENGTH);
    run.finish().expect("nothing is broken");
    let mut world = World::new(scenario.clone());
    world.advance(LENGTH);
    let hash = format!("{:016x}", world.trace_hash());
    let checks: u64 = run.watch().guarantees().map(|(_, checked)| checked).sum();
    json!({ "scenario": scenario, "hash": hash, "checks": checks })
}

fn main() {
    let count: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(50);
    for seed in 0..count {
        let brokers = [3, 5, 4, 7, 1][(seed % 5) as usize];
        println!("{}", json!({ "plain": plain(seed, brokers), "troubled": troubled(seed, brokers) }));
    }
}
