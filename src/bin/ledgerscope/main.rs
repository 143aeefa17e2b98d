//! The command `ledgerscope`: one module a subcommand. docs/command-line.md documents it.

#[cfg(not(target_arch = "wasm32"))]
mod check;
#[cfg(not(target_arch = "wasm32"))]
mod export;
#[cfg(not(target_arch = "wasm32"))]
mod inspect;
#[cfg(not(target_arch = "wasm32"))]
mod run;
#[cfg(not(target_arch = "wasm32"))]
mod scenario;
#[cfg(not(target_arch = "wasm32"))]
mod scenario_file;

#[cfg(not(target_arch = "wasm32"))]
mod command {
    use std::process::ExitCode;

    use clap::{Parser, Subcommand};

    use crate::{check, export, inspect, run, scenario};

    /// What a subcommand has to say to whoever called it.
    pub enum Outcome {
        /// All is well: exit code 0.
        Good,
        /// A check failed, which has been said: 1.
        CheckFailed,
        /// It could not be done, which has been said: 2.
        Failed,
    }

    /// A RocketMQ broker group on DLedger, to the byte
    #[derive(Parser)]
    #[command(
        name = "ledgerscope",
        version,
        arg_required_else_help = true,
        after_help = "Exit code: 0 all is well, 1 a check failed, 2 bad usage or input."
    )]
    struct Cli {
        #[command(subcommand)]
        command: Command,
    }

    #[derive(Subcommand)]
    enum Command {
        Run(run::Args),
        Check(check::Args),
        Export(export::Args),
        Inspect(inspect::Args),
        Scenario(scenario::Args),
    }

    pub fn main() -> ExitCode {
        let outcome = match Cli::parse().command {
            Command::Run(args) => run::run(&args),
            Command::Check(args) => check::run(&args),
            Command::Export(args) => export::run(&args),
            Command::Inspect(args) => inspect::run(&args),
            Command::Scenario(args) => scenario::run(&args),
        };
        ExitCode::from(match outcome {
            Outcome::Good => 0,
            Outcome::CheckFailed => 1,
            Outcome::Failed => 2,
        })
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    command::main()
}

/// There is no command line in a browser.
#[cfg(target_arch = "wasm32")]
fn main() {}
