//! Why something is not published.

use miette::Diagnostic;
use periplasm_registry::{PushError, RegistryError};

/// A publication that broke off. The tag is as it was.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum PublishError {
    /// The artifact is not taken, or not under this name.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Push(#[from] PushError),
    /// A document is not taken.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Registry(#[from] RegistryError),
}
