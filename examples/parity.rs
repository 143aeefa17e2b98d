//! Runs seeds natively and prints, a JSON line each, what was done and what came of it:
//! `cargo run --release --example parity -- 50`. The same runs in wasm must end in the same trace hash;
//! `tests/web/parity.test.js` sees to it.

use ledgerscope::scenario::Scenario;
use ledgerscope::sim::{World, swarm};
use ledgerscope::time::Micros;
use serde_json::json;

/// One simulated minute.
const LENGTH: Micros = Micros::seconds(60);

fn main() {
    let count: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(50);
    for seed in 0..count {
        let brokers = [3, 5, 4, 7, 1][(seed % 5) as usize];
        let scenario = Scenario { seed, brokers, ..Scenario::default() };
        let mut world = World::new(scenario.clone());
        let mut commands = Vec::new();
        for (at, command) in swarm::schedule(seed, brokers, LENGTH) {
            world.advance(at);
            // The schedule gives only commands that are possible.
            world.command(command).expect("a possible command");
            commands.push(json!({ "at_us": at.0, "command": command.shown() }));
        }
        world.advance(LENGTH);
        let hash = format!("{:016x}", world.trace_hash());
        println!(
            "{}",
            json!({ "scenario": scenario, "commands": commands, "events": world.emitted(), "hash": hash })
        );
    }
}
