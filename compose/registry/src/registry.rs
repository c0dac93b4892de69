//! What a registry can do.

use crate::{At, Descriptor, Digest, RegistryError, Repository};

/// The most bytes of a manifest (OCI distribution spec 1.1, "Pushing Manifests":
/// registries should take manifests of 4 MiB).
pub const MAX_MANIFEST_BYTES: u64 = 4 << 20;

/// The most bytes of what a host publishes about itself.
pub const MAX_WELL_KNOWN_BYTES: u64 = 64 << 10;

/// A manifest as it came, checked against its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawManifest {
    /// The media type that the registry says it has.
    pub media_type: String,
    /// Its bytes, at most [`MAX_MANIFEST_BYTES`].
    pub bytes: Vec<u8>,
    /// Their digest.
    pub digest: Digest,
}

/// A registry, whichever: over the network, or in this process.
///
/// Every answer is checked: bytes that do not have the digest they were asked by
/// are an error, and so are more bytes than were announced.
pub trait Registry: Send + Sync {
    /// A manifest. [`crate::RegistryFault::Missing`] if there is none.
    fn manifest(&self, repository: &Repository, at: At<'_>) -> Result<RawManifest, RegistryError>;

    /// A blob of at most `limit` bytes.
    fn blob(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        limit: u64,
    ) -> Result<Vec<u8>, RegistryError>;

    /// Puts a blob there, unless it is there.
    fn put_blob(&self, repository: &Repository, bytes: &[u8]) -> Result<Digest, RegistryError>;

    /// Puts a manifest there, after all that it names. An earlier one with this
    /// tag loses it.
    fn put_manifest(
        &self,
        repository: &Repository,
        at: At<'_>,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<Digest, RegistryError>;

    /// What refers to the manifest with this digest, by the registry's own list,
    /// or, where it has none, by the tag schema (OCI distribution spec 1.1,
    /// "Listing Referrers" and "Unavailable Referrers API").
    fn referrers(
        &self,
        repository: &Repository,
        subject: &Digest,
    ) -> Result<Vec<Descriptor>, RegistryError>;

    /// Puts a manifest with a `subject` there, so that [`Registry::referrers`] of
    /// the subject lists it: where the registry does not do so itself, the list
    /// of the tag schema is written anew.
    fn put_referrer(
        &self,
        repository: &Repository,
        manifest: &crate::Manifest,
    ) -> Result<Digest, RegistryError>;

    /// All tags of a repository, sorted; none if it is not there.
    fn tags(&self, repository: &Repository) -> Result<Vec<String>, RegistryError>;

    /// What the host `host` publishes about itself at `/.well-known/<name>`
    /// (RFC 8615), of at most [`MAX_WELL_KNOWN_BYTES`]; `None` if it publishes
    /// nothing there.
    fn well_known(&self, host: &str, name: &str) -> Result<Option<Vec<u8>>, RegistryError> {
        let _ = (host, name);
        Ok(None)
    }
}
