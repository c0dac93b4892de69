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
    /// Run this pipeline too, until the main one ends: a `pipeline.toml`, its
    /// folder, or a composed `.wasm`. May be given several times.
    #[arg(long, value_name = "PIPELINE")]
    beside: Vec<PathBuf>,
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
        let (component, near) = self.composed(&self.pipeline)?;
        let board = self.board.clone().unwrap_or(near);
        let mut command =
            periplasm_run(&component, &board, if self.dist { "dist" } else { "dev" })?;
        for pipeline in &self.beside {
            command.arg("--beside").arg(self.composed(pipeline)?.0);
        }
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

    /// A component, and where the board file may be that belongs to it.
    fn composed(&self, pipeline: &Path) -> Result<(PathBuf, PathBuf)> {
        if pipeline.extension().is_none_or(|extension| extension != "wasm") {
            let manifest = manifest(pipeline)?;
            let near = manifest.with_file_name("board.toml");
            return Ok((compose(&manifest, None, &self.build)?.1, near));
        }
        if !pipeline.is_file() {
            return Err(Error::Input {
                path: pipeline.to_owned(),
                found: "no such file".into(),
                help: "`cargo xtask compose` writes pipelines into target/pipelines".into(),
            });
        }
        Ok((pipeline.to_owned(), pipeline.with_file_name("board.toml")))
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
