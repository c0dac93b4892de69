//! Registries that fail, lie, or are none. After each, the cache has nothing that
//! is not whole.

use std::time::Duration;

use periplasm_registry::{
    At, Client, Descriptor, Digest, Registry, RegistryError, RegistryFault, Repository, Settings,
    Unreachable, media_type,
};

use proptest::prelude::*;

use crate::common::{bytes, client, files, golden, manifest, manifest_answer, settings, text};
use crate::server::{Answer, Server, answer, raw};

const MANIFEST: &str = "GET /v2/a/manifests/1";

/// What asking for the manifest fails with, if it is answered so.
fn manifest_error(answers: impl IntoIterator<Item = Answer>) -> (Server, RegistryError) {
    let server = Server::new();
    server.on(MANIFEST, answers);
    let folder = tempfile::tempdir().unwrap();
    let client = client(settings(&server).cache(Some(folder.path().into())));
    let error = client.manifest(&server.repository(), At::Tag("1")).unwrap_err();
    let names = folder.path().join("names");
    let kept = files(folder.path()).into_iter().filter(|file| !file.starts_with(&names));
    assert_eq!(kept.count(), 0);
    (server, error)
}

/// What asking for the blob fails with, if it is answered so.
fn blob_error(
    blob: &Descriptor,
    answers: impl IntoIterator<Item = Answer>,
) -> (Server, RegistryError) {
    let server = Server::new();
    server.on(&format!("GET /v2/a/blobs/{}", blob.digest), answers);
    let folder = tempfile::tempdir().unwrap();
    let client = client(settings(&server).cache(Some(folder.path().into())));
    let error = client.blob(&server.repository(), blob, 1 << 20).unwrap_err();
    // What was cut may go on later; nothing else is there.
    let partial = folder.path().join("partial");
    let cut =
        matches!(error.fault, RegistryFault::Truncated { .. } | RegistryFault::Unreachable(_));
    let kept = files(folder.path()).into_iter().filter(|file| !(cut && file.starts_with(&partial)));
    assert_eq!(kept.collect::<Vec<_>>(), Vec::<std::path::PathBuf>::new());
    (server, error)
}

fn down() -> (Client, Repository) {
    let host = Server::new().host.clone();
    // Nobody is there any more: the listener goes with its thread.
    while std::net::TcpStream::connect(&host).is_ok() {
        std::thread::yield_now();
    }
    let settings = Settings::bare().patience(&host, Duration::from_secs(20), 0);
    (client(settings), format!("{host}/a").parse().unwrap())
}

#[test]
fn a_registry_that_is_down() {
    let (client, repository) = down();
    let error = client.manifest(&repository, At::Tag("1")).unwrap_err();
    let refused = RegistryFault::Unreachable(Unreachable::Refused);
    assert_eq!(error.fault.to_string(), refused.to_string());
}

#[test]
fn a_registry_that_says_nothing() {
    let server = Server::new();
    server.on(MANIFEST, [answer(200).hangs().announces(10)]);
    server.on("GET /v2/a/manifests/2", [answer(200).nothing()]);
    server.on("GET /v2/a/manifests/3", [answer(200).silent()]);
    let host = server.host.clone();
    let settings = Settings::bare().patience(&host, Duration::from_millis(50), 0);
    let client = client(settings);
    for tag in ["1", "3"] {
        let error = client.manifest(&server.repository(), At::Tag(tag)).unwrap_err();
        let timed_out = RegistryFault::Unreachable(Unreachable::TimedOut);
        assert_eq!(error.fault.to_string(), timed_out.to_string());
        golden("timeout.txt", &text(&server, &error).replace("/a:3", "/a:1"));
    }
    let error = client.manifest(&server.repository(), At::Tag("2")).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Unreachable(Unreachable::Other(_))), "{error}");
}

#[test]
fn a_manifest_with_another_digest() {
    let server = Server::new();
    let digest = Digest::of(b"another");
    server.on(&format!("GET /v2/a/manifests/{digest}"), [manifest_answer()]);
    let error = client(settings(&server)).manifest(&server.repository(), At::Digest(&digest));
    let error = error.unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Digest { .. }), "{error}");
    golden("digest.txt", &text(&server, &error));
    // By a tag, what the registry says of it must be so too.
    let lie = manifest_answer().header("Docker-Content-Digest", digest.as_str());
    let (_, error) = manifest_error([lie]);
    assert!(matches!(error.fault, RegistryFault::Digest { .. }), "{error}");
}

#[test]
fn a_manifest_without_end() {
    let (server, error) = manifest_error([answer(200).body(vec![b' '; 1 << 16]).endless()]);
    assert!(
        matches!(error.fault, RegistryFault::TooLarge { limit } if limit == 4 << 20),
        "{error}"
    );
    golden("too-large.txt", &text(&server, &error));
}

#[test]
fn two_gibibytes_that_are_announced() {
    let (_, error) = manifest_error([answer(200).announces(2 << 30).hangs()]);
    assert!(matches!(error.fault, RegistryFault::TooLarge { .. }), "{error}");
    let blob = Descriptor::of(media_type::WASM, b"x");
    let (server, error) = blob_error(&blob, [answer(200).announces(2 << 30).hangs()]);
    assert!(matches!(error.fault, RegistryFault::TooLarge { limit: 1 }), "{error}");
    // What the descriptor says is too much is not even asked for.
    let huge = Descriptor { size: 2 << 30, ..blob };
    let error = client(settings(&server)).blob(&server.repository(), &huge, 1 << 20).unwrap_err();
    assert!(
        matches!(error.fault, RegistryFault::TooLarge { limit } if limit == 1 << 20),
        "{error}"
    );
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn an_error_without_end() {
    let (_, error) = manifest_error([answer(400).body(vec![b'x'; 1 << 16]).endless()]);
    assert!(matches!(error.fault, RegistryFault::Refused { status: 400, said: None }), "{error}");
}

#[test]
fn a_list_without_end() {
    let server = Server::new();
    server.on("GET /v2/a/tags/list", [answer(200).body(vec![b' '; 1 << 16]).endless()]);
    let error = client(settings(&server)).tags(&server.repository()).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::TooLarge { .. }), "{error}");
    // Or in pages that follow each other in a circle.
    let circle = answer(200).header("Link", "</v2/a/tags/list>; rel=\"next\"");
    server.on("GET /v2/a/tags/list", [circle.body(r#"{"tags":["1"]}"#)]);
    let error = client(settings(&server)).tags(&server.repository()).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::TooLarge { .. }), "{error}");
}

#[test]
fn a_blob_with_other_bytes() {
    let blob = Descriptor::of(media_type::WASM, b"right");
    let (_, error) = blob_error(&blob, [answer(200).body("wrong")]);
    assert!(matches!(error.fault, RegistryFault::Digest { .. }), "{error}");
}

#[test]
fn a_blob_with_more_bytes_than_announced() {
    let blob = Descriptor::of(media_type::WASM, b"right");
    for answer in [answer(200).body("right and more"), answer(200).body("right").endless()] {
        let (_, error) = blob_error(&blob, [answer]);
        assert!(matches!(error.fault, RegistryFault::TooLarge { limit: 5 }), "{error}");
    }
}

#[test]
fn a_blob_that_is_cut() {
    let whole = bytes(1000);
    let blob = Descriptor::of(media_type::WASM, &whole);
    for cut in [
        answer(200).body(&whole[..400]).announces(1000),
        // Or one that the registry takes for whole.
        answer(200).body(&whole[..400]),
    ] {
        let (server, error) = blob_error(&blob, [cut]);
        let fault = &error.fault;
        assert!(matches!(fault, RegistryFault::Truncated { got: 400, expected: 1000 }), "{error}");
        golden("truncated.txt", &text(&server, &error));
    }
}

#[test]
fn what_is_no_registry() {
    for page in [answer(200), answer(404)] {
        let (server, error) =
            manifest_error([page.kind("text/html; charset=utf-8").body("<html>")]);
        assert!(matches!(error.fault, RegistryFault::NotRegistry { .. }), "{error}");
        golden("not-registry.txt", &text(&server, &error));
    }
}

#[test]
fn a_manifest_that_is_two_things() {
    let (_, error) = manifest_error([answer(200).kind(media_type::INDEX).body(manifest())]);
    assert!(matches!(error.fault, RegistryFault::Malformed { .. }), "{error}");
    let (_, error) = manifest_error([answer(200).kind(media_type::MANIFEST).body("}")]);
    assert!(matches!(error.fault, RegistryFault::Malformed { .. }), "{error}");
}

#[test]
fn nothing_there_and_nothing_allowed() {
    let (server, error) = manifest_error([answer(404).body("404 page not found")]);
    assert!(matches!(error.fault, RegistryFault::Missing), "{error}");
    golden("missing.txt", &text(&server, &error));
    let denied = r#"{"errors":[{"code":"DENIED","message":"read only"}]}"#;
    let (server, error) = manifest_error([answer(403).body(denied)]);
    assert!(matches!(error.fault, RegistryFault::Forbidden { .. }), "{error}");
    golden("forbidden.txt", &text(&server, &error));
    assert_eq!(server.count(MANIFEST), 1);
}

#[test]
fn a_tag_that_would_be_another_address() {
    let server = Server::new();
    for tag in ["../../b/manifests/1", "1?x=2", "", "a/b", "1#"] {
        let error = client(settings(&server)).manifest(&server.repository(), At::Tag(tag));
        assert!(matches!(error.unwrap_err().fault, RegistryFault::Malformed { .. }), "{tag}");
    }
    assert_eq!(server.seen().len(), 0);
}

#[test]
fn a_registry_that_keeps_something_else() {
    let server = Server::new();
    let other = Digest::of(b"other");
    let kept = answer(201).header("Docker-Content-Digest", other.as_str());
    server.on("PUT /v2/a/manifests/1", [kept]);
    let (client, at) = (client(settings(&server)), At::Tag("1"));
    let put = client.put_manifest(&server.repository(), at, media_type::MANIFEST, &manifest());
    let error = put.unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Digest { .. }), "{error}");
}

/// Answers that are nearly right get further than any bytes.
const PIECES: [&str; 18] = [
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 206 x\r\n",
    "HTTP/1.1 307 x\r\n",
    "HTTP/1.1 401 x\r\n",
    "HTTP/1.1 429 x\r\n",
    "HTTP/1.1 999 x\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 18446744073709551615\r\n",
    "Content-Length: -1\r\n",
    "Content-Range: bytes 2-4/5\r\n",
    "Content-Encoding: gzip\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Location: //[\r\n",
    "Location: /v2/a/blobs/x\r\n",
    "WWW-Authenticate: Bearer realm=\"http://127.0.0.1:1/\"\r\n",
    "Retry-After: 99999999999999999999\r\n",
    "\r\n",
    "5\r\nright\r\n0\r\n\r\n",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]
    #[test]
    fn any_bytes_are_an_error_or_right(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..8),
        noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let server = Server::new();
        let blob = Descriptor::of(media_type::WASM, b"right");
        let bytes = [pieces.concat().into_bytes(), noise].concat();
        server.on(&format!("GET /v2/a/blobs/{}", blob.digest), [raw(bytes.clone())]);
        server.on(MANIFEST, [raw(bytes)]);
        let folder = tempfile::tempdir().unwrap();
        let client = client(settings(&server).cache(Some(folder.path().into())));
        if let Ok(found) = client.blob(&server.repository(), &blob, 100) {
            prop_assert_eq!(found, b"right");
        }
        if let Ok(found) = client.manifest(&server.repository(), At::Tag("1")) {
            prop_assert_eq!(Digest::of(&found.bytes), found.digest);
        }
    }
}
