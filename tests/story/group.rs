//! The line that begins a story: `group of 3, seed 7, as dledger-0.4, with batches_fill, preferring B`.

use ledgerscope::ledger::{Preset, Rule};
use ledgerscope::scenario::{ConsumeFrom, ConsumerSpec, Scenario};

use super::{broker, length, number};

/// The scenario of a line. After brokers and seed come, in any order:
/// * `as PRESET`: with the rules and settings of that preset
/// * `with RULE`, `without RULE and RULE`: these rules otherwise than in the preset
/// * `preferring B`: `preferredLeaderIds`
/// * `batching`: `isEnableBatchAppend`
/// * `route every 30 s`: how often clients ask the name server; every 10 ms if nothing is said, so that a story of
///   brokers need not wait for the producer
/// * `4 queues`
/// * `2 consumers`: of one group, from the first message on; the first starts after 3 s, the others when told to
pub fn described(line: &str) -> Result<Scenario, String> {
    let mut parts = line.split(", ");
    let brokers = parts.next().and_then(|p| p.strip_prefix("group of "));
    let seed = parts.next().and_then(|p| p.strip_prefix("seed "));
    let (Some(brokers), Some(seed)) = (brokers, seed) else {
        return Err("say `group of N, seed S`".to_string());
    };
    let mut scenario = Scenario::silent(number(seed)?, number(brokers)? as u8);
    scenario.poll_name_server_ms = 10;
    for part in parts {
        match part.split_once(' ') {
            Some(("route", every)) => {
                let every = length(every.strip_prefix("every ").unwrap_or_default())?;
                scenario.poll_name_server_ms = every.as_millis() as u32;
            }
            Some((n, "queues")) => scenario.topics[0].queues = number(n)? as u8,
            Some((n, "consumer" | "consumers")) => {
                scenario.consumers = (0..number(n)?).map(consumer).collect();
            }
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

fn consumer(n: u64) -> ConsumerSpec {
    ConsumerSpec {
        group: "GroupTest".to_string(),
        topic: 0,
        from: ConsumeFrom::First,
        start_ms: if n == 0 { 3_000 } else { 3_600_000 },
        consume_ms: 0,
    }
}

fn named<T: Copy>(all: &[T], name: fn(T) -> &'static str, wanted: &str) -> Result<T, String> {
    all.iter().copied().find(|one| name(*one) == wanted).ok_or(format!("there is no {wanted}"))
}
