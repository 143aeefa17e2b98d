//! Runs seeds natively and prints, a JSON line each, what was done and what came of it:
//! `cargo run --release --example parity -- 50`. The same runs in wasm must end in the same trace hash;
//! `tests/web/parity.test.js` sees to it. Every other run has consumers, batches and a second topic.

use ledgerscope::scenario::{ConsumeFrom, ConsumerSpec, ProducerSpec, Scenario, TopicSpec};
use ledgerscope::sim::{World, swarm};
use ledgerscope::time::Micros;
use serde_json::json;

/// One simulated minute.
const LENGTH: Micros = Micros::seconds(60);

/// A second topic with a producer of batches, and two groups.
fn add_clients(scenario: &mut Scenario) {
    scenario.topics.push(TopicSpec { name: "Orders".to_string(), queues: 4 });
    scenario.producers.push(ProducerSpec { topic: 1, every_ms: 700, batch: 3 });
    let consumer = |group: &str, topic, start_ms, consume_ms| ConsumerSpec {
        group: group.to_string(),
        topic,
        from: if topic == 0 { ConsumeFrom::Last } else { ConsumeFrom::First },
        start_ms,
        consume_ms,
    };
    scenario.consumers =
        vec![consumer("G", 1, 1_000, 0), consumer("G", 1, 20_000, 40), consumer("H", 0, 2_000, 0)];
    scenario.poll_name_server_ms = 5_000;
}

fn main() {
    let count: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(50);
    for seed in 0..count {
        let brokers = [3, 5, 4, 7, 1][(seed % 5) as usize];
        let mut scenario = Scenario { seed, brokers, ..Scenario::default() };
        if seed % 2 == 1 {
            add_clients(&mut scenario);
        }
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
