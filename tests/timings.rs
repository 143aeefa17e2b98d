//! How long elections take, beside the recordings of the original, as a table in docs/fidelity.md.
//!
//! `UPDATE_EXPECT=1 cargo test --test timings` writes the table anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ledgerscope::ledger::{MemberId, Preset, Role};
use ledgerscope::scenario::Scenario;
use ledgerscope::sim::{Command, Event, Kind, World};
use ledgerscope::time::Micros;
use serde_json::Value;

const RUNS: u64 = 1_000;
const BEGIN: &str = "<!-- timings: written by tests/timings.rs -->\n";
const END: &str = "<!-- /timings -->";

/// Milliseconds of many runs, and how many terms each took.
#[derive(Default)]
struct Sample {
    ms: Vec<u64>,
    terms: Vec<i64>,
}

impl Sample {
    fn add(&mut self, ms: u64, terms: i64) {
        self.ms.push(ms);
        self.terms.push(terms);
    }

    fn times(&self) -> String {
        let mut ms = self.ms.clone();
        ms.sort_unstable();
        match (ms.first(), ms.get(ms.len() / 2), ms.last()) {
            (Some(min), Some(median), Some(max)) => format!("{min} / {median} / {max}"),
            _ => "-".to_string(),
        }
    }

    /// How many of a hundred runs took that many terms, without those that none did.
    fn shares(&self) -> String {
        let mut terms = self.terms.clone();
        terms.sort_unstable();
        terms.dedup();
        let share = |term: &i64| {
            let count = self.terms.iter().filter(|t| *t == term).count();
            let percent = count as f64 * 100.0 / self.terms.len() as f64;
            format!("{term}: {percent:.1} %")
        };
        terms.iter().map(share).collect::<Vec<_>>().join(", ")
    }
}

/// The network of the recordings: 1 to 5 ms each way.
fn world(brokers: u8, seed: u64) -> World {
    let preset = Preset::DLedger04;
    let (latency_min_us, latency_max_us) = (1_000, 5_000);
    let scenario = Scenario::silent(seed, brokers);
    World::new(Scenario { preset, rules: preset.rules(), latency_min_us, latency_max_us, ..scenario })
}

fn term_of(world: &World, broker: MemberId) -> i64 {
    world.up(usize::from(broker.0)).map_or(-1, |b| b.member().term().0)
}

/// Runs until somebody leads a term larger than `term`: when, and which term.
fn next_leader(world: &mut World, term: i64) -> (Micros, i64) {
    loop {
        assert!(world.step() && world.now() < Micros::seconds(120), "no leader within two minutes");
        for record in world.take_events() {
            if let Event::Role { role: Role::Leader, term: led, .. } = record.event
                && led.0 > term
            {
                return (record.at, led.0);
            }
        }
    }
}

fn cold_starts(brokers: u8) -> Sample {
    let mut sample = Sample::default();
    for seed in 0..RUNS {
        let mut world = world(brokers, seed);
        while world.take_events().is_empty() {
            world.step();
        }
        let started = world.now();
        let (at, term) = next_leader(&mut world, -1);
        sample.add((at - started).as_millis(), term);
    }
    sample
}

/// A leader that has led for 10 to 12 s meets its fate; times are from the last heartbeat it sent.
fn without_leader(brokers: u8, fate: impl Fn(MemberId) -> Command) -> Sample {
    let mut sample = Sample::default();
    for seed in 0..RUNS {
        let mut world = world(brokers, seed);
        next_leader(&mut world, -1);
        let until = world.now() + Micros::seconds(10) + Micros(seed * 2_000);
        let mut last_heartbeat = Micros::ZERO;
        while world.step_until(until) {
            for record in world.take_events() {
                if let Event::Sent { message, .. } = record.event
                    && message.kind == Kind::HeartbeatRequest
                {
                    last_heartbeat = record.at;
                }
            }
        }
        world.advance(until);
        let leader = world.leader().expect("nothing disturbed it");
        let term = term_of(&world, leader);
        world.command(fate(leader)).expect("a leader is alive");
        let (at, new_term) = next_leader(&mut world, term);
        sample.add((at - last_heartbeat).as_millis(), new_term - term);
    }
    sample
}

fn recorded() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/traces/summary.json");
    let text = fs::read_to_string(path).unwrap();
    let summary: Value = serde_json::from_str(&text).unwrap();
    summary["runs"].as_array().unwrap().clone()
}

/// All recorded runs that began with a start of all at once and an undisturbed network.
fn recorded_cold_starts(runs: &[Value], brokers: u8) -> Sample {
    let mut sample = Sample::default();
    for run in runs.iter().filter(|run| run["nodes"] == brokers) {
        let other = ["cold_stagger", "cold_nodelay", "loss10_election"];
        let first = &run["firstLeader"];
        if !other.contains(&run["scenario"].as_str().unwrap()) && !first.is_null() {
            sample.add(first["msAfterFirstStart"].as_u64().unwrap(), first["term"].as_i64().unwrap());
        }
    }
    sample
}

fn recorded_kills(runs: &[Value], brokers: u8) -> Sample {
    let mut sample = Sample::default();
    let names = ["kill_leader", "kill_restart"];
    let killed = |run: &&Value| run["nodes"] == brokers && names.contains(&run["scenario"].as_str().unwrap());
    for run in runs.iter().filter(killed) {
        let kill = &run["kill"];
        let (Some(ms), Some(before)) =
            (kill["msToNewLeader"].as_u64(), kill["msSinceLastHeartbeatSent"].as_u64())
        else {
            continue;
        };
        let terms: Vec<i64> =
            run["leaders"].as_array().unwrap().iter().map(|l| l[1].as_i64().unwrap()).collect();
        sample.add(ms + before, terms[1] - terms[0]);
    }
    sample
}

/// A leader cut off: the others stand six seconds after its last heartbeat, so that the time from there to the
/// next leader is six seconds more than that from the first candidate.
fn recorded_cuts(runs: &[Value], brokers: u8) -> Sample {
    let mut sample = Sample::default();
    let names = ["isolate_leader", "isolate_leader_quiet", "isolate_leader_warm"];
    let cut = |run: &&Value| run["nodes"] == brokers && names.contains(&run["scenario"].as_str().unwrap());
    for run in runs.iter().filter(cut) {
        let cut = &run["cut"];
        let (Some(leader), Some(candidate)) =
            (cut["msToNewLeader"].as_u64(), cut["msToFirstCandidateOtherSide"].as_u64())
        else {
            continue;
        };
        let leaders: Vec<i64> =
            run["leaders"].as_array().unwrap().iter().map(|l| l[1].as_i64().unwrap()).collect();
        let [.., before, after] = leaders[..] else { continue };
        sample.add(6_000 + leader - candidate, after - before);
    }
    sample
}

fn table() -> String {
    let runs = recorded();
    let mut rows = vec![
        ["", "here, 1,000 runs", "terms", "recorded", "terms"].map(String::from).to_vec(),
        vec!["---".to_string(); 5],
    ];
    for brokers in [3, 5] {
        let mut row = |what: &str, here: &Sample, recorded: &Sample| {
            let recorded_times = format!("{} ({} runs)", recorded.times(), recorded.ms.len());
            rows.push(vec![
                format!("{brokers} brokers, {what}"),
                here.times(),
                here.shares(),
                recorded_times,
                recorded.shares(),
            ]);
        };
        let kill = |broker| Command::Kill { broker };
        row("first start to first leader", &cold_starts(brokers), &recorded_cold_starts(&runs, brokers));
        row(
            "last heartbeat of a killed leader to the next leader",
            &without_leader(brokers, kill),
            &recorded_kills(&runs, brokers),
        );
        let isolate = |broker| Command::Isolate { broker };
        row(
            "last heartbeat of a leader cut off to the next leader",
            &without_leader(brokers, isolate),
            &recorded_cuts(&runs, brokers),
        );
    }
    markdown(&rows)
}

/// A table with its columns aligned, as the formatter of the documents wants it.
fn markdown(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let fill = if cell == "---" { "-" } else { " " };
            let padding = fill.repeat(width(column) - cell.chars().count());
            write!(text, "| {cell}{padding} ").unwrap();
        }
        text.push_str("|\n");
    }
    text
}

#[test]
fn the_table_of_timings_is_what_was_measured() {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fidelity.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("a place for the table");
    let (_, after) = rest.split_once(END).expect("an end of the table");
    let now = format!("{before}{BEGIN}\n{}\n{END}{after}", table());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, now).unwrap();
    } else {
        assert_eq!(text, now, "UPDATE_EXPECT=1 writes it anew");
    }
}
