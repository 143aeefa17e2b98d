//! Whole runs of random trouble under watch.

use super::safety::{Safety, Violation};
use crate::ledger::MemberId;
use crate::scenario::Scenario;
use crate::sim::{Command, World, swarm};
use crate::time::Micros;

/// How long trouble lasts.
pub const TROUBLE: Micros = Micros::seconds(60);
/// How long the group then has to come to rest: longer than an election with all its back-offs.
pub const QUIET: Micros = Micros::seconds(40);

/// What a run came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    pub events: u64,
    pub acknowledged: usize,
    pub committed: usize,
    pub terms_led: usize,
    pub kills: usize,
}

/// Runs a seed: a minute of kills, restarts and sends, then everybody is started and left alone.
pub fn run(seed: u64) -> Result<Outcome, Violation> {
    let brokers = [3, 5, 4, 3, 2, 7, 3, 1][(seed % 8) as usize];
    let mut world = World::new(Scenario::silent(seed, brokers));
    let mut safety = Safety::default();
    let mut kills = 0;
    for (at, command) in swarm::schedule(seed, brokers, TROUBLE) {
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
    Ok(Outcome {
        events: world.emitted(),
        acknowledged: safety.acknowledged(),
        committed: safety.committed(),
        terms_led: safety.terms_led(),
        kills,
    })
}

/// Looks after every step: what an event says of a log is true only until the next one.
fn advance(world: &mut World, safety: &mut Safety, until: Micros) -> Result<(), Violation> {
    while world.next_event_time().is_some_and(|at| at <= until) {
        world.step();
        watch(world, safety)?;
    }
    world.advance(until);
    Ok(())
}

fn watch(world: &mut World, safety: &mut Safety) -> Result<(), Violation> {
    for record in world.take_events() {
        safety.watch(world, &record)?;
    }
    Ok(())
}
