//! Mirrors: asked first for what has a digest, and for nothing else unless they
//! may.

use periplasm_registry::{At, Descriptor, Registry, RegistryFault, media_type};

use crate::common::{client, manifest, manifest_answer, settings};
use crate::server::{Server, answer};

#[test]
fn what_has_a_digest_comes_from_the_mirror() {
    let (server, mirror) = (Server::new(), Server::new());
    let blob = Descriptor::of(media_type::WASM, b"content");
    let folder = format!("{}/copies", mirror.host);
    let client = client(settings(&server).mirror(&server.host, &folder, false));
    let line = format!("GET /v2/copies/a/blobs/{}", blob.digest);
    mirror.on(&line, [answer(200).body("content")]);
    assert_eq!(client.blob(&server.repository(), &blob, 100).unwrap(), b"content");
    assert_eq!(server.seen().len(), 0);
}

#[test]
fn a_mirror_that_fails_or_lies_is_passed_by() {
    for bad in [
        answer(404),
        answer(500),
        answer(401),
        answer(200).body("changed"),
        answer(200).body("con").announces(7),
        answer(200).body("x").endless(),
        answer(307).header("Location", "http://registry.example/"),
    ] {
        let (server, mirror) = (Server::new(), Server::new());
        let blob = Descriptor::of(media_type::WASM, b"content");
        let settings = settings(&server)
            .patience(&mirror.host, std::time::Duration::from_secs(20), 0)
            .mirror(&server.host, &mirror.host, false);
        mirror.on(&format!("GET /v2/a/blobs/{}", blob.digest), [bad]);
        server.on(&format!("GET /v2/a/blobs/{}", blob.digest), [answer(200).body("content")]);
        let folder = tempfile::tempdir().unwrap();
        let client = client(settings.cache(Some(folder.path().into())));
        assert_eq!(client.blob(&server.repository(), &blob, 100).unwrap(), b"content");
        assert_eq!(mirror.seen().len(), 1);
    }
}

#[test]
fn what_a_tag_is_says_the_registry_unless_the_mirror_may() {
    for resolve in [false, true] {
        let (server, mirror) = (Server::new(), Server::new());
        let client = client(settings(&server).mirror(&server.host, &mirror.host, resolve));
        let old = answer(200).kind(media_type::INDEX).body("{}");
        mirror.on("GET /v2/a/manifests/1", [old]);
        server.on("GET /v2/a/manifests/1", [manifest_answer()]);
        let found = client.manifest(&server.repository(), At::Tag("1")).unwrap();
        assert_eq!(found.bytes == manifest(), !resolve);
        assert_eq!(server.seen().is_empty(), resolve);
    }
}

#[test]
fn if_nobody_has_it_the_registry_says_so() {
    let (server, mirror) = (Server::new(), Server::new());
    let client = client(settings(&server).mirror(&server.host, &mirror.host, true));
    let error = client.manifest(&server.repository(), At::Tag("1")).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Missing), "{error}");
    assert!(error.place.starts_with(&server.host), "{error}");
}
