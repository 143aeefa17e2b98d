//! How long elections take here, for the table in docs/fidelity.md: `cargo run --release --example timings`.

use ledgerscope::scenario::Scenario;
use ledgerscope::sim::{Command, World};
use ledgerscope::time::Micros;

const COLD_STARTS: u64 = 2_000;
const CRASHES: u64 = 1_000;

fn main() {
    for brokers in [3, 5] {
        let (mut times, mut in_term_0) = (Vec::new(), 0);
        for seed in 0..COLD_STARTS {
            let mut world = world(brokers, seed);
            let term = next_leader(&mut world);
            times.push(world.now().as_millis());
            in_term_0 += u64::from(term == 0);
        }
        let share = in_term_0 * 100 / COLD_STARTS;
        println!("{brokers} brokers, cold start: {}; {share} % won in term 0", summary(times));

        let (mut times, mut terms) = (Vec::new(), [0_u64; 4]);
        for seed in 0..CRASHES {
            let mut world = world(brokers, seed);
            world.advance(Micros::seconds(5));
            let Some(leader) = world.leader() else { continue };
            let before = term_of(&world);
            let killed_at = world.now();
            world.command(Command::Kill { broker: leader }).expect("a leader is alive");
            let after = next_leader(&mut world);
            times.push((world.now() - killed_at).as_millis());
            terms[(after - before).clamp(0, 3) as usize] += 1;
        }
        println!("{brokers} brokers, leader killed: {}; terms +0 to +3: {terms:?}", summary(times));
    }
}

fn world(brokers: u8, seed: u64) -> World {
    World::new(Scenario::silent(seed, brokers))
}

fn term_of(world: &World) -> i64 {
    let leader = world.leader().and_then(|leader| world.up(usize::from(leader.0)));
    leader.map_or(-1, |leader| leader.member().term().0)
}

fn next_leader(world: &mut World) -> i64 {
    while world.leader().is_none() && world.now() < Micros::seconds(60) {
        world.step();
    }
    term_of(world)
}

fn summary(mut times: Vec<u64>) -> String {
    times.sort_unstable();
    let (min, median, max) = (times.first(), times.get(times.len() / 2), times.last());
    format!("{min:?} / {median:?} / {max:?} ms").replace("Some(", "").replace(')', "")
}
