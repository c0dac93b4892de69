//! Registries that send us elsewhere. `redirect.rs` of the client has the rules
//! for other schemes and hosts; here it is looked at what travels.

use periplasm_registry::{At, Descriptor, Registry, RegistryFault, Sources, media_type};

use crate::common::{client, golden, manifest, settings, text};
use crate::server::{Server, answer};

#[test]
fn a_manifest_comes_from_nowhere_else() {
    let (server, other) = (Server::new(), Server::new());
    for status in [301, 302, 303, 307, 308] {
        for to in [format!("http://{}/", other.host), "http://registry.example/".to_owned()] {
            let sent = answer(status).header("Location", to);
            server.on("GET /v2/a/manifests/1", [sent]);
            let error = client(settings(&server)).manifest(&server.repository(), At::Tag("1"));
            let error = error.unwrap_err();
            assert!(matches!(error.fault, RegistryFault::Redirected { .. }), "{error}");
            if error.to_string().contains("registry.example") {
                golden("redirected.txt", &text(&server, &error));
            }
        }
    }
    assert_eq!(other.seen().len(), 0);
}

#[test]
fn a_registry_may_move_things_about_in_itself() {
    let server = Server::new();
    server.on("GET /v2/a/manifests/1", [answer(307).header("Location", "/elsewhere")]);
    let found = answer(200).kind(media_type::MANIFEST).body(manifest());
    server.on("GET /elsewhere", [found]);
    client(settings(&server)).manifest(&server.repository(), At::Tag("1")).unwrap();
    // But not for ever.
    server.on("GET /elsewhere", [answer(307).header("Location", "/elsewhere")]);
    let error = client(settings(&server)).manifest(&server.repository(), At::Tag("1"));
    assert!(matches!(error.unwrap_err().fault, RegistryFault::Redirected { .. }));
    assert!(server.seen().len() < 20);
}

#[test]
fn a_blob_comes_from_elsewhere_without_credentials() {
    let (server, other) = (Server::new(), Server::new());
    let blob = Descriptor::of(media_type::WASM, b"content");
    let line = format!("GET /v2/a/blobs/{}", blob.digest);
    let challenge = answer(401).header("WWW-Authenticate", "Basic realm=\"r\"");
    let sent = answer(307).header("Location", format!("http://{}/store?x=1", other.host));
    server.on(&line, [challenge, sent]);
    other.on("GET /store?x=1", [answer(200).body("content")]);
    let token = Sources::none().and_token(&server.host, "secret");
    let client = client(settings(&server).credentials(token));
    assert_eq!(client.blob(&server.repository(), &blob, 100).unwrap(), b"content");
    assert_eq!(server.seen()[1].header("authorization"), Some("Bearer secret"));
    assert_eq!(other.seen()[0].header("authorization"), None);

    // Nor do they come back when the other one sends us back.
    let back = answer(307).header("Location", format!("http://{}/back", server.host));
    other.on("GET /store?x=1", [back]);
    server.on("GET /back", [answer(200).body("content")]);
    assert_eq!(client.blob(&server.repository(), &blob, 100).unwrap(), b"content");
    assert_eq!(server.seen().last().unwrap().header("authorization"), None);
}

#[test]
fn another_host_that_asks_who_we_are_is_not_told() {
    let (server, other) = (Server::new(), Server::new());
    let blob = Descriptor::of(media_type::WASM, b"content");
    let sent = answer(307).header("Location", format!("http://{}/store", other.host));
    server.on(&format!("GET /v2/a/blobs/{}", blob.digest), [sent]);
    other.on("GET /store", [answer(401).header("WWW-Authenticate", "Basic realm=\"r\"")]);
    let token = Sources::none().and_token(&server.host, "secret");
    let error = client(settings(&server).credentials(token)).blob(&server.repository(), &blob, 100);
    assert!(matches!(error.unwrap_err().fault, RegistryFault::Unauthorized(_)));
    assert_eq!(other.seen().len(), 1);
    assert_eq!(other.seen()[0].header("authorization"), None);
}

#[test]
fn what_is_pushed_is_not_sent_elsewhere() {
    let (server, other) = (Server::new(), Server::new());
    for status in [301, 302, 303, 307, 308] {
        let sent = answer(status).header("Location", format!("http://{}/", other.host));
        server.on("PUT /v2/a/manifests/1", [sent.clone()]);
        server.on("POST /v2/a/blobs/uploads/", [sent]);
        let client = client(settings(&server));
        let put = client.put_manifest(&server.repository(), At::Tag("1"), "text/plain", b"{}");
        assert!(matches!(put.unwrap_err().fault, RegistryFault::Redirected { .. }));
        let put = client.put_blob(&server.repository(), b"content");
        assert!(matches!(put.unwrap_err().fault, RegistryFault::Redirected { .. }));
    }
    let elsewhere = answer(202).header("Location", "http://registry.example/upload");
    server.on("POST /v2/a/blobs/uploads/", [elsewhere]);
    let put = client(settings(&server)).put_blob(&server.repository(), b"content");
    assert!(matches!(put.unwrap_err().fault, RegistryFault::Redirected { .. }));
    assert_eq!(other.seen().len(), 0);
}

#[test]
fn the_next_page_is_on_the_same_server() {
    let (server, other) = (Server::new(), Server::new());
    let next = format!("<http://{}/v2/a/tags/list?last=1>; rel=\"next\"", other.host);
    server.on("GET /v2/a/tags/list", [answer(200).header("Link", next).body(r#"{"tags":[]}"#)]);
    let error = client(settings(&server)).tags(&server.repository()).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Redirected { .. }), "{error}");
    assert_eq!(other.seen().len(), 0);
}
