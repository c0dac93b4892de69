//! Why a stage is not taken from a registry.

use miette::Diagnostic;
use periplasm_registry::package::{NameError, PackageError};
use periplasm_registry::{PullError, ReferenceError};
use periplasm_trust::VerifyError;

/// A stage that is not taken from a registry.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum RemoteStageError {
    /// Its name is no reference.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Reference(#[from] ReferenceError),
    /// Its name is that of no package.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Name(#[from] NameError),
    /// Where the package is is not known.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Package(#[from] PackageError),
    /// The lock has it from another repository.
    #[error("the lock has it at {locked}, and the manifest names {named}")]
    #[diagnostic(help("the lock was changed by hand: delete it and compose again"))]
    LockedElsewhere {
        /// The repository in the manifest.
        named: String,
        /// The reference in the lock.
        locked: String,
    },
    /// It may not be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Verify(#[from] VerifyError),
    /// It cannot be pulled.
    #[error("{reference}: {source}")]
    #[diagnostic(forward(source))]
    Pull {
        /// Its reference.
        reference: String,
        /// Why.
        source: PullError,
    },
    /// It is a WIT package.
    #[error("{reference} is a WIT package: interfaces, no code")]
    #[diagnostic(help("name a component that implements these interfaces"))]
    Wit {
        /// Its reference.
        reference: String,
    },
}
