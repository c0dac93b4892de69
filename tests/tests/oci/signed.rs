//! What is signed is believed, and nothing else.

use std::time::SystemTime;

use periplasm_publish::{Document, Publication, PublishOptions, Published, publish};
use periplasm_registry::Reference;
use periplasm_tests::ok;
use periplasm_tests::registry::DockerRegistry;
use periplasm_trust::{
    Policy, PrivateKey, PublicKey, Statement, VerifyError, attestations, sign, verify,
};

use crate::{Case, artifact};

pub(crate) const CASES: &[Case] = &[
    ("what_is_signed_is_believed", what_is_signed_is_believed),
    ("what_is_not_signed_is_refused", what_is_not_signed_is_refused),
    ("a_signature_of_one_is_none_of_another", a_signature_of_one_is_none_of_another),
    ("signatures_of_two_stand_beside_each_other", signatures_of_two_stand_beside_each_other),
    ("documents_are_signed_with_it", documents_are_signed_with_it),
];

fn key() -> PrivateKey {
    ok(PrivateKey::generate())
}

fn trusting(key: &PublicKey) -> Policy {
    Policy::trusting([("vendor.pub".to_owned(), key.clone())])
}

fn published(
    server: &DockerRegistry,
    name: &Reference,
    word: &str,
    key: Option<&PrivateKey>,
) -> Published {
    let options = PublishOptions { key: key.cloned(), ..Default::default() };
    let publication = Publication::new(artifact(word));
    ok(publish(&publication, &server.client(), name, &options, &mut |_| {}))
}

fn what_is_signed_is_believed() {
    let (server, key) = (DockerRegistry::start(), key());
    let name = server.name("drivers/a:1.2.0");
    let published = published(&server, &name, "a", Some(&key));
    let (policy, now) = (trusting(key.public()), SystemTime::now());
    let verified = ok(verify(&server.client(), &name, &published.digest, &policy, now));
    assert_eq!(verified.by[0].name, "vendor.pub");

    let other = trusting(self::key().public());
    let error = verify(&server.client(), &name, &published.digest, &other, now).unwrap_err();
    assert!(matches!(error, VerifyError::UnknownKey { .. }), "{error}");
}

fn what_is_not_signed_is_refused() {
    let (server, key) = (DockerRegistry::start(), key());
    let name = server.name("drivers/a:1.2.0");
    let published = published(&server, &name, "a", None);
    let (client, now) = (server.client(), SystemTime::now());
    let error = verify(&client, &name, &published.digest, &trusting(key.public()), now);
    assert!(matches!(error, Err(VerifyError::Unsigned { .. })), "{error:?}");

    let text =
        format!("[[trust]]\nrepositories = [\"{}/drivers/*\"]\nunsigned = true", server.host());
    let policy = ok(Policy::parse(&text, "policy.toml", server.folder()));
    assert!(ok(verify(&client, &name, &published.digest, &policy, now)).by.is_empty());
    let elsewhere = server.name("pipelines/a:1.2.0");
    let error = verify(&client, &elsewhere, &published.digest, &policy, now);
    assert!(matches!(error, Err(VerifyError::NoRule { .. })), "{error:?}");
}

fn a_signature_of_one_is_none_of_another() {
    let (server, key) = (DockerRegistry::start(), key());
    let name = server.name("drivers/a:1.2.0");
    published(&server, &name, "a", Some(&key));
    let other = published(&server, &server.name("drivers/a:1.3.0"), "b", None);
    let (policy, now) = (trusting(key.public()), SystemTime::now());
    let error = verify(&server.client(), &name, &other.digest, &policy, now);
    assert!(matches!(error, Err(VerifyError::Unsigned { .. })), "{error:?}");
}

fn signatures_of_two_stand_beside_each_other() {
    let (server, vendor, integrator) = (DockerRegistry::start(), key(), key());
    let name = server.name("drivers/a:1.2.0");
    let digest = published(&server, &name, "a", Some(&vendor)).digest;
    ok(sign(&server.client(), &name.repository, &digest, &integrator));
    for key in [vendor, integrator] {
        let (policy, now) = (trusting(key.public()), SystemTime::now());
        ok(verify(&server.client(), &name, &digest, &policy, now));
    }
}

fn documents_are_signed_with_it() {
    let (server, key) = (DockerRegistry::start(), key());
    let name = server.name("pipelines/a:1.2.0");
    let mut publication = Publication::new(artifact("a"));
    let about = publication.digest().clone();
    let said = Statement::about(&about, "", "https://slsa.dev/provenance/v1", "from here".into());
    publication.attach(Document::Provenance(said.to_json()));
    let options = PublishOptions { key: Some(key.clone()), ..Default::default() };
    ok(publish(&publication, &server.client(), &name, &options, &mut |_| {}));

    let read = |key: &PublicKey| {
        ok(attestations(&server.client(), &name.repository, &about, std::slice::from_ref(key)))
    };
    let found = read(key.public());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].statement.predicate(), "from here");
    assert!(read(self::key().public()).is_empty());
}
