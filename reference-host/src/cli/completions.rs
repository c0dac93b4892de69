//! `periplasm completions`.

use std::process::ExitCode;

use clap::CommandFactory;

use super::Cli;
use super::exit::Failure;

/// Prints a script that completes this program's arguments in a shell.
///
/// Where the script belongs, the shell's manual says. For bash, write it to
/// ~/.local/share/bash-completion/completions/periplasm.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The shell.
    shell: clap_complete::Shell,
}

pub(super) fn completions(args: &Args) -> Result<ExitCode, Failure> {
    // Written at once, so that a closed pipe is an error and not a panic.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "periplasm", &mut script);
    super::screen::print(&script)?;
    Ok(ExitCode::SUCCESS)
}
