//! The search, in pieces of real time: seed after seed until a run breaks something, and then that run made small.

use wasm_bindgen::prelude::*;

use super::values::{invalid, read, to_js};
use crate::check::search::{Search, Searched};
use crate::check::swarm::Plan;
use crate::check::{Shrink, Violation};
use crate::scenario::Scenario;
use crate::shown::Fields;
use crate::web::host::Budget;

/// Events between two looks at the clock.
const EVENTS_PER_LOOK: u64 = 2_000;

/// A search for a run that breaks something.
#[wasm_bindgen]
pub struct Seeker {
    search: Search,
    /// what was found is being made small
    shrink: Option<Shrink>,
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
        Ok(Seeker { search: Search::new(plan, first..first + count as u64), shrink: None })
    }

    /// Goes on for about `budget_ms` of real time. False: that was the end.
    pub fn step(&mut self, budget_ms: f64) -> bool {
        let budget = Budget::new(budget_ms);
        while !budget.is_over() {
            if let Some(shrink) = &mut self.shrink {
                if shrink.step(EVENTS_PER_LOOK) {
                    return false;
                }
                continue;
            }
            match self.search.step(EVENTS_PER_LOOK) {
                Searched::Going => {}
                Searched::Found(found) => self.shrink = Some(Shrink::new(found.scenario, found.violation)),
                Searched::Nothing => return false,
            }
        }
        true
    }

    /// `{tried, events, simulated_us, found, shrunk}`: runs that have ended, and what happened in them; whether one broke
    /// something, and in how many runs it has been tried to make it smaller.
    pub fn progress(&self) -> Result<JsValue, JsValue> {
        let stats = self.search.stats();
        let mut fields = Fields::default();
        fields.number("tried", stats.runs).number("events", stats.events);
        fields.number("simulated_us", stats.simulated.0).flag("found", self.shrink.is_some());
        to_js(fields.number("shrunk", self.shrink.as_ref().map_or(0, Shrink::runs)))
    }

    /// The scenario of the run that breaks something, as small as it is by now.
    pub fn scenario(&self) -> Result<JsValue, JsValue> {
        self.best().map_or(Ok(JsValue::NULL), |(scenario, _)| to_js(scenario))
    }

    /// What it breaks.
    pub fn violation(&self) -> Result<JsValue, JsValue> {
        self.best().map_or(Ok(JsValue::NULL), |(_, violation)| to_js(&violation.shown()))
    }
}

impl Seeker {
    fn best(&self) -> Option<(&Scenario, &Violation)> {
        self.shrink.as_ref().map(Shrink::best)
    }
}
