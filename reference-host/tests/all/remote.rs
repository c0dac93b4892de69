//! Pipelines from a registry: what the policy does not allow is not even fetched.

use std::path::Path;
use std::time::SystemTime;

use periplasm_host::pipeline::PipelineError;
use periplasm_host::remote::{Remote, RemoteError, pull};
use periplasm_registry::{
    Artifact, At, Descriptor, Digest, Manifest, Memory, PushOptions, RawManifest, Reference,
    Registry, RegistryError, RegistryFault, Repository, media_type, push,
};
use periplasm_trust::{Policy, PrivateKey, VerifyError, sign};

use crate::support::{GOOD, bytes};

fn name() -> Reference {
    "registry.example/pipelines/good:1.0.0".parse().unwrap()
}

/// A registry with this component, and the digest of its artifact.
fn published(component: Vec<u8>) -> (Memory, Digest) {
    let memory = Memory::new();
    let artifact = Artifact::new(component).unwrap();
    let pushed = push(&memory, &name(), &artifact, &PushOptions::default()).unwrap();
    (memory, pushed.digest)
}

/// A policy for what is in `registry.example`.
fn unsigned() -> Policy {
    let text = "[[trust]]\nrepositories = [\"registry.example/**\"]\nunsigned = true";
    Policy::parse(text, "policy.toml", Path::new("")).unwrap()
}

fn pulled(registry: &dyn Registry, policy: &Policy) -> Result<Remote, RemoteError> {
    pull(registry, &name(), policy, SystemTime::now())
}

#[test]
fn what_is_signed_is_pulled_by_the_digest_that_was_verified() {
    let component = bytes(&[GOOD]);
    let (memory, digest) = published(component.clone());
    let key = PrivateKey::generate().unwrap();
    sign(&memory, &name().repository, &digest, &key).unwrap();
    let policy = Policy::trusting([("vendor.pub".to_owned(), key.public().clone())]);
    let remote = pulled(&memory, &policy).unwrap();
    assert_eq!(remote.reference.digest, Some(digest));
    assert_eq!(remote.by[0].name, "vendor.pub");
    assert_eq!(remote.into_pipeline().unwrap().bytes(), component);
}

#[test]
fn what_nobody_signed_is_not_even_fetched() {
    let (memory, digest) = published(bytes(&[GOOD]));
    let at = &name().repository;
    let raw = memory.manifest(at, At::Digest(&digest)).unwrap();
    let manifest: Manifest = serde_json::from_slice(&raw.bytes).unwrap();
    // Whoever fetches the code finds that it is other code.
    memory.replace_blob(at, &manifest.layers[0].digest, b"other".to_vec());
    let key = PrivateKey::generate().unwrap();
    let policy = Policy::trusting([("vendor.pub".to_owned(), key.public().clone())]);
    let Err(RemoteError::Refused(error)) = pulled(&memory, &policy) else { panic!("used") };
    assert!(matches!(*error, VerifyError::Unsigned { .. }), "{error}");
    // And who asks for no signature is told so.
    let Err(RemoteError::Registry(error)) = pulled(&memory, &unsigned()) else { panic!("used") };
    assert!(matches!(error.fault, RegistryFault::Digest { .. }), "{error}");
}

/// A registry that nobody is to ask.
struct Untouched;

impl Registry for Untouched {
    fn manifest(&self, at: &Repository, _: At<'_>) -> Result<RawManifest, RegistryError> {
        panic!("{at} was asked")
    }

    fn blob(&self, at: &Repository, _: &Descriptor, _: u64) -> Result<Vec<u8>, RegistryError> {
        panic!("{at} was asked")
    }

    fn put_blob(&self, at: &Repository, _: &[u8]) -> Result<Digest, RegistryError> {
        panic!("{at} was asked")
    }

    fn put_manifest(
        &self,
        at: &Repository,
        _: At<'_>,
        _: &str,
        _: &[u8],
    ) -> Result<Digest, RegistryError> {
        panic!("{at} was asked")
    }

    fn referrers(&self, at: &Repository, _: &Digest) -> Result<Vec<Descriptor>, RegistryError> {
        panic!("{at} was asked")
    }

    fn put_referrer(&self, at: &Repository, _: &Manifest) -> Result<Digest, RegistryError> {
        panic!("{at} was asked")
    }

    fn tags(&self, at: &Repository) -> Result<Vec<String>, RegistryError> {
        panic!("{at} was asked")
    }
}

#[test]
fn a_registry_that_no_rule_names_is_not_asked() {
    let text = "[[trust]]\nrepositories = [\"other.example/**\"]\nunsigned = true";
    let policy = Policy::parse(text, "policy.toml", Path::new("")).unwrap();
    let Err(RemoteError::Refused(error)) = pulled(&Untouched, &policy) else { panic!("used") };
    assert!(matches!(*error, VerifyError::NoRule { .. }), "{error}");
}

#[test]
fn what_is_no_pipeline_is_told() {
    let problem = |text: &str| {
        let (memory, _) = published(wat::parse_str(text).unwrap());
        match pulled(&memory, &unsigned()).unwrap().into_pipeline().unwrap_err() {
            RemoteError::Malformed { reference, problem } => {
                assert!(reference.starts_with("registry.example/pipelines/good:1.0.0@sha256:"));
                problem
            }
            other => panic!("{other}"),
        }
    };
    let driver = problem("(component (core module))");
    assert!(matches!(driver, PipelineError::NotComposed(_)), "{driver}");
    // What no board has, and so no host gives.
    let other = r#"(component
      (import "acme:gpu/gpu@1.0.0" (instance $gpu (export "draw" (func))))
      (component $app (import "acme:gpu/gpu@1.0.0" (instance (export "draw" (func)))))
      (instance (instantiate $app (with "acme:gpu/gpu@1.0.0" (instance $gpu)))))"#;
    let other = problem(other);
    assert!(other.to_string().contains("acme:gpu/gpu@1.0.0"), "{other}");
}

#[test]
fn what_is_too_long_is_not_fetched() {
    let (memory, digest) = published(bytes(&[GOOD]));
    let at = &name().repository;
    let raw = memory.manifest(at, At::Digest(&digest)).unwrap();
    let mut manifest: Manifest = serde_json::from_slice(&raw.bytes).unwrap();
    manifest.layers[0].size = 65 << 20;
    let manifest = manifest.to_bytes();
    memory.put_manifest(at, At::Tag("1.0.0"), media_type::MANIFEST, &manifest).unwrap();
    let error = pulled(&memory, &unsigned()).unwrap_err();
    assert!(matches!(error, RemoteError::TooLong { size: 0x410_0000, .. }), "{error}");
}
