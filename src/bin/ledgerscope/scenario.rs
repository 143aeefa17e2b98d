//! `ledgerscope scenario schema`: what a scenario may say.

use std::io::{self, Write};

use ledgerscope::schema;

use crate::command::Outcome;

/// Tell what a scenario may say
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Print the JSON Schema of a scenario
    Schema,
}

pub fn run(args: &Args) -> Outcome {
    let What::Schema = args.what;
    // Whoever closed the pipe has read enough.
    let _ = io::stdout().write_all(schema::text().as_bytes());
    Outcome::Good
}
