//! Why something is not published.

use miette::Diagnostic;
use periplasm_registry::{PushError, RegistryError};
use periplasm_trust::SignError;

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
    /// It, or a document about it, cannot be signed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Sign(#[from] SignError),
    /// A document is not what it is said to be.
    #[error("the {what} is no JSON: {why}")]
    #[diagnostic(help("it was given by whoever called for the publication; nothing was signed"))]
    Document {
        /// What it should be.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
}
