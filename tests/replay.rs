//! What is done to a run while it goes on is written down as commands of its scenario; the scenario alone is that run.

use ledgerscope::ledger::MemberId;
use ledgerscope::scenario::{Command, ProducerSpec, Scenario};
use ledgerscope::sim::{Purpose, Stream, World};
use ledgerscope::time::Micros;

/// All that is still to be done at the present time, as the page does before it gives a command.
fn finish_moment(world: &mut World) {
    while world.step_until(world.now()) {}
}

#[test]
fn a_run_with_its_commands_written_down_is_the_same_run() {
    for seed in 0..20 {
        let mut scenario = Scenario::silent(seed, 3);
        scenario.producers = vec![ProducerSpec { topic: 0, every_ms: 100, batch: 1 }];
        let mut world = World::new(scenario.clone());
        let mut random = Stream::new(seed, Purpose::Swarm, 0);
        finish_moment(&mut world);
        for _ in 0..200 {
            // Mostly right after something has happened: at the very microsecond of it.
            match random.below(3) {
                0 => world.advance(world.now() + Micros(random.below(200_000))),
                1 => world.advance(Micros((world.now().0 / 100_000 + 1) * 100_000)),
                _ => _ = world.step(),
            }
            finish_moment(&mut world);
            let broker = MemberId(random.below(3) as u8);
            for _ in 0..=random.below(2) {
                let command = match random.below(5) {
                    0 => Command::Kill { broker },
                    1 | 2 => Command::Restart { broker },
                    3 => Command::Pause { broker },
                    _ => Command::Send { producer: 0 },
                };
                if world.command(command).is_ok() {
                    scenario.commands.push((world.now(), command));
                }
                finish_moment(&mut world);
            }
        }
        let mut again = World::new(scenario);
        again.advance(world.now());
        assert_eq!(again.trace_hash(), world.trace_hash(), "seed {seed}");
        assert!(again.refused().is_empty());
    }
}

#[test]
fn a_command_comes_after_all_else_of_its_moment() {
    let at = Micros::seconds(5);
    let mut scenario = Scenario { seed: 7, ..Scenario::default() };
    let mut world = World::new(scenario.clone());
    // The producer sends at this very time.
    world.advance(at);
    world.command(Command::Kill { broker: MemberId(0) }).unwrap();
    world.advance(Micros::seconds(9));
    scenario.commands.push((at, Command::Kill { broker: MemberId(0) }));
    let mut again = World::new(scenario);
    again.advance(Micros::seconds(9));
    assert_eq!(again.trace_hash(), world.trace_hash());
}
