//! `cargo xtask run`

use std::path::{Path, PathBuf};
use std::process::Command;

use super::compose::{BuildOptions, compose, manifest};
use crate::cargo::build_host;
use crate::error::{Error, Result};

/// Compose a pipeline and run it on a board.
///
/// Everything that `periplasm run` knows is there with the binary itself; this
/// takes what is needed while developing. The exit code is that of `periplasm
/// run`: the app's own, or a code of sysexits.h (65 pipeline malformed, 69
/// device unavailable, 70 a stage trapped or stalled, 77 refused by the board,
/// 78 board file malformed).
#[derive(clap::Args)]
pub(crate) struct Run {
    /// The `pipeline.toml`, the folder it is in, or a composed `.wasm`.
    pipeline: PathBuf,
    /// The board file [default: board.toml beside the manifest].
    #[arg(long, value_name = "FILE")]
    board: Option<PathBuf>,
    /// Show every bus transaction.
    #[arg(long)]
    trace: bool,
    /// Stop after this long, such as 10s or 500ms.
    #[arg(long, value_name = "TIME")]
    timeout: Option<String>,
    /// Build the host for speed (takes minutes the first time).
    #[arg(long)]
    dist: bool,
    #[command(flatten)]
    build: BuildOptions,
    /// Passed to the app.
    #[arg(last = true)]
    args: Vec<String>,
}

impl Run {
    pub(crate) fn run(self) -> Result<u8> {
        let is_component = self.pipeline.extension().is_some_and(|e| e == "wasm");
        let (component, beside) = if is_component {
            if !self.pipeline.is_file() {
                return Err(Error::Input {
                    path: self.pipeline,
                    found: "no such file".into(),
                    help: "`cargo xtask compose` writes pipelines into target/pipelines".into(),
                });
            }
            (self.pipeline.clone(), self.pipeline.with_file_name("board.toml"))
        } else {
            let manifest = manifest(&self.pipeline)?;
            let beside = manifest.with_file_name("board.toml");
            (compose(&manifest, None, &self.build)?.1, beside)
        };
        let board = self.board.clone().unwrap_or(beside);
        let mut command =
            periplasm_run(&component, &board, if self.dist { "dist" } else { "dev" })?;
        if self.trace {
            command.arg("--trace");
        }
        if let Some(timeout) = &self.timeout {
            command.args(["--timeout", timeout]);
        }
        if !self.args.is_empty() {
            command.arg("--").args(&self.args);
        }
        status(command)
    }
}

/// `periplasm run` with the pipeline and the board, the host built if needed.
pub(crate) fn periplasm_run(component: &Path, board: &Path, profile: &str) -> Result<Command> {
    if !board.is_file() {
        return Err(Error::Input {
            path: board.to_owned(),
            found: "no such board file".into(),
            help: "name one with --board; compose/pipelines/weather/board.toml is an example"
                .into(),
        });
    }
    let mut command = Command::new(build_host(profile)?);
    command.arg("run").arg(component).arg("--board").arg(board);
    Ok(command)
}

/// Runs `command` to its end and gives its exit code, to be passed on.
pub(crate) fn status(mut command: Command) -> Result<u8> {
    let status = command.status().map_err(|source| Error::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
        help: "build it with `cargo build --package periplasm-host`".into(),
    })?;
    // A process that a signal ended has no code; a shell reports it as a failure too.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
