//! `periplasm run --capture`.

use std::io;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use periplasm_host::{Capture, Machine};

use super::exit::{CANNOT_WRITE, Failure, fail};
use super::screen::complain;

/// The file cannot be created, or not written to.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("cannot write the capture {path:?}: {error}")]
#[diagnostic(help("name a file in a folder that is there and that you may write into"))]
struct CannotCapture {
    path: PathBuf,
    #[source]
    error: io::Error,
}

/// The capture ends before the run does.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("the capture {path:?} ends here: {error}")]
#[diagnostic(
    severity(Warning),
    help("what was written until now can be read; the run goes on without it")
)]
struct CaptureEnds {
    path: PathBuf,
    #[source]
    error: io::Error,
}

/// Has the traffic of `machine` written into a file.
pub(super) fn into(path: &Path, machine: Machine) -> Result<Machine, Failure> {
    let at = path.to_owned();
    let lost = move |error| complain(&Report::new(CaptureEnds { path: at, error }));
    let capture = Capture::create(path, machine.clock().clone(), lost)
        .map_err(|error| fail(CannotCapture { path: path.to_owned(), error }, CANNOT_WRITE))?;
    Ok(machine.captured(capture))
}
