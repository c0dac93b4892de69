//! What can be wrong with a pipeline, each with its place in the manifest.

mod given;
mod lock;
mod manifest;
mod stage;
mod through;
mod usb;
mod wac;
mod wiring;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

pub use given::GivenProblem;
pub use lock::LockProblem;
pub use manifest::ManifestProblem;
pub use stage::StageProblem;
pub use through::ThroughProblem;
pub use usb::UsbProblem;
pub use wac::{WacFault, WacInFile, WacProblem};
pub use wiring::{View, WiringProblem};

use crate::build::{BuildError, MissingTarget};

/// Why there is no composed component: everything that was found wrong, at
/// least one [`Problem`], with the manifest's text to show them in.
#[derive(Debug)]
pub struct ComposeError {
    manifest: PathBuf,
    source: NamedSource<Arc<str>>,
    problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum Problem {
    /// The manifest itself.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Manifest(#[from] ManifestProblem),
    /// A USB slot of the manifest.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Usb(#[from] UsbProblem),
    /// A stage: it cannot be had, or it and the manifest disagree.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Stage(#[from] StageProblem),
    /// A slot that another stage fills.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Given(#[from] GivenProblem),
    /// A stage that stands between a slot and its hardware.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Through(#[from] ThroughProblem),
    /// The lock, or what is not as it says.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Lock(#[from] LockProblem),
    /// How stages are wired.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Wiring(#[from] WiringProblem),
    /// A pipeline that is wired in wac's language.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Wac(#[from] WacProblem),
}

impl ComposeError {
    pub(crate) fn new(manifest: &Path, text: Arc<str>, problems: Vec<Problem>) -> Self {
        let shown = manifest.display().to_string();
        Self { manifest: manifest.to_owned(), source: NamedSource::new(shown, text), problems }
    }

    /// The manifest, as it was named by the caller.
    pub fn manifest(&self) -> &Path {
        &self.manifest
    }

    /// Everything that was found wrong, in the order of the manifest.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The wasm targets whose absence stopped a build. A caller that can add
    /// them may do so and try again.
    pub fn missing_targets(&self) -> impl Iterator<Item = &MissingTarget> {
        self.problems.iter().filter_map(|problem| match problem {
            Problem::Stage(
                StageProblem::Build { source: BuildError::MissingTarget(missing), .. }
                | StageProblem::NoSeal { source: BuildError::MissingTarget(missing), .. }
                | StageProblem::NoAdapter { source: BuildError::MissingTarget(missing), .. },
            ) => Some(missing),
            _ => None,
        })
    }

    /// The problem, when there is exactly one: it is then shown by itself.
    fn only(&self) -> Option<&Problem> {
        match self.problems.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.only() {
            Some(problem) => problem.fmt(f),
            None => write!(
                f,
                "{} cannot be composed: {} problems",
                self.manifest.display(),
                self.problems.len()
            ),
        }
    }
}

impl std::error::Error for ComposeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.only().and_then(std::error::Error::source)
    }
}

impl Diagnostic for ComposeError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.only().and_then(Diagnostic::help)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.only().and_then(Diagnostic::labels)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        // What is wrong in another file brings that file.
        Some(self.only().and_then(Diagnostic::source_code).unwrap_or(&self.source))
    }

    fn diagnostic_source(&self) -> Option<&dyn Diagnostic> {
        self.only().and_then(Diagnostic::diagnostic_source)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        match self.only() {
            Some(problem) => problem.related(),
            None => Some(Box::new(self.problems.iter().map(|p| p as &dyn Diagnostic))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_target_is_reachable_from_the_error() {
        let missing = MissingTarget {
            target: "wasm32-wasip2".into(),
            sysroot: "/usr/lib/rust".into(),
            directory: ".".into(),
        };
        let build = StageProblem::Build {
            stage: "app".into(),
            at: (0, 1).into(),
            source: BuildError::MissingTarget(missing.clone()),
        };
        let error = ComposeError::new(Path::new("pipeline.toml"), "x".into(), vec![build.into()]);
        assert_eq!(error.missing_targets().collect::<Vec<_>>(), [&missing]);
        assert!(error.to_string().contains("app"));
    }
}
