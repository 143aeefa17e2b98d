//! A run as a page plays it: in pieces of real time or from one thing that is told to the next, and as a frame of numbers.

use super::frame;
use super::host::Budget;
use crate::scenario::Scenario;
use crate::sim::World;
use crate::time::Micros;

/// A step that finds nothing to tell ends after this.
const LONGEST_STEP: Micros = Micros::seconds(60);

/// A world that is played. Whoever plays it may look at it after each of its steps (`look`), and says whether it goes on.
pub struct Playing {
    pub world: World,
    frame: Vec<f64>,
}

impl Playing {
    pub fn new(scenario: Scenario, look: impl FnMut(&World) -> bool) -> Playing {
        let mut playing = Playing { world: World::new(scenario), frame: Vec::new() };
        playing.finish_moment(look);
        playing
    }

    /// The present, in microseconds.
    pub fn time_us(&self) -> f64 {
        self.world.now().0 as f64
    }

    /// Runs up to and including simulated time `until_us`, but at most `budget_ms` of real time. Returns the simulated
    /// time reached, in microseconds.
    pub fn advance(&mut self, until_us: f64, budget_ms: f64, mut look: impl FnMut(&World) -> bool) -> f64 {
        let until = Micros(until_us.max(0.0) as u64);
        let mut budget = Budget::new(budget_ms);
        while self.world.step_until(until) {
            if !look(&self.world) || budget.is_spent() {
                self.finish_moment(look);
                return self.time_us();
            }
        }
        self.world.advance(until);
        self.time_us()
    }

    /// Runs to the next moment of which there is something to tell, but for a minute at most. Returns the time reached.
    pub fn step(&mut self, mut look: impl FnMut(&World) -> bool) -> f64 {
        let (told, until) = (self.world.events().len(), self.world.now() + LONGEST_STEP);
        while self.world.step() {
            let mut events = self.world.events()[told..].iter();
            let tells = events.any(|record| frame::is_on_stage(&record.event));
            if !look(&self.world) || tells || self.world.now() >= until {
                break;
            }
        }
        self.finish_moment(look);
        self.time_us()
    }

    /// All that is still to be done at the present time. A command comes when that is done, in a scenario too.
    pub fn finish_moment(&mut self, mut look: impl FnMut(&World) -> bool) {
        while self.world.step_until(self.world.now()) {
            look(&self.world);
        }
    }

    /// Fills the frame for the present and returns its length in numbers.
    pub fn fill_frame(&mut self) -> usize {
        frame::fill(&mut self.frame, &self.world);
        self.frame.len()
    }

    /// Byte address of the frame.
    pub fn frame_ptr(&self) -> *const f64 {
        self.frame.as_ptr()
    }
}
