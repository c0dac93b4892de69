//! An app under test.

use std::time::Duration;

use periplasm_host::{Board, Captured, Grants, Machine, Output, Pipeline, RunOptions};

use crate::{build, host, ok};

/// What an app did.
pub struct Ran {
    /// Its exit code.
    pub code: i32,
    /// What it wrote.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// The hardware that it left behind.
    pub machine: Machine,
}

/// Runs the app of the manifest at `manifest` (from the root) on `board`.
#[track_caller]
pub fn run(manifest: &str, board: &Board, args: &[&str]) -> Ran {
    let pipeline = ok(Pipeline::from_bytes(build::pipeline(manifest)));
    let grants = ok(Grants::decide(&pipeline, board).map_err(|refused| *refused));
    let machine = ok(Machine::open(board));
    let (stdout, stderr) = (Captured::new(65536), Captured::new(65536));
    let options = RunOptions {
        timeout: Some(Duration::from_secs(60)),
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        stdout: Output::Capture(stdout.clone()),
        stderr: Output::Capture(stderr.clone()),
        ..Default::default()
    };
    let compiled = ok(host().compile(&pipeline));
    let mut running = ok(host().start(&compiled, &machine, &grants, options));
    let code = ok(running.run_app());
    drop(running);
    Ran { code, stdout: stdout.text(), stderr: stderr.text(), machine }
}
