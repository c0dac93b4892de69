//! Signatures of artifacts, in the two forms that cosign writes with a key pair.
//!
//! cosign 2.5 looks for the classic form alone. cosign 3.1 looks for bundles, and
//! for the classic form only where there is no bundle at all, also none by
//! somebody else. So [`sign()`] writes both, and either is enough for
//! [`verify()`](crate::verify()).

pub(crate) mod bundle;
mod candidate;
mod classic;
mod error;

use periplasm_registry::{At, Descriptor, Digest, Registry, Repository};

pub(crate) use candidate::{Candidate, Evidence, soft};
pub use error::SignError;

use crate::dsse::{Envelope, IN_TOTO};
use crate::key::PrivateKey;
use crate::statement::Statement;

/// The most signatures of an artifact, in each form, that are looked at or kept.
pub const MAX_SIGNATURES: usize = 64;

/// How a signature is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Under the tag `sha256-<digits>.sig`: "simple signing".
    Classic,
    /// In a sigstore bundle of version 0.3, which refers to the artifact.
    Bundle,
}

impl std::fmt::Display for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Classic => "classic",
            Self::Bundle => "bundle",
        })
    }
}

/// What [`sign()`] signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The artifact.
    pub digest: Digest,
    /// The fingerprint of the key.
    pub by: Digest,
}

/// Signs the artifact whose manifest has this digest, in both forms. Signatures
/// that are there stay; signing again changes nothing.
pub fn sign(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
    key: &PrivateKey,
) -> Result<Signed, SignError> {
    let subject = subject(registry, repository, digest)?;
    classic::put(registry, repository, digest, key)?;
    let statement = Statement::about(digest, "", bundle::SIGNATURE, serde_json::json!({}));
    let envelope = Envelope::sign(IN_TOTO, statement.to_json(), key);
    bundle::put(registry, repository, subject, &envelope, bundle::SIGNATURE, key.public())?;
    Ok(Signed { digest: digest.clone(), by: key.public().fingerprint() })
}

/// The descriptor of the artifact with this digest.
pub(crate) fn subject(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
) -> Result<Descriptor, SignError> {
    let raw = registry.manifest(repository, At::Digest(digest))?;
    Ok(Descriptor::of(&raw.media_type, &raw.bytes))
}

/// The signatures that an artifact has in one form, believed or not.
pub(crate) fn candidates(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
    form: Form,
) -> Result<Vec<Candidate>, SignError> {
    match form {
        Form::Classic => classic::candidates(registry, repository, digest),
        Form::Bundle => bundle::candidates(registry, repository, digest),
    }
}
