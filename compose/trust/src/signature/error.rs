//! What can stop signing.

use miette::Diagnostic;
use periplasm_registry::RegistryError;

use super::MAX_SIGNATURES;
use crate::statement::StatementError;

/// Why something could not be signed, or what is signed could not be read.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum SignError {
    /// The registry.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Registry(#[from] RegistryError),
    /// More signatures than are looked at.
    #[error("{place} has {MAX_SIGNATURES} signatures or more, and no more are looked at")]
    #[diagnostic(help(
        "take out those that nobody needs: delete the tag, or what refers to the artifact, and sign anew"
    ))]
    TooMany {
        /// What they are kept under.
        place: String,
    },
    /// A statement that cannot be attached.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Statement(#[from] StatementError),
    /// A statement that is larger than readers take.
    #[error("the statement has {size} bytes, and at most {limit} are read")]
    #[diagnostic(help(
        "a list of parts belongs into an attachment, and its digest into the statement"
    ))]
    TooLarge {
        /// Its size.
        size: u64,
        /// The limit.
        limit: u64,
    },
}
