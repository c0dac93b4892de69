//! The command line. One file a command; the work is the library's.

mod beside;
mod capture;
mod check;
mod completions;
mod exit;
mod inspect;
mod interrupt;
mod logging;
mod pictures;
mod pull;
mod remote;
mod run;
mod screen;
mod verify;
mod whole;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs pipelines of drivers and an app on a board.
///
/// A pipeline is one WebAssembly component that `cargo xtask compose` wrote, in a
/// file or in a registry. A board file says what hardware this machine has and the most that may be
/// asked of it. What the board does not allow does not exist for a pipeline.
#[derive(Parser)]
#[command(name = "periplasm", version, max_term_width = 100, after_long_help = exit::HELP)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Say more: once for what drivers' authors want to know, twice for all.
    ///
    /// The environment variable PERIPLASM_LOG sets it in detail, in the syntax of
    /// the crate tracing-subscriber: PERIPLASM_LOG=periplasm::stage=trace.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Args),
    Inspect(inspect::Args),
    Check(check::Args),
    Pull(pull::Args),
    Verify(verify::Args),
    Completions(completions::Args),
}

/// Does what the command line says.
pub(crate) fn main() -> ExitCode {
    screen::install();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nothing is left to say it to if this fails.
            let _ = error.print();
            return if error.use_stderr() { exit::USAGE.into() } else { ExitCode::SUCCESS };
        }
    };
    logging::install(cli.verbose);
    let result = match cli.command {
        Command::Run(args) => run::run(args),
        Command::Inspect(args) => inspect::inspect(&args),
        Command::Check(args) => check::check(&args),
        Command::Pull(args) => pull::pull(&args),
        Command::Verify(args) => verify::verify(&args),
        Command::Completions(args) => completions::completions(&args),
    };
    result.unwrap_or_else(|failure| {
        screen::complain(&failure.report);
        failure.code.into()
    })
}
