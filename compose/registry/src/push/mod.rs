//! Into a registry: content first, then what names it, and the tag last.
//!
//! [`push`] does all of it. Who has something to attach to an artifact before
//! anybody can find it by its tag takes the steps one by one: [`check`],
//! [`upload`], what is to be attached, and [`tag`].

mod error;

use semver::Version;

pub use error::PushError;

use crate::artifact::{Artifact, Packed};
use crate::{At, Digest, Reference, Registry, RegistryFault, Repository, media_type, tags};

/// What may be done to tags.
#[derive(Clone, Debug, Default)]
pub struct PushOptions {
    /// Take a version's tag from another artifact.
    pub force: bool,
    /// Names that move: `latest`, `1`, `1.2`. Each names this artifact now.
    pub also: Vec<String>,
}

/// An artifact that was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// Its name, with its digest.
    pub reference: Reference,
    /// The digest of its manifest.
    pub digest: Digest,
    /// How the registry was before.
    pub before: Before,
}

/// What was at the tag before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing.
    Nothing,
    /// The same artifact.
    Same,
    /// Another one; the tag was taken from it by force.
    Other(Digest),
}

/// Where an artifact may be tagged: the answer of [`check`].
#[derive(Clone, Debug)]
pub struct Place {
    repository: Repository,
    version: Version,
    also: Vec<String>,
    before: Before,
}

impl Place {
    /// What is at the tag.
    pub fn before(&self) -> &Before {
        &self.before
    }

    /// The version under which the artifact is published.
    pub fn version(&self) -> &Version {
        &self.version
    }
}

/// Pushes an artifact and tags it. Pushing the same one again changes nothing.
pub fn push(
    registry: &dyn Registry,
    reference: &Reference,
    artifact: &Artifact,
    options: &PushOptions,
) -> Result<Pushed, PushError> {
    let packed = artifact.pack();
    let place = check(registry, reference, &packed.digest, options)?;
    upload(registry, &reference.repository, artifact, &packed)?;
    tag(registry, place, &packed)
}

/// Checks, before anything is written, that the artifact with the digest
/// `digest` may be pushed as `reference`: that the tag is a version, and names
/// no other artifact.
///
/// Registries have no way to say "only if it is as I saw it": two who publish
/// the same version in the same moment are not told apart.
pub fn check(
    registry: &dyn Registry,
    reference: &Reference,
    digest: &Digest,
    options: &PushOptions,
) -> Result<Place, PushError> {
    let Some(tag) = &reference.tag else {
        return Err(PushError::NoTag { repository: reference.repository.clone() });
    };
    if let Some(named) = reference.digest.as_ref().filter(|named| *named != digest) {
        let (named, found) = (named.clone(), digest.clone());
        return Err(PushError::OtherDigest { named, found });
    }
    let version = tags::version(tag)?;
    for alias in &options.also {
        tags::alias(alias, &version)?;
    }
    let there = match registry.manifest(&reference.repository, At::Tag(tag)) {
        Ok(there) => Some(there.digest),
        Err(error) if matches!(error.fault, RegistryFault::Missing) => None,
        Err(error) => return Err(error.into()),
    };
    let before = match there {
        None => Before::Nothing,
        Some(there) if there == *digest => Before::Same,
        Some(there) if options.force => Before::Other(there),
        Some(there) => {
            let (reference, ours) = (Box::new(reference.clone()), digest.clone());
            return Err(PushError::Taken { reference, there, ours });
        }
    };
    let repository = reference.repository.clone();
    Ok(Place { repository, version, also: options.also.clone(), before })
}

/// Puts layer, config and manifest there. Nobody finds the artifact who does not
/// know its digest.
pub fn upload(
    registry: &dyn Registry,
    repository: &Repository,
    artifact: &Artifact,
    packed: &Packed,
) -> Result<(), PushError> {
    registry.put_blob(repository, artifact.bytes())?;
    registry.put_blob(repository, &packed.config)?;
    let at = At::Digest(&packed.digest);
    registry.put_manifest(repository, at, media_type::MANIFEST, &packed.manifest_bytes)?;
    Ok(())
}

/// Tags an artifact that was uploaded: its version first, then what moves.
pub fn tag(registry: &dyn Registry, place: Place, packed: &Packed) -> Result<Pushed, PushError> {
    let Place { repository, version, also, before } = place;
    let version = version.to_string();
    let reference = repository.tagged(&version).map_err(|_| {
        // Longer than a tag may be; its letters were checked.
        PushError::Tag(tags::TagError::NoVersion { tag: version.clone() })
    })?;
    let first = (before != Before::Same).then_some(&version);
    for name in first.into_iter().chain(&also) {
        let (at, bytes) = (At::Tag(name), &packed.manifest_bytes);
        registry.put_manifest(&repository, at, media_type::MANIFEST, bytes)?;
    }
    let digest = packed.digest.clone();
    let reference = Reference { digest: Some(digest.clone()), ..reference };
    Ok(Pushed { reference, digest, before })
}

#[cfg(test)]
mod tests;
