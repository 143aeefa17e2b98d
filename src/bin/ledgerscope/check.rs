//! `ledgerscope check`: runs of random trouble, seed after seed, until one breaks something.

mod found;
mod progress;

use std::io::{self, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use ledgerscope::check::swarm::{Plan, scenario};
use ledgerscope::check::{Invariant, Run, Shrink, Stats, Violation};
use ledgerscope::ledger::{Preset, Rule};
use ledgerscope::scenario::{SEED_MAX, Scenario};
use rayon::ThreadPool;
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::command::Outcome;
use progress::{Progress, counted};

/// Look for a run that breaks something
///
/// Each seed stands for a run: a group, its clients, and random trouble with quiet phases in between. All guarantees are
/// watched. Of the first seed whose run breaks one, the run is made as small as it gets and written as a scenario. What
/// is printed on standard output depends on the options alone, not on how many jobs there are.
#[derive(clap::Args)]
pub struct Args {
    /// The seeds: from A up to, but not including, B
    #[arg(long, value_name = "A..B", value_parser = seeds, default_value = "0..1000")]
    seeds: Range<u64>,

    /// Brokers in each group, 1 to 9 [default: 3 or 5, as the seed says]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=9))]
    brokers: Option<u8>,

    /// Whose rules and settings the members have
    #[arg(long, value_name = "NAME", value_parser = preset, default_value = Preset::Intended.name())]
    preset: Preset,

    /// Rules that are taken away
    #[arg(long, value_name = "RULE,...", value_parser = rule, value_delimiter = ',')]
    rules_off: Vec<Rule>,

    /// Rules that are kept though the preset does without them
    #[arg(long, value_name = "RULE,...", value_parser = rule, value_delimiter = ',')]
    rules_on: Vec<Rule>,

    /// Minutes of simulated time in which there is trouble, 1 to 60
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(1..=60), default_value_t = 5)]
    minutes: u32,

    /// Machines lose power too, and what was acknowledged before it was flushed
    #[arg(long)]
    power_loss: bool,

    /// Runs at a time [default: as many as there are processors]
    #[arg(long, value_name = "J", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,

    /// Print one JSON object, and no progress
    #[arg(long)]
    json: bool,

    /// Where to write what was found, a new file [default: violation-SEED.json]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// The address of the page, for the link that opens what was found
    #[arg(long, value_name = "URL", default_value = "http://localhost:5173/")]
    page: String,
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let ends = text.split_once("..").and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    match ends {
        Some((from, to)) if from < to && to <= SEED_MAX as u64 + 1 => Ok(from..to),
        _ => Err(format!("allowed: A..B with A less than B, and B at most {}", SEED_MAX + 1)),
    }
}

fn preset(text: &str) -> Result<Preset, String> {
    one_of(text, &Preset::ALL, Preset::name)
}

fn rule(text: &str) -> Result<Rule, String> {
    one_of(text, &Rule::ALL, Rule::name)
}

fn one_of<T: Copy>(text: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, String> {
    let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
    let found = names.iter().position(|name| *name == text).map(|n| all[n]);
    found.ok_or_else(|| format!("allowed: {}", names.join(", ")))
}

/// Seeds that are run together: enough that nobody waits long for the last of them.
const BLOCK: u64 = 1024;

/// A run that broke something, as it was and made small.
struct Found {
    seed: u64,
    violation: Violation,
    commands: usize,
    shrunk: (Scenario, Violation),
    runs: u32,
}

pub fn run(args: &Args) -> Outcome {
    try_run(args).unwrap_or_else(|message| {
        eprintln!("ledgerscope: {message}");
        Outcome::Failed
    })
}

fn try_run(args: &Args) -> Result<Outcome, String> {
    let rules = args.preset.rules().without(&args.rules_off);
    let plan = Plan {
        brokers: args.brokers,
        preset: args.preset,
        rules: args.rules_on.iter().fold(rules, |rules, rule| rules.with(*rule, true)),
        minutes: args.minutes,
        power_loss: args.power_loss,
    };
    if let Some(out) = &args.out {
        found::check_free(out)?;
    }
    let jobs = usize::from(args.jobs.unwrap_or(0));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build().map_err(|e| e.to_string())?;
    let progress = Progress::new(args.seeds.end - args.seeds.start, args.json);
    let (stats, broken) = search(&args.seeds, &plan, &pool, &progress);
    progress.end(stats.runs);
    let found = broken.map(|(seed, violation)| shrink(seed, violation, &plan, &progress));
    let Some(found) = found else {
        say(args, &json!({ "stats": shown(&stats), "violation": null }), || {
            let of = if stats.runs == 1 { "run" } else { "runs" };
            format!("{} {of}, and nothing broken\n{}", counted(stats.runs), totals(&stats))
        });
        return Ok(Outcome::Good);
    };
    report(args, &stats, &found)?;
    Ok(Outcome::CheckFailed)
}

/// What happened in all runs up to the first that broke something, and that one.
fn search(
    seeds: &Range<u64>,
    plan: &Plan,
    pool: &ThreadPool,
    progress: &Progress,
) -> (Stats, Option<(u64, Violation)>) {
    let mut total = Stats::default();
    let mut first = seeds.start;
    while first < seeds.end {
        let count = BLOCK.min(seeds.end - first) as u32;
        // Whatever is beyond the lowest that broke something is of no interest any more.
        let lowest = AtomicU64::new(u64::MAX);
        let one = |n: u32| {
            let seed = first + u64::from(n);
            if seed > lowest.load(Ordering::Relaxed) {
                return None;
            }
            let mut run = Run::new(scenario(seed, plan));
            let violation = run.finish().err();
            if violation.is_some() {
                lowest.fetch_min(seed, Ordering::Relaxed);
            }
            progress.run_ended();
            Some((run.stats(), violation))
        };
        let ended: Vec<_> = pool.install(|| (0..count).into_par_iter().with_max_len(1).map(one).collect());
        for (n, (stats, violation)) in (0..).zip(ended.into_iter().flatten()) {
            total.add(&Stats { runs: 1, ..stats });
            if let Some(violation) = violation {
                return (total, Some((first + n, violation)));
            }
        }
        first += u64::from(count);
    }
    (total, None)
}

fn shrink(seed: u64, violation: Violation, plan: &Plan, progress: &Progress) -> Found {
    let drawn = scenario(seed, plan);
    let commands = drawn.commands.iter().filter(|(at, _)| *at <= violation.at).count();
    let mut shrink = Shrink::new(drawn, violation.clone());
    while !shrink.step(u64::MAX / 2) {
        progress.shrinking(shrink.best().0.commands.len(), shrink.runs());
    }
    let (scenario, smallest) = shrink.best();
    let shrunk = (scenario.clone(), smallest.clone());
    Found { seed, violation, commands, shrunk, runs: shrink.runs() }
}

fn report(args: &Args, stats: &Stats, found: &Found) -> Result<(), String> {
    let (scenario, violation) = &found.shrunk;
    let brief = found::brief(scenario);
    let link = found::link(&args.page, &brief);
    // `run` goes on as long as it is told; it has to see it.
    let until = violation.at.0.div_ceil(1000);
    let written = found::write(&brief, args.out.as_deref(), found.seed);
    let path = written.as_ref().map_or_else(|_| String::new(), |path| path.display().to_string());
    let replay = format!("ledgerscope run --until {until} {path}");
    let one = json!({
        "stats": shown(stats),
        "seed": found.seed,
        "violation": serde_json::to_value(violation.shown()).unwrap_or_default(),
        "sentence": violation.to_string(),
        "commands": { "drawn": found.commands, "left": scenario.commands.len(), "runs": found.runs },
        "scenario": brief,
        "file": path,
        "replay": replay,
        "link": link,
    });
    say(args, &one, || {
        let left = scenario.commands.len();
        let (commands, runs) = (found.commands, counted(u64::from(found.runs)));
        let mut text = format!("seed {}: {}\n", found.seed, found.violation);
        text += &format!("made small: {left} of {commands} commands left after {runs} runs: {violation}\n");
        if written.is_ok() {
            text += &format!("written to {path}\nrun it:  {replay}\n");
        }
        text + &format!("open it: {link}\n")
    });
    written.map(drop)
}

fn say(args: &Args, one: &Value, text: impl FnOnce() -> String) {
    let text = if args.json { format!("{one}\n") } else { text() };
    // Whoever closed the pipe has read enough.
    let _ = io::stdout().write_all(text.as_bytes());
}

fn shown(stats: &Stats) -> Value {
    let looks = Invariant::ALL.iter().zip(stats.looks).map(|(of, n)| (of.name().to_string(), json!(n)));
    let looks = Value::Object(looks.collect());
    json!({
        "runs": stats.runs,
        "simulatedMs": stats.simulated.0 / 1000,
        "events": stats.events,
        "messages": {
            "sent": stats.sent, "lost": stats.lost, "duplicated": stats.doubled, "late": stats.late,
        },
        "crashes": stats.crashes,
        "pauses": stats.pauses,
        "elections": stats.elections,
        "acknowledged": stats.acknowledged,
        "consumed": stats.consumed,
        "consumedAgain": stats.consumed_again,
        "looks": looks,
    })
}

fn totals(stats: &Stats) -> String {
    let hours = stats.simulated.0 as f64 / 3.6e9;
    let lines = [
        ("simulated", vec![(format!("{hours:.1}"), "hours"), (counted(stats.events), "events")]),
        (
            "messages",
            vec![
                (counted(stats.sent), "sent"),
                (counted(stats.lost), "lost"),
                (counted(stats.doubled), "duplicated"),
                (counted(stats.late), "late"),
            ],
        ),
        (
            "brokers",
            vec![
                (counted(stats.crashes), "crashes"),
                (counted(stats.pauses), "pauses"),
                (counted(stats.elections), "elections"),
            ],
        ),
        (
            "clients",
            vec![
                (counted(stats.acknowledged), "PUT_OK"),
                (counted(stats.consumed), "consumed"),
                (counted(stats.consumed_again), "of them again"),
            ],
        ),
    ];
    let mut text = String::new();
    for (name, values) in lines {
        let values: Vec<String> = values.iter().map(|(value, of)| format!("{value} {of}")).collect();
        text += &format!("{name:<10}{}\n", values.join(", "));
    }
    text
}
