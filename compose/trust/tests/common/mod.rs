//! Registries for the tests.
#![allow(dead_code, reason = "each test needs some of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use periplasm_registry::{
    At, Descriptor, Digest, Index, Manifest, Memory, RawManifest, Reference, Registry,
    RegistryError, Repository, media_type,
};
use periplasm_trust::{Policy, PrivateKey, PublicKey, VerifyError};

/// The folder of what a version of cosign made.
pub(crate) fn data(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(version)
}

/// The password of its key.
pub(crate) const PASSWORD: &str = "correct horse";

/// A registry with what cosign made, and the artifact.
pub(crate) fn made_by(version: &str) -> (Memory, Reference) {
    let (memory, folder) = (Memory::new(), data(version));
    let artifact: Reference = "registry.example/drivers/a:1.0.0".parse().unwrap();
    let at = &artifact.repository;
    let files = |name: &str| {
        let files = fs::read_dir(folder.join(name)).into_iter().flatten();
        files.map(|file| file.unwrap().path()).collect::<Vec<_>>()
    };
    for blob in files("blobs") {
        let digest = memory.put_blob(at, &fs::read(&blob).unwrap()).unwrap();
        assert_eq!(digest.hex(), blob.file_name().unwrap().to_str().unwrap());
    }
    for manifest in files("manifests") {
        let bytes = fs::read(&manifest).unwrap();
        let digest = Digest::of(&bytes);
        memory.put_manifest(at, At::Digest(&digest), media_type::MANIFEST, &bytes).unwrap();
    }
    for tag in files("tags") {
        let (name, bytes) = (tag.file_name().unwrap().to_str().unwrap(), fs::read(&tag).unwrap());
        let index =
            bytes.windows(media_type::INDEX.len()).any(|w| w == media_type::INDEX.as_bytes());
        let kind = if index { media_type::INDEX } else { media_type::MANIFEST };
        memory.put_manifest(at, At::Tag(name), kind, &bytes).unwrap();
    }
    let digest = memory.manifest(at, At::Tag("1.0.0")).unwrap().digest;
    let artifact = Reference { digest: Some(digest), ..artifact };
    (memory, artifact)
}

/// A registry with an artifact that nobody signed.
pub(crate) fn unsigned() -> (Memory, Reference) {
    let memory = Memory::new();
    let artifact: Reference = "registry.example/drivers/a:1.0.0".parse().unwrap();
    let digest = push(&memory, &artifact, b"component");
    (memory, Reference { digest: Some(digest), ..artifact })
}

/// Pushes an artifact with these bytes.
pub(crate) fn push(registry: &dyn Registry, artifact: &Reference, bytes: &[u8]) -> Digest {
    let at = &artifact.repository;
    registry.put_blob(at, b"{}").unwrap();
    registry.put_blob(at, bytes).unwrap();
    let layers = vec![Descriptor::of(media_type::WASM, bytes)];
    let manifest = Manifest::new(Descriptor::of(media_type::WASM_CONFIG, b"{}"), layers).to_bytes();
    let tag = At::Tag(artifact.tag.as_deref().unwrap());
    registry.put_manifest(at, tag, media_type::MANIFEST, &manifest).unwrap()
}

/// A registry of docker-registry 2.8's kind: no list of referrers, but the index
/// of the tag schema, as whoever wrote it last left it.
pub(crate) struct TagSchema(pub(crate) Memory);

impl Registry for TagSchema {
    fn manifest(&self, at: &Repository, what: At<'_>) -> Result<RawManifest, RegistryError> {
        self.0.manifest(at, what)
    }

    fn blob(
        &self,
        at: &Repository,
        what: &Descriptor,
        limit: u64,
    ) -> Result<Vec<u8>, RegistryError> {
        self.0.blob(at, what, limit)
    }

    fn put_blob(&self, at: &Repository, bytes: &[u8]) -> Result<Digest, RegistryError> {
        self.0.put_blob(at, bytes)
    }

    fn put_manifest(
        &self,
        at: &Repository,
        what: At<'_>,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<Digest, RegistryError> {
        self.0.put_manifest(at, what, media_type, bytes)
    }

    fn referrers(&self, at: &Repository, of: &Digest) -> Result<Vec<Descriptor>, RegistryError> {
        let tag = format!("sha256-{}", of.hex());
        match self.0.manifest(at, At::Tag(&tag)) {
            Ok(raw) => Ok(serde_json::from_slice::<Index>(&raw.bytes).unwrap().manifests),
            Err(_) => Ok(Vec::new()),
        }
    }

    fn put_referrer(&self, at: &Repository, manifest: &Manifest) -> Result<Digest, RegistryError> {
        self.0.put_referrer(at, manifest)
    }

    fn tags(&self, at: &Repository) -> Result<Vec<String>, RegistryError> {
        self.0.tags(at)
    }
}

/// The public key of a version of cosign.
pub(crate) fn public(version: &str) -> PublicKey {
    PublicKey::read(&data(version).join("cosign.pub")).unwrap()
}

/// Its private key.
pub(crate) fn private(version: &str) -> PrivateKey {
    PrivateKey::read(&data(version).join("cosign.key"), Some(PASSWORD)).unwrap()
}

/// The first moment of this day, counted from 1970.
pub(crate) fn day(number: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(number * 24 * 60 * 60)
}

/// 2026-11-21, when cosign was run.
pub(crate) const TODAY: u64 = 20778;

/// Who signed, as the policy names them.
pub(crate) fn signers(
    registry: &dyn Registry,
    artifact: &Reference,
    policy: &Policy,
) -> Result<Vec<String>, VerifyError> {
    let digest = artifact.digest.as_ref().unwrap();
    let verified = periplasm_trust::verify(registry, artifact, digest, policy, day(TODAY))?;
    assert_eq!(verified.digest, *digest);
    Ok(verified.by.into_iter().map(|signer| signer.name).collect())
}

/// A policy that believes these keys.
pub(crate) fn trusting<'a>(keys: impl IntoIterator<Item = (&'a str, &'a PublicKey)>) -> Policy {
    Policy::trusting(keys.into_iter().map(|(name, key)| (name.to_owned(), key.clone())))
}
