//! What a registry can fail with.

use miette::Diagnostic;

use crate::Digest;

/// A request to a registry that failed: where, and why.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{place}: {fault}")]
#[diagnostic(forward(fault))]
pub struct RegistryError {
    /// The artifact or blob, as a person would name it.
    pub place: String,
    /// What went wrong.
    #[source]
    pub fault: RegistryFault,
}

/// Why a request to a registry failed.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum RegistryFault {
    /// The registry has no such thing.
    #[error("the registry has none")]
    #[diagnostic(help(
        "is the name right, and may you read it? Some registries hide what they keep from strangers"
    ))]
    Missing,
    /// What came has another digest than was asked for.
    #[error("what came has the digest {found}, and {expected} was asked for")]
    #[diagnostic(help("the registry, or somebody on the way, sent other bytes; nothing was kept"))]
    Digest {
        /// The digest that was asked for.
        expected: Digest,
        /// That of the bytes that came.
        found: Digest,
    },
    /// More bytes than are taken.
    #[error("it has more than {limit} bytes")]
    #[diagnostic(help("nothing of this kind is as large; nothing was kept"))]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// What came is not what its media type says.
    #[error("it cannot be read: {why}")]
    #[diagnostic(help("it was made by a tool that speaks another version, or is damaged"))]
    Malformed {
        /// What is wrong with it.
        why: String,
    },
}

impl RegistryFault {
    pub(crate) fn at(self, place: impl std::fmt::Display) -> RegistryError {
        RegistryError { place: place.to_string(), fault: self }
    }
}
