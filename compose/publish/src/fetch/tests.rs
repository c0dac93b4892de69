use std::path::Path;

use periplasm_registry::{Artifact, Memory, PushOptions, Repository, push};
use periplasm_trust::{PrivateKey, sign};

use super::*;

const NAME: &str = "registry.example/drivers/meter:1.0.0";

fn component(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// A registry with one driver, and the driver's digest.
fn registry(bytes: Vec<u8>) -> (Memory, Reference) {
    let registry = Memory::new();
    let artifact = Artifact::new(bytes).unwrap();
    let name = NAME.parse().unwrap();
    let pushed = push(&registry, &name, &artifact, &PushOptions::default()).unwrap();
    (registry, pushed.reference)
}

fn code() -> Vec<u8> {
    component("(component (core module) (import \"bus\" (instance)))")
}

fn unsigned() -> Policy {
    let text = "[[trust]]\nrepositories = [\"registry.example/**\"]\nunsigned = true\n";
    Policy::parse(text, "policy.toml", Path::new("")).unwrap()
}

fn oci(text: &str) -> Remote {
    Remote::oci(text).unwrap()
}

#[test]
fn an_unsigned_stage_is_refused_unless_the_policy_says_so() {
    let (registry, reference) = registry(code());
    let key = PrivateKey::generate().unwrap();
    let policy = Policy::trusting([("vendor".to_owned(), key.public().clone())]);
    let fetch = |policy: &Policy| fetch_stage(&registry, &reference, policy, SystemTime::now());
    let error = fetch(&policy).unwrap_err();
    assert!(error.to_string().ends_with("is not signed"), "{error}");
    let nobody = Policy::parse("", "policy.toml", Path::new("")).unwrap();
    let error = fetch(&nobody).unwrap_err();
    assert!(error.to_string().starts_with("no rule of policy.toml"), "{error}");
    // Nor is a registry asked that no rule names: this one has nothing.
    let asked = fetch_stage(&Memory::new(), &reference, &nobody, SystemTime::now());
    assert!(matches!(asked, Err(RemoteStageError::Verify(_))), "{asked:?}");
    let fetched = fetch(&unsigned()).unwrap();
    assert_eq!(fetched.component, code());

    let digest = reference.digest.clone().unwrap();
    sign(&registry, &reference.repository, &digest, &key).unwrap();
    assert_eq!(fetch(&policy).unwrap(), fetched);
    let other = PrivateKey::generate().unwrap();
    let other = Policy::trusting([("other".to_owned(), other.public().clone())]);
    assert!(matches!(fetch(&other), Err(RemoteStageError::Verify(_))));
}

#[test]
fn a_pinned_stage_is_the_one_of_then() {
    let (registry, first) = registry(code());
    let newer = Artifact::new(component("(component (core module))")).unwrap();
    let options = PushOptions { force: true, ..PushOptions::default() };
    push(&registry, &NAME.parse().unwrap(), &newer, &options).unwrap();
    let fetch = RegistryFetch::new(Box::new(registry), unsigned(), PackageConfig::default());
    let now = fetch.fetch(&oci(NAME), None).unwrap();
    let pinned = fetch.fetch(&oci(NAME), Some(&first.to_string())).unwrap();
    assert_ne!(now.reference, pinned.reference);
    assert_eq!(pinned.reference, first.to_string());
    assert_eq!(pinned.component, code());

    let moved = "registry.example/drivers/other:1.0.0";
    let error = fetch.fetch(&oci(moved), Some(&first.to_string())).unwrap_err();
    assert!(error.to_string().contains("the manifest names registry.example/drivers/other"));
}

#[test]
fn a_package_is_found_where_wkg_says() {
    let (registry, reference) = registry(code());
    let config = "[package_registry_overrides]\n\"acme:meter\" = { registry = \"registry.example\", \
        metadata = { preferredProtocol = \"oci\", \"oci\" = { registry = \"registry.example\", \
        namespacePrefix = \"\" } } }\n";
    let packages = PackageConfig::parse(Path::new("config.toml"), config).unwrap();
    let place: Repository = "registry.example/acme/meter".parse().unwrap();
    let name = place.tagged("1.0.0").unwrap();
    let artifact = Artifact::new(code()).unwrap();
    push(&registry, &name, &artifact, &PushOptions::default()).unwrap();
    let package = Remote::package("acme:meter@1.0.0").unwrap();
    let found = resolve(&package, None, &packages, &registry).unwrap();
    assert_eq!(found, name);
    let locked = reference.to_string();
    assert_eq!(resolve(&package, Some(&locked), &packages, &registry).unwrap(), reference);
    let nowhere = resolve(&package, None, &PackageConfig::default(), &registry);
    assert!(matches!(nowhere, Err(RemoteStageError::Package(_))));
}

#[test]
fn a_wit_package_is_no_stage() {
    let text = "(component (type (component (type (component)) (export \"acme:m/w@1.0.0\" \
        (component (type 0))))) (export \"w\" (type 0)))";
    let (registry, reference) = registry(component(text));
    let fetched = fetch_stage(&registry, &reference, &unsigned(), SystemTime::now());
    assert!(matches!(fetched, Err(RemoteStageError::Wit { .. })), "{fetched:?}");
    let missing = "registry.example/drivers/meter:2.0.0".parse().unwrap();
    let fetched = fetch_stage(&registry, &missing, &unsigned(), SystemTime::now());
    assert!(matches!(fetched, Err(RemoteStageError::Pull { .. })), "{fetched:?}");
}
