//! A registry in this process, for tests.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{
    At, Descriptor, Digest, Manifest, RawManifest, Registry, RegistryError, RegistryFault,
    Repository, media_type,
};

/// A registry that keeps everything in memory, and has a list of referrers.
#[derive(Debug, Default)]
pub struct Memory {
    repositories: Mutex<HashMap<Repository, Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    blobs: HashMap<Digest, Vec<u8>>,
    manifests: BTreeMap<Digest, (String, Vec<u8>)>,
    tags: BTreeMap<String, Digest>,
}

impl Memory {
    /// A registry with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives other bytes from now on when this blob is asked for: what a registry
    /// that lies does.
    pub fn replace_blob(&self, repository: &Repository, digest: &Digest, bytes: Vec<u8>) {
        let mut kept = self.lock();
        kept.entry(repository.clone()).or_default().blobs.insert(digest.clone(), bytes);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Repository, Kept>> {
        // Every change is one insertion: what a panic left is whole.
        self.repositories.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry for Memory {
    fn manifest(&self, repository: &Repository, at: At<'_>) -> Result<RawManifest, RegistryError> {
        let kept = self.lock();
        let found = kept.get(repository).and_then(|kept| {
            let digest = match at {
                At::Tag(tag) => kept.tags.get(tag)?,
                At::Digest(digest) => digest,
            };
            let (media_type, bytes) = kept.manifests.get(digest)?.clone();
            Some(RawManifest { media_type, bytes, digest: digest.clone() })
        });
        found.ok_or_else(|| RegistryFault::Missing.at(repository))
    }

    fn blob(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        limit: u64,
    ) -> Result<Vec<u8>, RegistryError> {
        let kept = self.lock();
        let place = || format!("{repository}@{}", blob.digest);
        let found = kept.get(repository).and_then(|kept| kept.blobs.get(&blob.digest));
        let bytes = found.ok_or_else(|| RegistryFault::Missing.at(place()))?;
        if bytes.len() as u64 > limit {
            return Err(RegistryFault::TooLarge { limit }.at(place()));
        }
        match Digest::of(bytes) {
            found if found == blob.digest => Ok(bytes.clone()),
            found => {
                Err(RegistryFault::Digest { expected: blob.digest.clone(), found }.at(place()))
            }
        }
    }

    fn put_blob(&self, repository: &Repository, bytes: &[u8]) -> Result<Digest, RegistryError> {
        let digest = Digest::of(bytes);
        let mut kept = self.lock();
        let blobs = &mut kept.entry(repository.clone()).or_default().blobs;
        blobs.insert(digest.clone(), bytes.to_vec());
        Ok(digest)
    }

    fn put_manifest(
        &self,
        repository: &Repository,
        at: At<'_>,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<Digest, RegistryError> {
        let digest = Digest::of(bytes);
        let mut kept = self.lock();
        let kept = kept.entry(repository.clone()).or_default();
        match at {
            At::Tag(tag) => {
                kept.tags.insert(tag.to_owned(), digest.clone());
            }
            At::Digest(expected) if *expected != digest => {
                let expected = expected.clone();
                return Err(RegistryFault::Digest { expected, found: digest }.at(repository));
            }
            At::Digest(_) => {}
        }
        kept.manifests.insert(digest.clone(), (media_type.to_owned(), bytes.to_vec()));
        Ok(digest)
    }

    fn referrers(
        &self,
        repository: &Repository,
        subject: &Digest,
    ) -> Result<Vec<Descriptor>, RegistryError> {
        let kept = self.lock();
        let manifests = kept.get(repository).map(|kept| &kept.manifests);
        let referrers = manifests.into_iter().flatten().filter_map(|(_, (media_type, bytes))| {
            let manifest: Manifest = serde_json::from_slice(bytes).ok()?;
            manifest.subject.as_ref().filter(|to| to.digest == *subject)?;
            let mut descriptor = Descriptor::of(media_type, bytes);
            descriptor.artifact_type = manifest.artifact_type.or(Some(manifest.config.media_type));
            descriptor.annotations = manifest.annotations;
            Some(descriptor)
        });
        Ok(referrers.collect())
    }

    fn put_referrer(
        &self,
        repository: &Repository,
        manifest: &Manifest,
    ) -> Result<Digest, RegistryError> {
        let bytes = manifest.to_bytes();
        let digest = Digest::of(&bytes);
        self.put_manifest(repository, At::Digest(&digest), media_type::MANIFEST, &bytes)
    }

    fn tags(&self, repository: &Repository) -> Result<Vec<String>, RegistryError> {
        let kept = self.lock();
        let tags = kept.get(repository).map(|kept| kept.tags.keys().cloned().collect());
        Ok(tags.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_found_by_tag_digest_and_subject() {
        let (memory, repository) = (Memory::new(), "registry.example/a".parse().unwrap());
        let config = Descriptor::of(media_type::EMPTY, b"{}");
        assert_eq!(memory.put_blob(&repository, b"{}").unwrap(), config.digest);
        let subject = Manifest::new(config.clone(), Vec::new()).to_bytes();
        let put = memory.put_manifest(&repository, At::Tag("1"), media_type::MANIFEST, &subject);
        let digest = put.unwrap();
        assert_eq!(memory.manifest(&repository, At::Tag("1")).unwrap().digest, digest);
        assert_eq!(memory.manifest(&repository, At::Digest(&digest)).unwrap().bytes, subject);

        let mut about = Manifest::new(config, Vec::new());
        about.subject = Some(Descriptor::of(media_type::MANIFEST, &subject));
        about.artifact_type = Some("text/plain".into());
        let about = memory.put_referrer(&repository, &about).unwrap();
        let referrers = memory.referrers(&repository, &digest).unwrap();
        assert_eq!(referrers[0].digest, about);
        assert_eq!(referrers[0].artifact_type.as_deref(), Some("text/plain"));
        assert_eq!(memory.tags(&repository).unwrap(), ["1"]);
    }

    #[test]
    fn a_blob_with_other_bytes_is_refused() {
        let (memory, repository) = (Memory::new(), "registry.example/a".parse().unwrap());
        let blob = Descriptor::of("text/plain", b"right");
        memory.put_blob(&repository, b"right").unwrap();
        memory.replace_blob(&repository, &blob.digest, b"wrong".to_vec());
        let error = memory.blob(&repository, &blob, 100).unwrap_err();
        assert!(matches!(error.fault, RegistryFault::Digest { .. }), "{error}");
    }
}
