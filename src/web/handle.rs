//! The handle that JavaScript holds: a world, its frame, its errors.

use std::cell::RefCell;

use js_sys::{Array, Error, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::Performance;

use super::frame;
use crate::scenario::{Draft, Invalid, Scenario, Value};
use crate::sim::{Command, World};
use crate::time::Micros;

/// A step that finds nothing to tell ends after this.
const LONGEST_STEP: Micros = Micros::seconds(60);
/// Steps between two looks at the clock.
const STEPS_PER_LOOK: u32 = 64;

#[wasm_bindgen]
extern "C" {
    /// The clock of whatever this runs in, a page or a worker; only the length of a pause depends on it.
    #[wasm_bindgen(thread_local_v2, js_name = performance)]
    static CLOCK: Performance;
}

/// The allocator of `std` is 2.8 KB more of what a visitor downloads.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

thread_local! {
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs once, when the module is loaded: a panic is written to the console and kept for [`last_panic`].
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|info| {
        LAST_PANIC.with_borrow_mut(|last| *last = Some(info.to_string()));
        console_error_panic_hook::hook(info);
    }));
}

/// What the last panic said, if there was one.
#[wasm_bindgen]
pub fn last_panic() -> Option<String> {
    LAST_PANIC.with_borrow(Clone::clone)
}

/// A seed nobody has chosen, below 2^32 so that it can be read out and typed.
#[wasm_bindgen]
pub fn fresh_seed() -> Result<u32, JsError> {
    getrandom::u32().map_err(|_| JsError::new("the browser gives no random numbers"))
}

/// A running world.
#[wasm_bindgen]
pub struct Handle {
    world: World,
    frame: Vec<f64>,
}

#[wasm_bindgen]
impl Handle {
    /// Starts a run. What the scenario leaves out gets its default.
    #[wasm_bindgen(constructor)]
    pub fn new(scenario: JsValue) -> Result<Handle, JsValue> {
        let draft = read(&scenario)?;
        let scenario = Scenario::from_draft(&draft).map_err(|e| invalid(&e, &scenario))?;
        Ok(Handle { world: World::new(scenario), frame: Vec::new() })
    }

    /// Runs up to and including simulated time `until_us`, but at most `budget_ms` of real time. Returns the
    /// simulated time reached, in microseconds.
    pub fn advance(&mut self, until_us: f64, budget_ms: f64) -> f64 {
        let until = Micros(until_us.max(0.0) as u64);
        let deadline = CLOCK.with(Performance::now) + budget_ms;
        let mut steps = 0;
        while self.world.step_until(until) {
            steps += 1;
            if steps % STEPS_PER_LOOK == 0 && CLOCK.with(Performance::now) > deadline {
                return self.time_us();
            }
        }
        self.world.advance(until);
        self.time_us()
    }

    /// Runs to the next moment of which there is something to tell, but for a minute at most. Returns the time reached.
    pub fn step(&mut self) -> f64 {
        let (told, until) = (self.world.events().len(), self.world.now() + LONGEST_STEP);
        while self.world.step() {
            let mut news = self.world.events()[told..].iter();
            if news.any(|record| frame::is_on_stage(&record.event)) || self.world.now() >= until {
                break;
            }
        }
        self.time_us()
    }

    /// Fills the frame for the present and returns its length in numbers.
    pub fn frame(&mut self) -> usize {
        frame::fill(&mut self.frame, &self.world);
        self.frame.len()
    }

    /// Byte address of the frame. A view of it is good until the next call of anything here.
    pub fn frame_ptr(&self) -> *const f64 {
        self.frame.as_ptr()
    }

    /// The events since the last call, oldest first.
    pub fn events(&mut self) -> Result<Array, JsValue> {
        self.world.take_events().iter().map(to_js).collect()
    }

    /// Carries a command out, now: `{do: 'kill', broker: 0}`, `{do: 'restart', broker: 0}`, `{do: 'send'}`.
    pub fn command(&mut self, command: JsValue) -> Result<(), JsValue> {
        let draft = read(&command)?;
        let done = Command::from_draft(&draft).map_err(|e| invalid(&e, &command))?;
        self.world.command(done).map_err(|refusal| {
            let field = refusal.field();
            let value = Reflect::get(&command, &JsValue::from_str(field)).unwrap_or(JsValue::UNDEFINED);
            error(&refusal.to_string(), refusal.code(), field, &value, &refusal.allowed())
        })
    }

    /// The hash of all events so far, 16 hex digits: equal for equal runs, here and natively.
    pub fn trace_hash(&self) -> String {
        format!("{:016x}", self.world.trace_hash())
    }

    /// The scenario with nothing left out.
    pub fn scenario(&self) -> Result<JsValue, JsValue> {
        to_js(self.world.scenario())
    }
}

impl Handle {
    /// The present, in microseconds.
    fn time_us(&self) -> f64 {
        self.world.now().0 as f64
    }
}

fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(JsValue::from)
}

/// A scenario has commands, one of which has lists of lists, and nothing deeper. What is, may be a circle.
const DEPTH: u32 = 5;

/// Reads an object. (Through serde this is 14 KB more: it brings the printing of fractions.)
fn read(value: &JsValue) -> Result<Draft, JsValue> {
    match read_value(value, DEPTH) {
        Value::Object(draft) => Ok(draft),
        _ => Err(error("not an object", "bad_value", "", value, "an object")),
    }
}

fn read_value(value: &JsValue, depth: u32) -> Value {
    if let Some(text) = value.as_string() {
        return Value::Text(text);
    }
    if let Some(yes) = value.as_bool() {
        return Value::Flag(yes);
    }
    if let Some(n) = value.as_f64() {
        let whole = js_sys::Number::is_safe_integer(value);
        return if whole { Value::Whole(n as i64) } else { Value::Other("not a whole number, or too large") };
    }
    let Some(object) = value.dyn_ref::<Object>().filter(|_| depth > 0) else {
        return Value::Other("not a number, a text, a list or an object");
    };
    if value.is_array() {
        return Value::List(Array::from(object).iter().map(|value| read_value(&value, depth - 1)).collect());
    }
    let entries = Object::entries(object);
    let fields = entries.iter().map(|entry| {
        let entry = Array::from(&entry);
        (entry.get(0).as_string().unwrap_or_default(), entry.get(1))
    });
    let written = fields.filter(|(_, value)| !value.is_undefined());
    Value::Object(written.map(|(name, value)| (name, read_value(&value, depth - 1))).collect())
}

/// The error for a draft, with the value as it was given.
fn invalid(what: &Invalid, source: &JsValue) -> JsValue {
    let value = Reflect::get(source, &JsValue::from_str(&what.field)).unwrap_or(JsValue::UNDEFINED);
    error(&what.to_string(), what.code, &what.field, &value, &what.allowed)
}

/// An `Error` that words can be made of in any language.
fn error(message: &str, code: &str, field: &str, value: &JsValue, allowed: &str) -> JsValue {
    let error = Error::new(message);
    let fields = [
        ("code", code.into()),
        ("field", field.into()),
        ("value", value.clone()),
        ("allowed", allowed.into()),
    ];
    for (name, value) in fields {
        // A fresh object takes any property.
        let _ = Reflect::set(&error, &name.into(), &value);
    }
    error.into()
}
