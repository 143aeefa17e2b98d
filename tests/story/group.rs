//! The line that begins a story: `group of 3, seed 7, as dledger-0.4, with batches_fill, preferring B`.

use ledgerscope::ledger::{Preset, Rule};
use ledgerscope::scenario::Scenario;

use super::{broker, number};

/// The scenario of a line. After brokers and seed come, in any order:
/// * `as PRESET`: with the rules and settings of that preset
/// * `with RULE`, `without RULE and RULE`: these rules otherwise than in the preset
/// * `preferring B`: `preferredLeaderIds`
/// * `batching`: `isEnableBatchAppend`
pub fn described(line: &str) -> Result<Scenario, String> {
    let mut parts = line.split(", ");
    let brokers = parts.next().and_then(|p| p.strip_prefix("group of "));
    let seed = parts.next().and_then(|p| p.strip_prefix("seed "));
    let (Some(brokers), Some(seed)) = (brokers, seed) else {
        return Err("say `group of N, seed S`".to_string());
    };
    let mut scenario = Scenario::silent(number(seed)?, number(brokers)? as u8);
    for part in parts {
        match part.split_once(' ') {
            None if part == "batching" => scenario.batch_append = true,
            Some(("preferring", ids)) => {
                scenario.preferred_leaders = ids.split(" and ").map(broker).collect::<Result<_, _>>()?;
            }
            Some(("as", preset)) => {
                scenario.preset = named(&Preset::ALL, Preset::name, preset)?;
                scenario.rules = scenario.preset.rules();
            }
            Some((how @ ("with" | "without"), rules)) => {
                for rule in rules.split(" and ") {
                    let rule = named(&Rule::ALL, Rule::name, rule)?;
                    scenario.rules = scenario.rules.with(rule, how == "with");
                }
            }
            _ => return Err(format!("`{part}` says nothing about a group")),
        }
    }
    Ok(scenario)
}

fn named<T: Copy>(all: &[T], name: fn(T) -> &'static str, wanted: &str) -> Result<T, String> {
    all.iter().copied().find(|one| name(*one) == wanted).ok_or(format!("there is no {wanted}"))
}
