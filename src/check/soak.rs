//! Whole runs of random trouble under watch.

use super::safety::{Safety, Violation};
use crate::ledger::MemberId;
use crate::scenario::{ConsumeFrom, ConsumerSpec, Scenario, Timed};
use crate::sim::{Command, World, swarm};
use crate::time::Micros;

/// How long trouble lasts.
pub const TROUBLE: Micros = Micros::seconds(60);
/// How long the group then has to come to rest: longer than an election with all its back-offs.
pub const QUIET: Micros = Micros::seconds(40);

/// How long consumers have to come to the end: longer than it takes them to hear of a new master, and to rebalance.
pub const LONG_QUIET: Micros = Micros::seconds(100);

/// What a run came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    pub events: u64,
    pub acknowledged: usize,
    pub committed: usize,
    pub terms_led: usize,
    pub kills: usize,
    pub consumed: usize,
    /// those of them that the group had consumed before
    pub consumed_again: usize,
}

/// Runs a seed: a minute of kills, restarts and sends, then everybody is started and left alone. Every other run has
/// batches, and a group of two consumers of which one comes and goes.
pub fn run(seed: u64) -> Result<Outcome, Violation> {
    let brokers = [3, 5, 4, 3, 2, 7, 3, 1][(seed / 2 % 8) as usize];
    let mut scenario = Scenario::silent(seed, brokers);
    let mut commands = swarm::schedule(seed, brokers, TROUBLE);
    if seed % 2 == 1 {
        add_consumers(&mut scenario, &mut commands, seed);
    }
    let mut world = World::new(scenario);
    let mut safety = Safety::default();
    let mut kills = 0;
    for (at, command) in commands {
        advance(&mut world, &mut safety, at)?;
        kills += usize::from(matches!(command, Command::Kill { .. }));
        let done = world.command(command);
        debug_assert!(done.is_ok(), "the schedule gives only commands that are possible");
        watch(&mut world, &mut safety)?;
    }
    advance(&mut world, &mut safety, TROUBLE)?;
    for broker in (0..brokers).map(MemberId) {
        // Those that are up refuse.
        let _ = world.command(Command::Restart { broker });
    }
    advance(&mut world, &mut safety, TROUBLE + QUIET)?;
    safety.at_rest(&world)?;
    if seed % 2 == 1 {
        let _ = world.command(Command::StartConsumer { consumer: 1 });
        advance(&mut world, &mut safety, TROUBLE + LONG_QUIET)?;
        safety.all_consumed(&world)?;
    }
    let (consumed, consumed_again) = safety.consumed();
    Ok(Outcome {
        events: world.emitted(),
        acknowledged: safety.acknowledged(),
        committed: safety.committed(),
        terms_led: safety.terms_led(),
        kills,
        consumed,
        consumed_again,
    })
}

fn add_consumers(scenario: &mut Scenario, commands: &mut Vec<Timed>, seed: u64) {
    let consumer = |start_ms, consume_ms| ConsumerSpec {
        group: "GroupTest".to_string(),
        topic: 0,
        from: ConsumeFrom::First,
        start_ms,
        consume_ms,
    };
    scenario.consumers = vec![consumer(1_000, 0), consumer(2_000, 300)];
    scenario.producers[0].batch = 1 + (seed % 3) as u8;
    let (stop, kill) = (Command::StopConsumer { consumer: 1 }, Command::KillConsumer { consumer: 1 });
    let start = Command::StartConsumer { consumer: 1 };
    for (n, command) in [kill, start, stop, start, kill, start, stop].into_iter().enumerate() {
        commands.push((Micros::millis(8_000 * (n as u64 + 1) - seed % 1_000), command));
    }
    commands.sort_by_key(|(at, _)| *at);
}

/// Looks after every step: what an event says of a log is true only until the next one.
///
/// # Errors
/// The first rule that was broken.
pub fn advance(world: &mut World, safety: &mut Safety, until: Micros) -> Result<(), Violation> {
    while world.step_until(until) {
        watch(world, safety)?;
    }
    world.advance(until);
    Ok(())
}

/// Looks at the events since the last look.
///
/// # Errors
/// The first rule that was broken.
pub fn watch(world: &mut World, safety: &mut Safety) -> Result<(), Violation> {
    for record in world.take_events() {
        safety.watch(world, &record)?;
    }
    Ok(())
}
