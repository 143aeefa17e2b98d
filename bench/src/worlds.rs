//! Whole runs of the simulated world.

use ledgerscope::check::Watch;
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
    pub fn looked_at(self, look: Look) -> WatchedWorld {
        let mut scenario = Scenario { brokers: self.brokers, ..Scenario::default() };
        for producer in &mut scenario.producers {
            producer.every_ms = self.message_every_ms;
        }
        let world = World::new(scenario);
        WatchedWorld { world, length: self.length, look }
    }
}

/// A world and how it is watched.
pub struct WatchedWorld {
    world: World,
    length: Micros,
    look: Look,
}

impl WatchedWorld {
    fn by_seconds(&mut self) {
        while self.world.now() < self.length {
            self.world.advance(self.world.now() + Micros::seconds(1));
            drop(self.world.take_events());
        }
    }

    fn by_steps(&mut self) {
        while self.world.step_until(self.length) {
            self.world.forget_events();
        }
    }

    fn watched(&mut self) {
        let mut watch = Watch::new(self.world.scenario());
        watch.advance(&mut self.world, self.length).expect("the protocol is safe");
    }
}

impl Work for WatchedWorld {
    fn run(&mut self) -> u64 {
        match self.look {
            Look::BySeconds => self.by_seconds(),
            Look::BySteps => self.by_steps(),
            Look::Checked => self.watched(),
        }
        self.world.emitted()
    }
}
