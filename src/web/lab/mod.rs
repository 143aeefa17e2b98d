//! The second module: scenarios, all commands, the watch, and the search.
//!
//! * `values`: what goes in from JavaScript, and what comes back
//! * `search`: runs of random trouble, until one breaks something

mod search;
mod values;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::playing::Playing;
use crate::check::{Violation, Watch};
use crate::ledger::{MemberId, Rule};
use crate::scenario::{Command, Scenario, Timed};
use crate::shown::Fields;
use crate::sim::{Packet, Party, World};
use values::{error, invalid, read, to_js, value_of};

/// A running world under watch.
#[wasm_bindgen]
pub struct Lab {
    run: Playing,
    eyes: Eyes,
    /// commands given from outside, each with the number of the scenario's own that came before it
    given: Vec<(usize, Timed)>,
}

/// What looks at the run after each of its steps.
struct Eyes {
    watch: Watch,
    /// the first that was seen
    violation: Option<Violation>,
    /// of the world's events, so many have been looked at
    looked: usize,
}

#[wasm_bindgen]
impl Lab {
    /// Starts a run. What the scenario leaves out gets its default.
    #[wasm_bindgen(constructor)]
    pub fn new(scenario: JsValue) -> Result<Lab, JsValue> {
        let draft = read(&scenario)?;
        let scenario = Scenario::from_draft(&draft).map_err(|e| invalid(&e, &scenario))?;
        let mut eyes = Eyes { watch: Watch::new(&scenario), violation: None, looked: 0 };
        let run = Playing::new(scenario, |world| eyes.look(world));
        Ok(Lab { run, eyes, given: Vec::new() })
    }

    /// Runs up to and including simulated time `until_us`, but at most `budget_ms` of real time, and no farther than a
    /// violation. Returns the simulated time reached, in microseconds.
    pub fn advance(&mut self, until_us: f64, budget_ms: f64) -> f64 {
        self.run.advance(until_us, budget_ms, |world| self.eyes.look(world))
    }

    /// Runs to the next moment of which there is something to tell, but for a minute at most. Returns the time reached.
    pub fn step(&mut self) -> f64 {
        self.run.step(|world| self.eyes.look(world))
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
        self.eyes.looked = 0;
        self.run.world.take_events().iter().map(to_js).collect()
    }

    /// Lets the events since the last call of `events` go.
    pub fn forget_events(&mut self) {
        self.eyes.looked = 0;
        self.run.world.forget_events();
    }

    /// Carries a command of a scenario out, now: `{do: 'kill', broker: 0}`.
    pub fn command(&mut self, command: JsValue) -> Result<(), JsValue> {
        let draft = read(&command)?;
        let done = Command::from_draft(&draft).map_err(|e| invalid(&e, &command))?;
        self.run.world.command(done).map_err(|refusal| {
            let field = refusal.field();
            error(&refusal.to_string(), refusal.code(), field, &value_of(&command, field), &refusal.allowed())
        })?;
        self.given.push((self.run.world.commanded(), (self.run.world.now(), done)));
        self.eyes.look(&self.run.world);
        self.run.finish_moment(|world| self.eyes.look(world));
        Ok(())
    }

    /// The hash of all events so far: equal for equal runs, here and natively.
    pub fn trace_hash(&self) -> u64 {
        self.run.world.trace_hash()
    }

    /// The scenario with nothing left out, and all commands that have been given: played again, it is this run.
    pub fn scenario(&self) -> Result<JsValue, JsValue> {
        let scenario = self.run.world.scenario();
        let mut commands = Vec::with_capacity(scenario.commands.len() + self.given.len());
        let mut given = self.given.iter().peekable();
        for (at, timed) in scenario.commands.iter().enumerate() {
            while let Some((_, timed)) = given.next_if(|(before, _)| *before <= at) {
                commands.push(*timed);
            }
            commands.push(*timed);
        }
        commands.extend(given.map(|(_, timed)| *timed));
        to_js(&Scenario { commands, ..scenario.clone() })
    }

    /// Every guarantee, and how often it has been looked at: `{name, checked}`.
    pub fn guarantees(&self) -> Result<Array, JsValue> {
        let shown = |(invariant, checked): (crate::check::Invariant, u64)| {
            let mut fields = Fields::default();
            fields.name("name", invariant.name()).number("checked", checked);
            to_js(&fields)
        };
        self.eyes.watch.guarantees().map(shown).collect()
    }

    /// What was broken first, if anything was.
    pub fn violation(&self) -> Result<Option<js_sys::Object>, JsValue> {
        self.eyes
            .violation
            .as_ref()
            .map(|violation| to_js(&violation.shown()).map(JsCast::unchecked_into))
            .transpose()
    }

    /// What there is to know of a message in flight.
    pub fn message(&self, id: f64) -> Result<Option<js_sys::Object>, JsValue> {
        let packet = self.run.world.in_flight().find(|packet| packet.id as f64 == id);
        packet.map(|packet| to_js(&message(packet)).map(JsCast::unchecked_into)).transpose()
    }

    /// The rules in force: `{name, kept}`.
    pub fn rules(&self) -> Result<Array, JsValue> {
        let rules = self.run.world.rules();
        let shown = |rule: Rule| {
            let mut fields = Fields::default();
            fields.name("name", rule.name()).flag("kept", rules.keep(rule));
            to_js(&fields)
        };
        Rule::ALL.into_iter().map(shown).collect()
    }

    /// What is in force on the link from one broker to another, in the words of the command `network`.
    pub fn link(&self, from: u8, to: u8) -> Result<JsValue, JsValue> {
        let link = self.run.world.link(self.broker(from)?, self.broker(to)?);
        let mut fields = Fields::default();
        fields.number("latency_us", link.latency_us).number("jitter_us", link.jitter_us);
        fields.number("loss_permille", u32::from(link.loss_permille));
        fields.number("duplicate_permille", u32::from(link.duplicate_permille));
        fields.number("reorder_permille", u32::from(link.reorder_permille));
        to_js(&fields)
    }

    /// What is wrong with a broker's disk, in the words of the command `disk`.
    pub fn disk(&self, broker: u8) -> Result<JsValue, JsValue> {
        self.broker(broker)?;
        let disk = self.run.world.disk_state(usize::from(broker));
        let mut fields = Fields::default();
        fields.number("slow_ms", disk.slow_ms).flag("full", disk.full);
        to_js(&fields)
    }
}

impl Lab {
    fn broker(&self, n: u8) -> Result<Party, JsValue> {
        let brokers = self.run.world.scenario().brokers;
        if n < brokers {
            return Ok(Party::Broker(MemberId(n)));
        }
        let allowed = format!("0..={}", brokers - 1);
        Err(error("there is no such broker", "no_such_broker", "broker", &n.into(), &allowed))
    }
}

impl Eyes {
    /// Looks at what the last step did. False: something was broken that had not been before.
    fn look(&mut self, world: &World) -> bool {
        let mut seen = Ok(());
        for record in &world.events()[self.looked..] {
            seen = seen.and(self.watch.watch(world, record));
        }
        self.looked = world.events().len();
        match seen.and(self.watch.after_step(world)) {
            Err(violation) if self.violation.is_none() => {
                self.violation = Some(violation);
                false
            }
            _ => true,
        }
    }
}

fn message(packet: &Packet) -> Fields {
    let mut fields = Fields::default();
    fields.number("id", packet.id).number("from", packet.from).number("to", packet.to);
    fields.number("sent_us", packet.sent_at.0).number("arrives_us", packet.arrives_at.0);
    fields.flag("lost", packet.lost).fields("message", packet.summary.fields());
    fields
}
