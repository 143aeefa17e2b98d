//! The search, in pieces of real time.

use wasm_bindgen::prelude::*;

use super::values::{invalid, read, to_js};
use crate::check::search::{Found, Search, Searched};
use crate::check::swarm::Plan;
use crate::scenario::Scenario;
use crate::shown::Fields;
use crate::web::host::Budget;

/// Events between two looks at the clock.
const EVENTS_PER_LOOK: u64 = 2_000;
/// A search for a run that breaks something.
#[wasm_bindgen]
pub struct Seeker {
    search: Search,
    found: Option<Box<Found>>,
}

#[wasm_bindgen]
impl Seeker {
    /// A search through `count` seeds from `first` on, with `minutes` of trouble each. Of the scenario, brokers, preset
    /// and rules are taken.
    #[wasm_bindgen(constructor)]
    pub fn new(scenario: JsValue, minutes: u32, first: f64, count: f64) -> Result<Seeker, JsValue> {
        let draft = read(&scenario)?;
        let Scenario { brokers, preset, rules, .. } =
            Scenario::from_draft(&draft).map_err(|e| invalid(&e, &scenario))?;
        let plan = Plan { brokers: Some(brokers), preset, rules, minutes, ..Plan::default() };
        let first = first as u64;
        Ok(Seeker { search: Search::new(plan, first..first + count as u64), found: None })
    }

    /// Goes on for about `budget_ms` of real time. False: that was the end.
    pub fn step(&mut self, budget_ms: f64) -> bool {
        let budget = Budget::new(budget_ms);
        while self.found.is_none() {
            match self.search.step(EVENTS_PER_LOOK) {
                Searched::Going if budget.is_over() => return true,
                Searched::Going => {}
                Searched::Found(found) => self.found = Some(found),
                Searched::Nothing => break,
            }
        }
        false
    }

    /// `{tried, events, simulated_us}`: runs that have ended, and what happened in them.
    pub fn progress(&self) -> Result<JsValue, JsValue> {
        let stats = self.search.stats();
        let mut fields = Fields::default();
        fields.number("tried", stats.runs).number("events", stats.events);
        to_js(fields.number("simulated_us", stats.simulated.0))
    }

    /// The scenario of the run that breaks something.
    pub fn scenario(&self) -> Result<JsValue, JsValue> {
        self.found.as_ref().map_or(Ok(JsValue::NULL), |found| to_js(&found.scenario))
    }

    /// What it breaks.
    pub fn violation(&self) -> Result<JsValue, JsValue> {
        self.found.as_ref().map_or(Ok(JsValue::NULL), |found| to_js(&found.violation.shown()))
    }
}
