//! `ledgerscope export`: a run's files, as the real programs would have them.

use std::io::{self, Write};
use std::path::PathBuf;

use ledgerscope::export;
use ledgerscope::scenario::{FileSizes, SEED_MAX, Scenario};
use ledgerscope::sim::World;
use ledgerscope::time::Micros;

use crate::command::Outcome;
use crate::run::UNTIL_MAX_MS;
use crate::scenario_file;

/// Write the files that the brokers of a run have at a moment
///
/// Each broker's go to a folder of its own below the one given, n0, n1 ..., in the layout that RocketMQ finds below
/// storePathRootDir. Nothing is ever overwritten.
#[derive(clap::Args)]
pub struct Args {
    /// The scenario, a JSON file; `-` for standard input
    scenario: PathBuf,

    /// The moment, in milliseconds of simulated time
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(0..=UNTIL_MAX_MS))]
    at: u64,

    /// The folder to write to: a new one, or an empty one
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,

    /// Run with this seed instead of the scenario's
    #[arg(long, value_parser = clap::value_parser!(u64).range(0..=SEED_MAX as u64))]
    seed: Option<u64>,

    /// Size of DLedger's data files (mappedFileSizeCommitLog), instead of the scenario's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(FileSizes::DATA_BYTES))]
    data_file_bytes: Option<i64>,

    /// Size of DLedger's index files, rounded up to a multiple of 32
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(FileSizes::INDEX_BYTES))]
    index_file_bytes: Option<i64>,

    /// Size of ConsumeQueue files (mappedFileSizeConsumeQueue), rounded up to a multiple of 20
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(FileSizes::CONSUME_QUEUE_BYTES))]
    consume_queue_bytes: Option<i64>,
}

pub fn run(args: &Args) -> Outcome {
    match try_run(args) {
        Ok(()) => Outcome::Good,
        Err(message) => {
            eprintln!("ledgerscope: {message}");
            Outcome::Failed
        }
    }
}

fn try_run(args: &Args) -> Result<(), String> {
    let mut scenario = scenario_file::read(&args.scenario)?;
    choose(args, &mut scenario);
    let mut world = World::new(scenario);
    world.advance(Micros::millis(args.at));
    let brokers = export::world(&world, &args.out).map_err(|e| e.to_string())?;
    for n in 0..brokers {
        let member = world.up(n).map(|broker| broker.member());
        let state = member.map_or("dead", |member| member.role().name());
        let entries = export::Folder::of(&world, n).entries.end_index().next();
        // Whoever closed the pipe has read enough.
        let _ = writeln!(
            io::stdout(),
            "{}: {state}, {entries} entries",
            args.out.join(format!("n{n}")).display()
        );
    }
    Ok(())
}

/// What the options say instead of the scenario. It matters before the run: entries lie where file sizes put them.
fn choose(args: &Args, scenario: &mut Scenario) {
    let files = &mut scenario.files;
    scenario.seed = args.seed.unwrap_or(scenario.seed);
    files.data_bytes = args.data_file_bytes.unwrap_or(files.data_bytes);
    if let Some(bytes) = args.index_file_bytes {
        files.index_bytes = (bytes + 31) / 32 * 32;
    }
    if let Some(bytes) = args.consume_queue_bytes {
        files.consume_queue_units = (bytes + 19) / 20;
    }
}
