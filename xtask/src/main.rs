//! The project's own commands. Each is one file in `commands`; the work lives
//! in the libraries they call.
#![forbid(unsafe_code)]

mod cargo;
mod commands;
mod debian;
mod error;
mod installed;
mod lab;
mod remote;
mod steps;
mod toolchain;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use commands::Command;

/// Build, compose, run and test Periplasm.
///
/// Start with `cargo xtask demo`: it needs no hardware.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
   0  done
   1  a step failed: a build, a test, a check
  64  the command line is wrong
  65  a manifest, or what it names, is wrong
  66  a file or folder cannot be read
  69  a registry does not answer
  73  an output cannot be written
  77  an artifact is not to be trusted
  `run` and `demo` end with the code of `periplasm run`: see `cargo xtask run --help`";

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Cannot fail in a way that could still be reported.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 64 } else { 0 });
        }
    };
    // Lines of the compiler's, which errors quote, are cut by nobody but it, and
    // a command in a help is to be copied.
    let report = miette::MietteHandlerOpts::new().terminal_links(false).wrap_lines(false);
    // It can only be set up already, and then looks as well.
    let _ = miette::set_hook(Box::new(move |_| Box::new(report.clone().build())));
    match cli.command.run(&mut Cli::command()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let code = error.code();
            eprintln!("{:?}", miette::Report::from(error));
            ExitCode::from(code)
        }
    }
}
