use ledgerscope::check::Watch;
use ledgerscope::ledger::MemberId;
use ledgerscope::scenario::*;
use ledgerscope::sim::{Command, World, swarm};
use ledgerscope::time::Micros;
use std::time::Instant;

fn scenario(seed: u64) -> Scenario {
    let brokers = [3, 5][(seed % 2) as usize];
    let mut s = Scenario::silent(seed, brokers);
    s.producers[0].every_ms = 500;
    s.consumers = vec![ConsumerSpec {
        group: "g".into(),
        topic: 0,
        from: ConsumeFrom::First,
        start_ms: 1000,
        consume_ms: 0,
    }];
    s.commands = swarm::schedule(seed, brokers, Micros::seconds(60));
    for broker in (0..brokers).map(MemberId) {
        s.commands.push((Micros::seconds(60), Command::Restart { broker }));
    }
    s
}
fn main() {
    let a: Vec<u64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let only: Vec<bool> = match a.get(3) {
        Some(0) => vec![false],
        Some(1) => vec![true],
        _ => vec![false, true, false, true],
    };
    for watched in only {
        let t = Instant::now();
        let mut events = 0;
        for seed in a[0]..a[1] {
            let s = scenario(seed);
            let mut watch = Watch::new(&s);
            let mut world = World::new(s);
            let end = Micros::seconds(a[2]);
            if watched {
                if let Err(v) = watch.advance(&mut world, end) {
                    println!("seed {seed}: {v}");
                }
                if seed == a[0] {
                    for (i, n) in watch.guarantees() {
                        println!("{} {n}", i.name());
                    }
                }
            } else {
                while world.step_until(end) {
                    world.forget_events();
                }
            }
            events += world.emitted();
        }
        let s = t.elapsed().as_secs_f64();
        println!("watched {watched}: {events} events, {s:.2} s, {:.0} per s", events as f64 / s);
    }
}
