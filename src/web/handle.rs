//! The first module: the handle of a run of brokers and one producer, and nothing that the first picture can do without.
//! Scenarios, all other commands and the watch are in the second (`lab`), which plays the run again and takes it over.

use js_sys::Array;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::playing::Playing;
use crate::ledger::MemberId;
use crate::scenario::Scenario;
use crate::sim::{Command, World};

/// A seed nobody has chosen, below 2^32 so that it can be read out and typed.
#[wasm_bindgen]
pub fn fresh_seed() -> Result<u32, JsError> {
    getrandom::u32().map_err(|_| JsError::new("the browser gives no random numbers"))
}

/// A running world.
#[wasm_bindgen]
pub struct Handle {
    run: Playing,
}

/// Nobody watches it here: a run goes on as long as it may.
fn go_on(_: &World) -> bool {
    true
}

#[wasm_bindgen]
impl Handle {
    /// Starts a run of 1 to 9 brokers; the seed is a whole number.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: f64, brokers: u8, message_every_ms: u32) -> Handle {
        let scenario = Scenario::plain(seed as u64, brokers, message_every_ms);
        Handle { run: Playing::new(scenario, go_on) }
    }

    /// Runs up to and including simulated time `until_us`, but at most `budget_ms` of real time. Returns the
    /// simulated time reached, in microseconds.
    pub fn advance(&mut self, until_us: f64, budget_ms: f64) -> f64 {
        self.run.advance(until_us, budget_ms, go_on)
    }

    /// Runs to the next moment of which there is something to tell, but for a minute at most. Returns the time reached.
    pub fn step(&mut self) -> f64 {
        self.run.step(go_on)
    }

    /// Fills the frame for the present and returns its length in numbers.
    pub fn frame(&mut self) -> usize {
        self.run.fill_frame()
    }

    /// Byte address of the frame. A view of it is good until the next call of anything here.
    pub fn frame_ptr(&self) -> *const f64 {
        self.run.frame_ptr()
    }

    /// The events since the last call, oldest first.
    pub fn events(&mut self) -> Result<Array, JsValue> {
        let serializer = serde_wasm_bindgen::Serializer::json_compatible();
        let events = self.run.world.take_events();
        events.iter().map(|record| record.serialize(&serializer).map_err(JsValue::from)).collect()
    }

    /// A broker's process dies. False: it is dead already, or there is no such broker.
    pub fn kill(&mut self, broker: u8) -> bool {
        self.command(Command::Kill { broker: MemberId(broker) })
    }

    /// A dead broker's process is started again. False: it is up already, or there is no such broker.
    pub fn restart(&mut self, broker: u8) -> bool {
        self.command(Command::Restart { broker: MemberId(broker) })
    }

    /// The producer sends a message.
    pub fn send(&mut self) {
        self.command(Command::Send { producer: 0 });
    }

    /// The hash of all events so far: equal for equal runs, here and natively.
    pub fn trace_hash(&self) -> u64 {
        self.run.world.trace_hash()
    }
}

impl Handle {
    fn command(&mut self, command: Command) -> bool {
        let done = self.run.world.command(command).is_ok();
        self.run.finish_moment(go_on);
        done
    }
}
