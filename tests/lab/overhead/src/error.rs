//! Why nothing was measured.

use miette::Diagnostic;
use thiserror::Error;

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why nothing was measured.
#[derive(Debug, Error, Diagnostic)]
pub(crate) enum Error {
    /// The native program cannot open or use its hardware.
    #[error("natively, {what} failed: {reason}")]
    #[diagnostic(help("look whether the device is there and nobody else has it"))]
    Native {
        /// What was tried.
        what: &'static str,
        /// What the crate says.
        reason: String,
    },
    /// The host refuses the pipeline, its board, or to run it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Host(Box<dyn Diagnostic + Send + Sync>),
    /// The component could not do its work.
    #[error("the component could not do `{what}`")]
    #[diagnostic(help("run it with `periplasm run --trace` to see what its bus answered"))]
    Component {
        /// The function of its interface.
        what: &'static str,
    },
    /// A sample read something else than the ones before it.
    #[error("`{row}` read something else in one sample than in another: {found} after {expected}")]
    #[diagnostic(help("nobody may change what is read while it is measured"))]
    Changed {
        /// The row.
        row: &'static str,
        /// The sum of the sample.
        found: u32,
        /// The sum of those before it.
        expected: u32,
    },
    /// The figures cannot be written.
    #[error("the figures cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Error {
    pub(crate) fn native(what: &'static str) -> impl FnOnce(String) -> Self {
        move |reason| Self::Native { what, reason }
    }

    pub(crate) fn host<E: Diagnostic + Send + Sync + 'static>(error: E) -> Self {
        Self::Host(Box::new(error))
    }
}
