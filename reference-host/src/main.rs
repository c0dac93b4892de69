//! `periplasm`: run, inspect and check pipelines.
#![forbid(unsafe_code)]

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
