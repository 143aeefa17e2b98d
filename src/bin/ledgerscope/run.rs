//! `ledgerscope run`: a run of a scenario, its summary and its trace.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use ledgerscope::broker::BrokerRole;
use ledgerscope::check::{Violation, Watch};
use ledgerscope::ledger::{MemberId, Role};
use ledgerscope::scenario::{SEED_MAX, Scenario};
use ledgerscope::sim::{BrokerState, Event, Record, World};
use ledgerscope::time::Micros;
use ledgerscope::trace::Trace;
use serde_json::{Value, json};

use crate::command::Outcome;
use crate::scenario_file;

/// Run a scenario and print a summary
///
/// The summary is JSON on standard output (on standard error if the trace goes to standard output). The trace is JSON
/// Lines in the shape of the recordings of the original; docs/trace.md tells every field.
#[derive(clap::Args)]
pub struct Args {
    /// The scenario, a JSON file; `-` for standard input
    scenario: PathBuf,

    /// Run with this seed instead of the scenario's
    #[arg(long, value_parser = clap::value_parser!(u64).range(0..=SEED_MAX as u64))]
    seed: Option<u64>,

    /// How long to run, in milliseconds of simulated time [default: 30 s after the last command, at least 60 s]
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(0..=UNTIL_MAX_MS))]
    until: Option<u64>,

    /// Write the trace here; `-` for standard output
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

/// A week.
pub const UNTIL_MAX_MS: u64 = 7 * 24 * 3_600_000;

pub fn run(args: &Args) -> Outcome {
    match try_run(args) {
        Ok(outcome) => outcome,
        Err(message) => {
            eprintln!("ledgerscope: {message}");
            Outcome::Failed
        }
    }
}

/// When a run of the scenario ends if nobody says.
fn default_end(scenario: &Scenario) -> Micros {
    let last = scenario.commands.last().map_or(Micros::ZERO, |(at, _)| *at);
    (last + Micros::seconds(30)).max(Micros::seconds(60))
}

fn try_run(args: &Args) -> Result<Outcome, String> {
    let mut scenario = scenario_file::read(&args.scenario)?;
    if let Some(seed) = args.seed {
        scenario.seed = seed;
    }
    let until = args.until.map_or_else(|| default_end(&scenario), Micros::millis);
    let to_stdout = args.trace.as_deref() == Some(Path::new("-"));
    let mut sink: Option<Box<dyn Write>> = match &args.trace {
        None => None,
        Some(_) if to_stdout => Some(Box::new(BufWriter::new(io::stdout().lock()))),
        Some(path) => {
            let file = File::create(path).map_err(|e| format!("{}: {e}", path.display()))?;
            Some(Box::new(BufWriter::new(file)))
        }
    };
    let mut run = Run::new(scenario);
    let written = run.go(until, sink.as_deref_mut());
    match written {
        Ok(()) => drop(sink),
        // Whoever read the trace has seen enough, and there will be nothing to sum up.
        Err(error) if to_stdout && error.kind() == io::ErrorKind::BrokenPipe => return Ok(Outcome::Good),
        Err(error) => {
            let name = args.trace.as_deref().unwrap_or(Path::new("trace")).display();
            return Err(format!("{name}: {error}"));
        }
    }
    let summary = run.summary();
    let text = serde_json::to_string_pretty(&summary).map_err(|e| e.to_string())?;
    if to_stdout {
        eprintln!("{text}");
    } else {
        // Whoever closed the pipe has read enough.
        let _ = writeln!(io::stdout(), "{text}");
    }
    for (violation, _) in &run.violations {
        eprintln!("ledgerscope: {violation}");
    }
    Ok(if run.violations.is_empty() { Outcome::Good } else { Outcome::CheckFailed })
}

/// A world under watch, and what was counted.
struct Run {
    world: World,
    watch: Watch,
    /// the first of its kind, and how many more there were
    violations: Vec<(Violation, u64)>,
    leaders: Vec<Value>,
    results: BTreeMap<&'static str, u64>,
    attempts: u64,
}

impl Run {
    fn new(scenario: Scenario) -> Run {
        Run {
            watch: Watch::new(&scenario),
            world: World::new(scenario),
            violations: Vec::new(),
            leaders: Vec::new(),
            results: BTreeMap::new(),
            attempts: 0,
        }
    }

    fn go(&mut self, until: Micros, mut sink: Option<&mut (dyn Write + 'static)>) -> io::Result<()> {
        let mut trace = sink.as_ref().map(|_| Trace::new(&mut self.world));
        while self.world.next_event_time().is_some_and(|at| at <= until) {
            let events = match &mut trace {
                Some(trace) => trace.step(&mut self.world).unwrap_or_default(),
                None => {
                    self.world.step();
                    self.world.take_events()
                }
            };
            for record in &events {
                self.look(record);
            }
            let seen = self.watch.after_step(&self.world);
            self.note(seen);
            if let (Some(trace), Some(sink)) = (&mut trace, &mut sink) {
                write_lines(*sink, trace.take_lines())?;
            }
        }
        self.world.advance(until);
        if let (Some(trace), Some(sink)) = (trace, sink) {
            write_lines(sink, trace.finish(&self.world))?;
            sink.flush()?;
        }
        Ok(())
    }

    fn look(&mut self, record: &Record) {
        match record.event {
            Event::Role { broker, role: Role::Leader, term, .. } => {
                let at = record.at.0 as f64 / 1000.0;
                self.leaders.push(json!({ "t": at, "broker": node(broker), "term": term.0 }));
            }
            Event::Put { .. } => self.attempts += 1,
            Event::PutResult { status, .. } => *self.results.entry(status.name()).or_default() += 1,
            _ => {}
        }
        let seen = self.watch.watch(&self.world, record);
        self.note(seen);
    }

    fn note(&mut self, seen: Result<(), Violation>) {
        let Err(violation) = seen else { return };
        match self.violations.iter_mut().find(|(v, _)| v.what == violation.what) {
            Some((_, more)) => *more += 1,
            None => self.violations.push((violation, 0)),
        }
    }

    fn summary(&self) -> Value {
        let world = &self.world;
        let brokers = usize::from(world.scenario().brokers);
        let refused = world.refused().iter().map(|((at, command), why)| {
            json!({
                "t": at.0 as f64 / 1000.0,
                "command": serde_json::to_value(command.shown()).unwrap_or_default(),
                "why": why.to_string(),
            })
        });
        let violations = self.violations.iter().map(|(violation, more)| {
            json!({ "t": violation.at.0 as f64 / 1000.0, "what": violation.to_string(), "more": more })
        });
        json!({
            "seed": world.scenario().seed,
            "preset": world.scenario().preset.name(),
            "simulatedMs": world.now().0 as f64 / 1000.0,
            "events": world.emitted(),
            "traceHash": format!("{:016x}", world.trace_hash()),
            "leaders": self.leaders,
            "master": world.master().map(node),
            "sends": { "attempts": self.attempts, "results": self.results },
            "brokers": (0..brokers).map(|n| broker(world, n)).collect::<Vec<_>>(),
            "commandsRefused": refused.collect::<Vec<_>>(),
            "violations": violations.collect::<Vec<_>>(),
        })
    }
}

fn write_lines(sink: &mut dyn Write, lines: Vec<Value>) -> io::Result<()> {
    for line in lines {
        serde_json::to_writer(&mut *sink, &line)?;
        sink.write_all(b"\n")?;
    }
    Ok(())
}

fn node(id: MemberId) -> String {
    id.self_id()
}

fn broker(world: &World, n: usize) -> Value {
    let id = node(MemberId(n as u8));
    let Some(broker) = world.up(n) else {
        let state = match world.broker(n) {
            BrokerState::Booting { .. } => "booting",
            _ => "dead",
        };
        return json!({ "broker": id, "state": state });
    };
    let member = broker.member();
    json!({
        "broker": id,
        "state": "up",
        "role": member.role().name(),
        "term": member.term().0,
        "votedFor": member.voted_for().map(node),
        "leader": member.leader().map(node),
        "ledgerBeginIndex": member.store().begin_index().0,
        "ledgerEndIndex": member.end_index().0,
        "committedIndex": member.committed_index().0,
        "writePosition": member.store().wrote_position(),
        "committedPosition": broker.committed_position(),
        "brokerId": broker.broker_id(),
        "brokerRole": match broker.role() {
            BrokerRole::AsyncMaster => "ASYNC_MASTER",
            BrokerRole::SyncMaster => "SYNC_MASTER",
            BrokerRole::Slave => "SLAVE",
        },
        "dispatchedIndex": broker.dispatched_index().0,
    })
}
