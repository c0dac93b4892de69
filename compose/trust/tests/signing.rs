//! What we sign is accepted by us; cosign's view of it is `cargo xtask interop`'s.

mod common;

use common::{TODAY, day, made_by, push, signers, trusting, unsigned};
use periplasm_registry::{
    At, Descriptor, Digest, Manifest, Memory, Reference, Registry, media_type,
};
use periplasm_trust::{
    Policy, PrivateKey, SignError, Statement, VerifyError, attest, attestations, sign, verify,
};

fn key() -> PrivateKey {
    PrivateKey::generate().unwrap()
}

fn digest(artifact: &Reference) -> &Digest {
    artifact.digest.as_ref().unwrap()
}

/// A policy whose rule has these lines, and keys in its folder.
fn policy(lines: &str, keys: &[(&str, &PrivateKey)]) -> Policy {
    let folder = tempfile::tempdir().unwrap();
    for (name, key) in keys {
        std::fs::write(folder.path().join(name), key.public().to_pem()).unwrap();
    }
    let text = format!("[[trust]]\nrepositories = [\"registry.example/**\"]\n{lines}");
    Policy::parse(&text, "policy.toml", folder.path()).unwrap()
}

#[test]
fn what_is_signed_is_accepted_in_either_form() {
    let (registry, artifact) = unsigned();
    let key = key();
    sign(&registry, &artifact.repository, digest(&artifact), &key).unwrap();
    let policy = trusting([("a.pub", key.public())]);
    assert_eq!(signers(&registry, &artifact, &policy).unwrap(), ["a.pub"]);
    // Only the bundle is left.
    let tag = format!("sha256-{}.sig", digest(&artifact).hex());
    let empty = Manifest::new(Descriptor::of(media_type::EMPTY, b"{}"), Vec::new()).to_bytes();
    let at = &artifact.repository;
    registry.put_manifest(at, At::Tag(&tag), media_type::MANIFEST, &empty).unwrap();
    assert_eq!(signers(&registry, &artifact, &policy).unwrap(), ["a.pub"]);
}

#[test]
fn signing_again_changes_nothing_and_others_signatures_stay() {
    let (registry, artifact) = made_by("cosign-2.5.0");
    let (at, of) = (&artifact.repository, digest(&artifact));
    let tag = format!("sha256-{}.sig", of.hex());
    let attached = || registry.manifest(at, At::Tag(&tag)).unwrap().digest;
    let key = key();
    sign(&registry, at, of, &key).unwrap();
    let (once, listed) = (attached(), registry.referrers(at, of).unwrap());
    sign(&registry, at, of, &key).unwrap();
    assert_eq!((attached(), registry.referrers(at, of).unwrap()), (once, listed));
    for key in [key.public(), &common::public("cosign-2.5.0"), &common::public("cosign-3.1.1")] {
        assert!(signers(&registry, &artifact, &trusting([("a.pub", key)])).is_ok());
    }
}

#[test]
fn what_is_not_there_cannot_be_signed() {
    let (registry, artifact) = unsigned();
    let other = Digest::of(b"other");
    let error = sign(&registry, &artifact.repository, &other, &key()).unwrap_err();
    assert!(matches!(error, SignError::Registry(_)), "{error}");
    assert_eq!(registry.tags(&artifact.repository).unwrap(), ["1.0.0"]);
}

#[test]
fn nobody_is_believed_unless_it_is_said() {
    let (registry, artifact) = unsigned();
    let by = |policy: &Policy| signers(&registry, &artifact, policy);
    let key = key();
    let error = by(&trusting([("a.pub", key.public())])).unwrap_err();
    assert!(matches!(error, VerifyError::Unsigned { .. }), "{error}");
    let error = by(&Policy::parse("", "policy.toml", "".as_ref()).unwrap()).unwrap_err();
    assert!(matches!(error, VerifyError::NoRule { .. }), "{error}");
    assert_eq!(by(&policy("unsigned = true", &[])).unwrap(), [""; 0]);
}

#[test]
fn a_signature_for_another_digest_is_told() {
    let (registry, artifact) = unsigned();
    let key = key();
    let other = push(&registry, &"registry.example/drivers/a:2.0.0".parse().unwrap(), b"other");
    sign(&registry, &artifact.repository, &other, &key).unwrap();
    // Somebody gives it the other's signatures.
    let at = &artifact.repository;
    let signed = registry.manifest(at, At::Tag(&format!("sha256-{}.sig", other.hex()))).unwrap();
    let tag = format!("sha256-{}.sig", digest(&artifact).hex());
    registry.put_manifest(at, At::Tag(&tag), media_type::MANIFEST, &signed.bytes).unwrap();
    let error = signers(&registry, &artifact, &trusting([("a.pub", key.public())])).unwrap_err();
    let VerifyError::OtherDigest { found, .. } = error else { panic!("{error}") };
    assert_eq!(found, other.to_string());
}

#[test]
fn a_signature_that_was_changed_is_told() {
    let (registry, artifact) = unsigned();
    let (key, other) = (key(), key());
    let (at, of) = (&artifact.repository, digest(&artifact));
    sign(&registry, at, of, &key).unwrap();
    // A bundle that says it is by the key, with another's signature.
    let bundles = registry.referrers(at, of).unwrap();
    let raw = registry.manifest(at, At::Digest(&bundles[0].digest)).unwrap();
    let mut manifest: Manifest = serde_json::from_slice(&raw.bytes).unwrap();
    let bundle = registry.blob(at, &manifest.layers[0], 1 << 20).unwrap();
    let mut bundle: serde_json::Value = serde_json::from_slice(&bundle).unwrap();
    let forged = unsigned();
    sign(&forged.0, at, of, &other).unwrap();
    let theirs = forged.0.referrers(at, of).unwrap();
    let raw = forged.0.manifest(at, At::Digest(&theirs[0].digest)).unwrap();
    let theirs: Manifest = serde_json::from_slice(&raw.bytes).unwrap();
    let theirs = forged.0.blob(at, &theirs.layers[0], 1 << 20).unwrap();
    let theirs: serde_json::Value = serde_json::from_slice(&theirs).unwrap();
    bundle["dsseEnvelope"] = theirs["dsseEnvelope"].clone();
    let bytes = serde_json::to_vec(&bundle).unwrap();
    let (registry, artifact) = unsigned();
    registry.put_blob(at, &bytes).unwrap();
    manifest.layers = vec![Descriptor::of(&manifest.layers[0].media_type, &bytes)];
    registry.put_referrer(at, &manifest).unwrap();
    let error = signers(&registry, &artifact, &trusting([("a.pub", key.public())])).unwrap_err();
    let VerifyError::Broken { key: named, .. } = error else { panic!("{error}") };
    assert_eq!(named, "a.pub");
    // Whoever believes the other is not misled by what the bundle says.
    let policy = trusting([("b.pub", other.public())]);
    assert_eq!(signers(&registry, &artifact, &policy).unwrap(), ["b.pub"]);
}

#[test]
fn a_key_is_believed_on_its_days() {
    let (registry, artifact) = unsigned();
    let key = key();
    sign(&registry, &artifact.repository, digest(&artifact), &key).unwrap();
    // 20778 days after 1970-01-01.
    let lines = "keys = [{ file = \"a.pub\", not-before = 2026-11-20, not-after = 2026-11-21 }]";
    let policy = policy(lines, &[("a.pub", &key)]);
    let at = |when| verify(&registry, &artifact, digest(&artifact), &policy, when);
    let second = std::time::Duration::from_secs(1);
    assert!(at(day(TODAY - 1)).is_ok());
    assert!(at(day(TODAY + 1) - second).is_ok());
    assert!(matches!(at(day(TODAY + 1)), Err(VerifyError::Expired { .. })));
    assert!(matches!(at(day(TODAY - 1) - second), Err(VerifyError::NotYetValid { .. })));
    assert!(matches!(at(day(0) - second), Err(VerifyError::NotYetValid { .. })));
}

#[test]
fn all_means_all() {
    let (registry, artifact) = unsigned();
    let (one, other) = (key(), key());
    let lines = "keys = [{ file = \"a.pub\" }, { file = \"b.pub\" }]\nrequire = \"all\"";
    let policy = policy(lines, &[("a.pub", &one), ("b.pub", &other)]);
    sign(&registry, &artifact.repository, digest(&artifact), &one).unwrap();
    let error = signers(&registry, &artifact, &policy).unwrap_err();
    let VerifyError::NotAll { signed, missing, .. } = error else { panic!("{error}") };
    assert_eq!((signed.as_str(), missing.as_str()), ("`a.pub`", "`b.pub`"));
    sign(&registry, &artifact.repository, digest(&artifact), &other).unwrap();
    assert_eq!(signers(&registry, &artifact, &policy).unwrap(), ["a.pub", "b.pub"]);
}

/// The artifact, with this under the tag of its signatures.
fn with_signatures(bytes: &[u8]) -> (Memory, Reference) {
    let (registry, artifact) = unsigned();
    let tag = format!("sha256-{}.sig", digest(&artifact).hex());
    let at = &artifact.repository;
    registry.put_manifest(at, At::Tag(&tag), media_type::MANIFEST, bytes).unwrap();
    (registry, artifact)
}

#[test]
fn what_is_no_signature_is_told_and_hides_none() {
    let kind = "application/vnd.dev.cosign.simplesigning.v1+json";
    let empty = Descriptor::of(media_type::EMPTY, b"{}");
    let mut unsigned_layer = Descriptor::of(kind, b"{}");
    let mut large = Descriptor::of(kind, b"large");
    let signature = "dev.cosignproject.cosign/signature".to_owned();
    large.annotations.insert(signature.clone(), String::new());
    let mut payload = Descriptor::of(kind, b"{\"critical\":1}");
    payload.annotations.insert(signature, "AAAA".to_owned());
    unsigned_layer.size = 2;
    let missing = Descriptor::of(kind, b"missing");
    let key = key();
    for layer in [unsigned_layer, large, payload, missing] {
        let manifest = Manifest::new(empty.clone(), vec![layer]).to_bytes();
        let (registry, artifact) = with_signatures(&manifest);
        let at = &artifact.repository;
        for blob in [b"{}".as_slice(), b"{\"critical\":1}"] {
            registry.put_blob(at, blob).unwrap();
        }
        let policy = trusting([("a.pub", key.public())]);
        let error = signers(&registry, &artifact, &policy).unwrap_err();
        assert!(matches!(error, VerifyError::Malformed { .. }), "{error}");
        sign(&registry, at, digest(&artifact), &key).unwrap();
        assert_eq!(signers(&registry, &artifact, &policy).unwrap(), ["a.pub"]);
    }
    // A manifest that is none: nothing is added to it, and nothing believed.
    let (registry, artifact) = with_signatures(b"no manifest");
    let error = signers(&registry, &artifact, &trusting([("a.pub", key.public())])).unwrap_err();
    assert!(matches!(error, VerifyError::Malformed { .. }), "{error}");
    let error = sign(&registry, &artifact.repository, digest(&artifact), &key).unwrap_err();
    assert!(matches!(error, SignError::Registry(_)), "{error}");
}

#[test]
fn more_signatures_than_anybody_needs_are_not_looked_at() {
    let kind = "application/vnd.dev.cosign.simplesigning.v1+json";
    let layers = vec![Descriptor::of(kind, b"{}"); 65];
    let config = Descriptor::of(media_type::EMPTY, b"{}");
    let (registry, artifact) = with_signatures(&Manifest::new(config, layers).to_bytes());
    let key = key();
    let error = signers(&registry, &artifact, &trusting([("a.pub", key.public())])).unwrap_err();
    assert!(matches!(error, VerifyError::TooMany { .. }), "{error}");
    let at = &artifact.repository;
    let error = sign(&registry, at, digest(&artifact), &key).unwrap_err();
    assert!(matches!(error, SignError::TooMany { .. }), "{error}");
    // Whoever fills one form does not hide the other.
    let (other, same) = unsigned();
    sign(&other, at, digest(&same), &key).unwrap();
    for bundle in other.referrers(at, digest(&same)).unwrap() {
        let raw = other.manifest(at, At::Digest(&bundle.digest)).unwrap();
        let manifest: Manifest = serde_json::from_slice(&raw.bytes).unwrap();
        let layer = other.blob(at, &manifest.layers[0], 1 << 20).unwrap();
        registry.put_blob(at, &layer).unwrap();
        registry.put_referrer(at, &manifest).unwrap();
    }
    let by = signers(&registry, &artifact, &trusting([("a.pub", key.public())]));
    assert_eq!(by.unwrap(), ["a.pub"]);
}

#[test]
fn a_statement_is_attached_once_and_found_by_its_key() {
    let (registry, artifact) = unsigned();
    let (at, of) = (&artifact.repository, digest(&artifact));
    let (one, other) = (key(), key());
    let said = Statement::about(of, "a", "https://slsa.dev/provenance/v1", "here".into());
    attest(&registry, at, of, &said.to_json(), &one).unwrap();
    attest(&registry, at, of, &said.to_json(), &one).unwrap();
    attest(&registry, at, of, &said.to_json(), &other).unwrap();
    let keys = [other.public().clone(), one.public().clone()];
    let found = attestations(&registry, at, of, &keys).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].statement.clone(), found[0].by.clone()), (said, vec![0, 1]));
    assert_eq!(attestations(&registry, at, of, &[key().public().clone()]).unwrap(), []);
}

#[test]
fn a_statement_about_something_else_is_not_attached() {
    let (registry, artifact) = unsigned();
    let other = Statement::about(&Digest::of(b"other"), "", "https://example.com", 1.into());
    for said in [other.to_json(), b"{}".to_vec()] {
        let attached = attest(&registry, &artifact.repository, digest(&artifact), &said, &key());
        assert!(matches!(attached, Err(SignError::Statement(_))));
    }
}
