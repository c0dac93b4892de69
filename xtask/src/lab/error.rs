//! Why a machine, or what was tried on it, failed.

use std::path::PathBuf;
use std::time::Duration;

use miette::Diagnostic;

/// What ends a run, or a machine.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum LabError {
    /// The machine did not do what it should.
    #[error("{what}: found {found}, expected {expected}")]
    Unexpected {
        /// What was looked at.
        what: String,
        /// What was seen.
        found: String,
        /// What should have been.
        expected: String,
    },
    /// A command in the machine ended with a failure.
    #[error("in the machine, `{command}` ended with {status}:\n{said}")]
    Status {
        /// The command.
        command: String,
        /// Its status.
        status: i32,
        /// What it said.
        said: String,
    },
    /// The machine did not answer in time.
    #[error("the machine was silent for {} s while it should {what}:\n{said}", time.as_secs())]
    #[diagnostic(help("`kernel.txt` beside the log has what its kernel said"))]
    Silent {
        /// What it should have done.
        what: String,
        /// How long was waited.
        time: Duration,
        /// What it had said by then.
        said: String,
    },
    /// The machine or the emulator has ended.
    #[error("the machine is gone: {said}")]
    #[diagnostic(help("`kernel.txt` and `qemu.txt` beside the log may say why"))]
    Gone {
        /// What was seen of it.
        said: String,
    },
    /// The emulator refused a command.
    #[error("QEMU refused `{command}`: {said}")]
    Refused {
        /// The command.
        command: String,
        /// What it said.
        said: String,
    },
    /// The emulator could not be started.
    #[error("{program} cannot be started")]
    #[diagnostic(help("delete its folder in target/tools, so that it is fetched anew"))]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file could not be read or written.
    #[error("{} cannot be used", path.display())]
    #[diagnostic(help("check that the folder exists, is yours and has room"))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

impl LabError {
    /// That something was not as it should be.
    pub(super) fn unexpected(
        what: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::Unexpected { what: what.into(), found: found.into(), expected: expected.into() }
    }
}
