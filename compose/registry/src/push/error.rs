//! Why an artifact is not pushed.

use miette::Diagnostic;

use crate::tags::TagError;
use crate::{Digest, Reference, RegistryError, Repository};

/// An artifact that was not pushed. What of it is in the registry is found by
/// nobody: its tag comes last.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum PushError {
    /// The registry did not take it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Registry(#[from] RegistryError),
    /// The tag, or another name, cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Tag(#[from] TagError),
    /// A reference without a tag.
    #[error("{repository} is named without a version")]
    #[diagnostic(help("write the version behind it: {repository}:1.2.0"))]
    NoTag {
        /// The repository.
        repository: Repository,
    },
    /// A reference with the digest of something else.
    #[error("it has the digest {found}, and was named with {named}")]
    #[diagnostic(help("leave the digest out, or find out what has changed"))]
    OtherDigest {
        /// The digest in the reference.
        named: Digest,
        /// The artifact's.
        found: Digest,
    },
    /// The version is there, and is another artifact.
    #[error(
        "{reference} is there already, and is another artifact\n  there: {there}\n  here:  {ours}"
    )]
    #[diagnostic(help(
        "a version names one artifact for good, because others rely on it: raise the version. If \
         nobody has it yet, `--force` takes the tag"
    ))]
    Taken {
        /// The name.
        reference: Box<Reference>,
        /// The digest of what is there.
        there: Digest,
        /// The digest of what should come there.
        ours: Digest,
    },
}
