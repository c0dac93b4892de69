//! What cosign made with a key pair is understood: `data/README.md` says how.

mod common;

use common::{PASSWORD, TagSchema, data, made_by, private, public, signers, trusting};
use periplasm_registry::{At, Descriptor, Manifest, Memory, Reference, Registry, media_type};
use periplasm_trust::{Form, KeyFault, PrivateKey, VerifyError, attestations};
use proptest::prelude::*;
use proptest::sample::Index;

const VERSIONS: [&str; 2] = ["cosign-2.5.0", "cosign-3.1.1"];

#[test]
fn its_keys_are_opened_by_their_password() {
    for version in VERSIONS {
        assert_eq!(private(version).public(), &public(version));
        let text = std::fs::read_to_string(data(version).join("cosign.key")).unwrap();
        let wrong = PrivateKey::from_pem(&text, Some("wrong")).unwrap_err();
        assert!(matches!(wrong, KeyFault::WrongPassword), "{wrong}");
        let none = PrivateKey::from_pem(&text, None).unwrap_err();
        assert!(matches!(none, KeyFault::PasswordNeeded), "{none}");
        let older = text.replace("SIGSTORE", "COSIGN");
        assert!(PrivateKey::from_pem(&older, Some(PASSWORD)).is_ok());
    }
}

#[test]
fn its_signatures_are_accepted() {
    for version in VERSIONS {
        let (registry, artifact) = made_by(version);
        let policy = trusting([("vendor.pub", &public(version))]);
        assert_eq!(signers(&registry, &artifact, &policy).unwrap(), ["vendor.pub"]);
        // Where the list of referrers is what cosign itself wrote.
        let registry = TagSchema(registry);
        assert_eq!(signers(&registry, &artifact, &policy).unwrap(), ["vendor.pub"]);
    }
}

#[test]
fn a_signature_by_somebody_else_is_not() {
    for version in VERSIONS {
        let (registry, artifact) = made_by(version);
        let other = PrivateKey::generate().unwrap();
        let policy = trusting([("vendor.pub", other.public())]);
        let error = signers(&registry, &artifact, &policy).unwrap_err();
        let VerifyError::UnknownKey { found, keys, .. } = error else { panic!("{error}") };
        // The classic form does not tell whose it is.
        let told = (version == "cosign-3.1.1").then(|| public(version).fingerprint().to_string());
        assert_eq!(found, told);
        assert!(keys.contains("vendor.pub"), "{keys}");
    }
}

#[test]
fn an_attestation_alone_is_no_signature() {
    // cosign 3.1's own `verify` takes it for one.
    let (registry, artifact) = common::unsigned();
    let (at, digest) = (&artifact.repository, artifact.digest.as_ref().unwrap());
    let statement = periplasm_trust::Statement::about(digest, "", "https://example.com", 1.into());
    let key = private(VERSIONS[1]);
    periplasm_trust::attest(&registry, at, digest, &statement.to_json(), &key).unwrap();
    let policy = trusting([("vendor.pub", key.public())]);
    let error = signers(&registry, &artifact, &policy).unwrap_err();
    assert!(matches!(error, VerifyError::Unsigned { .. }), "{error}");
}

#[test]
fn two_keys_may_have_signed_in_the_classic_form() {
    let (registry, artifact) = made_by("cosign-2.5.0");
    let keys = VERSIONS.map(public);
    for (name, key) in [("a.pub", &keys[0]), ("b.pub", &keys[1])] {
        let policy = trusting([(name, key)]);
        assert_eq!(signers(&registry, &artifact, &policy).unwrap(), [name]);
    }
}

/// cosign 2.5.0's signature in the classic form.
const SIGNATURE: &str = "MEYCIQCXsEWwyNqk3AtCm36hmlBOS8cgjq8RMpy9z+6LAAmM9wIhAOhAGVJ5N4gPcjf4Zv2oEkWH1xQQdHTtuHKOiBlU1/hO";

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// Has a bundle refer to the artifact.
fn attach(registry: &Memory, artifact: &Reference, bundle: &[u8]) {
    let at = &artifact.repository;
    let raw = registry.manifest(at, artifact.at()).unwrap();
    registry.put_blob(at, bundle).unwrap();
    let config = Descriptor::of(media_type::EMPTY, b"{}");
    let mut manifest = Manifest::new(config, vec![Descriptor::of(BUNDLE, bundle)]);
    manifest.subject = Some(Descriptor::of(media_type::MANIFEST, &raw.bytes));
    manifest.artifact_type = Some(BUNDLE.to_owned());
    registry.put_referrer(at, &manifest).unwrap();
}

#[test]
fn a_signature_of_the_manifest_itself_is_one() {
    // `cosign sign-blob` on the manifest, attached by hand.
    let (made, artifact) = made_by(VERSIONS[1]);
    let (at, digest) = (&artifact.repository, artifact.digest.as_ref().unwrap());
    let raw = made.manifest(at, artifact.at()).unwrap();
    let registry = Memory::new();
    registry.put_manifest(at, At::Digest(digest), media_type::MANIFEST, &raw.bytes).unwrap();
    let bundle = std::fs::read(data(VERSIONS[1]).join("blob.sigstore.json")).unwrap();
    attach(&registry, &artifact, &bundle);
    let policy = trusting([("vendor.pub", &public(VERSIONS[1]))]);
    let day = common::day(common::TODAY);
    let verified = periplasm_trust::verify(&registry, &artifact, digest, &policy, day).unwrap();
    assert_eq!(verified.by[0].form, Form::Bundle);
}

proptest! {
    #[test]
    fn no_change_makes_a_signature_one_of_another_artifact(
        edits in prop::collection::vec((any::<Index>(), any::<u8>()), 0..4),
        cut in prop::option::of(any::<Index>()),
    ) {
        let changed = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            edits.iter().for_each(|(place, byte)| *place.get_mut(&mut bytes) = *byte);
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        };
        for version in VERSIONS {
            let folder = data(version).join("blobs");
            let (registry, artifact) = common::unsigned();
            let at = &artifact.repository;
            let tag = format!("sha256-{}.sig", artifact.digest.as_ref().unwrap().hex());
            let mut layers = Vec::new();
            for blob in std::fs::read_dir(folder).unwrap() {
                let blob = changed(&std::fs::read(blob.unwrap().path()).unwrap());
                attach(&registry, &artifact, &blob);
                let kind = "application/vnd.dev.cosign.simplesigning.v1+json";
                let mut layer = Descriptor::of(kind, &blob);
                let key = "dev.cosignproject.cosign/signature".to_owned();
                layer.annotations.insert(key, SIGNATURE.to_owned());
                layers.push(layer);
            }
            let config = Descriptor::of(media_type::EMPTY, b"{}");
            let manifest = Manifest::new(config, layers).to_bytes();
            registry.put_manifest(at, At::Tag(&tag), media_type::MANIFEST, &manifest).unwrap();
            let policy = trusting([("vendor.pub", &public(version))]);
            prop_assert!(signers(&registry, &artifact, &policy).is_err());
        }
    }
}

#[test]
fn its_attestations_are_read() {
    for version in VERSIONS {
        let (registry, artifact) = made_by(version);
        let (at, digest) = (&artifact.repository, artifact.digest.as_ref().unwrap());
        let found = attestations(&registry, at, digest, &[public(version)]).unwrap();
        let mut kinds: Vec<&str> =
            found.iter().map(|found| found.statement.predicate_type()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["https://cyclonedx.org/bom", "https://slsa.dev/provenance/v1"]);
        let bom = found.iter().find(|f| f.statement.predicate_type().contains("bom")).unwrap();
        assert_eq!(bom.statement.predicate()["bomFormat"], "CycloneDX");
        assert_eq!(bom.by, [0]);
        let nobody = PrivateKey::generate().unwrap();
        let others = attestations(&registry, at, digest, &[nobody.public().clone()]).unwrap();
        assert_eq!(others, []);
    }
}
