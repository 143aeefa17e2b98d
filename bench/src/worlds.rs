//! Whole runs of the simulated world.

use ledgerscope::check::Watch;
use ledgerscope::check::swarm::{Plan, scenario};
use ledgerscope::scenario::Scenario;
use ledgerscope::sim::World;
use ledgerscope::time::Micros;

use crate::Work;

/// A scenario and how long it runs.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    brokers: u8,
    message_every_ms: u32,
    length: Micros,
}

/// How the run is watched. Every event is recorded, taken and dropped in all three.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// a simulated second at a time
    BySeconds,
    /// after each moment at which something happens
    BySteps,
    /// the same, and the checks see each event
    Checked,
}

const QUIET: Run = Run { brokers: 3, message_every_ms: 5_000, length: Micros::seconds(3_600) };

const fn busy(brokers: u8) -> Run {
    Run { brokers, message_every_ms: 10, length: Micros::seconds(60) }
}

impl Run {
    /// The runs that are measured.
    pub const ALL: [(&'static str, Run); 4] = [
        ("default scenario", QUIET),
        ("3 busy brokers", busy(3)),
        ("5 busy brokers", busy(5)),
        ("9 busy brokers", busy(9)),
    ];
    /// The one that is measured with checks.
    pub const CHECKED: (&'static str, Run) = ("5 busy brokers", busy(5));

    /// The world at its start.
    pub fn looked_at(self, look: Look) -> Watched {
        let mut scenario = Scenario { brokers: self.brokers, ..Scenario::default() };
        for producer in &mut scenario.producers {
            producer.every_ms = self.message_every_ms;
        }
        Watched { worlds: vec![(World::new(scenario), self.length)], look }
    }
}

/// The first ten runs that `ledgerscope check` makes.
pub fn random_trouble(look: Look) -> Watched {
    let world = |seed| {
        let scenario = scenario(seed, &Plan::default());
        let last = scenario.commands.last().map_or(Micros::ZERO, |(at, _)| *at);
        (World::new(scenario), last + Micros::seconds(100))
    };
    Watched { worlds: (0..10).map(world).collect(), look }
}

/// Worlds, how long each runs, and how they are watched.
pub struct Watched {
    worlds: Vec<(World, Micros)>,
    look: Look,
}

fn by_seconds(world: &mut World, length: Micros) {
    while world.now() < length {
        world.advance(world.now() + Micros::seconds(1));
        drop(world.take_events());
    }
}

fn by_steps(world: &mut World, length: Micros) {
    while world.step_until(length) {
        world.forget_events();
    }
}

fn checked(world: &mut World, length: Micros) {
    let mut watch = Watch::new(world.scenario());
    watch.advance(world, length).expect("the protocol is safe");
}

impl Work for Watched {
    fn run(&mut self) -> u64 {
        let run = match self.look {
            Look::BySeconds => by_seconds,
            Look::BySteps => by_steps,
            Look::Checked => checked,
        };
        let mut events = 0;
        for (world, length) in &mut self.worlds {
            run(world, *length);
            events += world.emitted();
        }
        events
    }
}
