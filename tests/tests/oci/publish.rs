//! Artifacts there and back, tags, and what refers to them.

use periplasm_publish::{Document, Publication, PublishOptions, publish};
use periplasm_registry::{
    Before, Digest, PullError, PushError, PushOptions, Registry, RegistryFault, pull, push,
};
use periplasm_tests::ok;
use periplasm_tests::registry::DockerRegistry;

use crate::{Case, artifact, component};

pub(crate) const CASES: &[Case] = &[
    ("what_is_published_is_pulled_by_its_digest", what_is_published_is_pulled_by_its_digest),
    ("published_twice_has_one_digest", published_twice_has_one_digest),
    ("a_version_is_one_artifact_for_good", a_version_is_one_artifact_for_good),
    ("names_that_move_move", names_that_move_move),
    ("documents_are_found_by_the_tag_schema", documents_are_found_by_the_tag_schema),
    ("the_config_says_what_it_may_do", the_config_says_what_it_may_do),
    ("what_is_not_there_is_missing", what_is_not_there_is_missing),
    ("large_ones_arrive_whole", large_ones_arrive_whole),
];

fn what_is_published_is_pulled_by_its_digest() {
    let server = DockerRegistry::start();
    let client = server.client();
    let name = server.name("drivers/a:1.2.0");
    let pushed = ok(push(&client, &name, &artifact("a"), &PushOptions::default()));
    let by_digest = name.repository.at(pushed.digest.clone());
    let pulled = ok(pull(&server.client(), &by_digest));
    assert_eq!(pulled.component, component("a"));
    assert_eq!(pulled.digest, pushed.digest);
    assert_eq!(ok(pull(&server.client(), &name)).digest, pushed.digest);
}

fn published_twice_has_one_digest() {
    let (one, other) = (DockerRegistry::start(), DockerRegistry::start());
    let push = |server: &DockerRegistry| {
        let name = server.name("drivers/a:1.2.0");
        ok(push(&server.client(), &name, &artifact("a"), &PushOptions::default()))
    };
    let first = push(&one);
    assert_eq!(first.before, Before::Nothing);
    assert_eq!(push(&one).before, Before::Same);
    assert_eq!(push(&other).digest, first.digest);
}

fn a_version_is_one_artifact_for_good() {
    let server = DockerRegistry::start();
    let (client, name) = (server.client(), server.name("drivers/a:1.2.0"));
    let options = PushOptions::default();
    let first = ok(push(&client, &name, &artifact("a"), &options));
    let error = push(&client, &name, &artifact("b"), &options).unwrap_err();
    assert!(matches!(error, PushError::Taken { .. }), "{error}");
    assert_eq!(ok(pull(&client, &name)).digest, first.digest);

    let force = PushOptions { force: true, ..options.clone() };
    let second = ok(push(&client, &name, &artifact("b"), &force));
    assert_eq!(second.before, Before::Other(first.digest.clone()));
    assert_eq!(ok(pull(&client, &name)).digest, second.digest);
    // Who has the digest still gets what it named.
    assert_eq!(ok(pull(&client, &name.repository.at(first.digest))).component, component("a"));

    let latest = server.name("drivers/a:latest");
    let error = push(&client, &latest, &artifact("a"), &options).unwrap_err();
    assert!(matches!(error, PushError::Tag(_)), "{error}");
}

fn names_that_move_move() {
    let server = DockerRegistry::start();
    let client = server.client();
    let also = vec!["latest".to_owned(), "1".to_owned()];
    let options = PushOptions { also, ..Default::default() };
    ok(push(&client, &server.name("a:1.2.0"), &artifact("a"), &options));
    let newer = ok(push(&client, &server.name("a:1.3.0"), &artifact("b"), &options));
    for name in ["a:latest", "a:1"] {
        assert_eq!(ok(pull(&client, &server.name(name))).digest, newer.digest, "{name}");
    }
    let tags = ok(client.tags(&newer.reference.repository));
    assert_eq!(tags, ["1", "1.2.0", "1.3.0", "latest"]);
}

fn documents_are_found_by_the_tag_schema() {
    let server = DockerRegistry::start();
    let (client, name) = (server.client(), server.name("pipelines/a:1.2.0"));
    let mut publication = Publication::new(artifact("a"));
    publication.attach(Document::Sbom(b"{\"bomFormat\":\"CycloneDX\"}".to_vec()));
    publication.attach(Document::Provenance(b"{}".to_vec()));
    let options = PublishOptions::default();
    // Twice: what is there already is not listed twice.
    for _ in 0..2 {
        let published = ok(publish(&publication, &client, &name, &options, &mut |_| {}));
        let attached = ok(client.referrers(&name.repository, &published.digest));
        let mut kinds: Vec<_> = attached.iter().filter_map(|a| a.artifact_type.clone()).collect();
        kinds.sort();
        assert_eq!(kinds, ["application/vnd.cyclonedx+json", "application/vnd.in-toto+json"]);
    }
    // This registry has no list of its own (OCI distribution spec 1.1,
    // "Referrers Tag Schema").
    let tags = ok(client.tags(&name.repository));
    let schema = format!("sha256-{}", publication.digest().hex());
    assert_eq!(tags, ["1.2.0".to_owned(), schema]);
}

fn the_config_says_what_it_may_do() {
    let server = DockerRegistry::start();
    let (client, name) = (server.client(), server.name("pipelines/a:1.2.0"));
    ok(push(&client, &name, &artifact("a"), &PushOptions::default()));
    let found = ok(periplasm_registry::pull::find(&client, &name));
    let imports = found.config.component.expect("a component").imports;
    assert_eq!(imports, ["climate-bus", "periplasm:hal/delay@0.1.0"]);
}

fn what_is_not_there_is_missing() {
    let server = DockerRegistry::start();
    let client = server.client();
    for name in ["a:1.0.0".to_owned(), format!("a@{}", Digest::of(b"nothing"))] {
        let error = pull(&client, &server.name(&name)).unwrap_err();
        let PullError::Registry(error) = &error else { panic!("{name}: {error}") };
        assert!(matches!(error.fault, RegistryFault::Missing), "{name}: {error}");
    }
    assert!(ok(client.tags(&server.name("a:1.0.0").repository)).is_empty());
}

fn large_ones_arrive_whole() {
    let server = DockerRegistry::start();
    let (client, name) = (server.client(), server.name("a:1.0.0"));
    // Larger than the pieces in which it travels.
    let long: String = (0..3_000_000).map(|n| char::from(b'a' + (n % 23) as u8)).collect();
    ok(push(&client, &name, &artifact(&long), &PushOptions::default()));
    assert_eq!(ok(pull(&client, &name)).component, component(&long));
}
