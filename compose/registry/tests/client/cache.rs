//! The cache: what was cut goes on, what was changed is found out, and offline
//! there is nothing else.

use std::fs;
use std::path::Path;

use periplasm_registry::{At, Client, Descriptor, Digest, Registry, RegistryFault, media_type};

use crate::common::{bytes, client, files, golden, manifest, manifest_answer, settings, text};
use crate::good;
use crate::server::{Server, answer};

fn with_cache(server: &Server, folder: &Path) -> Client {
    client(settings(server).cache(Some(folder.into())))
}

/// A server that cuts a blob of 1000 bytes after 400.
fn cutting(whole: &[u8]) -> (Server, Descriptor, String) {
    let server = Server::new();
    let blob = Descriptor::of(media_type::WASM, whole);
    let line = format!("GET /v2/a/blobs/{}", blob.digest);
    server.on(&line, [answer(200).body(&whole[..400]).announces(1000)]);
    (server, blob, line)
}

#[test]
fn only_the_rest_is_asked_for_after_a_cut() {
    let whole = bytes(1000);
    let (server, blob, line) = cutting(&whole);
    let folder = tempfile::tempdir().unwrap();
    with_cache(&server, folder.path()).blob(&server.repository(), &blob, 1000).unwrap_err();

    // Another client, as in another process.
    let rest = answer(206).header("Content-Range", "bytes 400-999/1000").body(&whole[400..]);
    server.on(&line, [rest]);
    let pulled = with_cache(&server, folder.path()).blob(&server.repository(), &blob, 1000);
    assert_eq!(pulled.unwrap(), whole);
    assert_eq!(server.seen().last().unwrap().header("range"), Some("bytes=400-"));
    assert_eq!(files(&folder.path().join("partial")), Vec::<std::path::PathBuf>::new());

    // From now on nobody is asked.
    let asked = server.seen().len();
    with_cache(&server, folder.path()).blob(&server.repository(), &blob, 1000).unwrap();
    assert_eq!(server.seen().len(), asked);
}

#[test]
fn a_try_goes_on_where_the_one_before_was_cut_without_a_cache() {
    let whole = bytes(1000);
    let (server, blob, line) = cutting(&whole);
    let cut = answer(200).body(&whole[..400]).announces(1000);
    let rest = answer(206).header("Content-Range", "bytes 400-999/1000").body(&whole[400..]);
    server.on(&line, [cut, rest]);
    let patient = settings(&server).patience(&server.host, std::time::Duration::from_secs(20), 1);
    assert_eq!(client(patient).blob(&server.repository(), &blob, 1000).unwrap(), whole);
    assert_eq!(server.seen()[1].header("range"), Some("bytes=400-"));
}

#[test]
fn a_registry_without_ranges_sends_all_again() {
    let whole = bytes(1000);
    for other in [
        vec![answer(200).body(whole.clone())],
        vec![answer(416), answer(200).body(whole.clone())],
        // Another range than was asked for.
        vec![
            answer(206).header("Content-Range", "bytes 40-999/1000").body(&whole[40..]),
            answer(200).body(whole.clone()),
        ],
    ] {
        let (server, blob, line) = cutting(&whole);
        let folder = tempfile::tempdir().unwrap();
        let client = with_cache(&server, folder.path());
        client.blob(&server.repository(), &blob, 1000).unwrap_err();
        server.on(&line, other);
        assert_eq!(client.blob(&server.repository(), &blob, 1000).unwrap(), whole);
    }
}

#[test]
fn a_beginning_that_was_changed_is_pulled_anew() {
    let whole = bytes(1000);
    let (server, blob, line) = cutting(&whole);
    let folder = tempfile::tempdir().unwrap();
    let client = with_cache(&server, folder.path());
    client.blob(&server.repository(), &blob, 1000).unwrap_err();
    let partial = folder.path().join("partial").join(blob.digest.hex());
    fs::write(&partial, vec![b'x'; 400]).unwrap();
    let rest = answer(206).header("Content-Range", "bytes 400-999/1000").body(&whole[400..]);
    server.on(&line, [rest, answer(200).body(whole.clone())]);
    assert_eq!(client.blob(&server.repository(), &blob, 1000).unwrap(), whole);
    assert_eq!(server.seen().last().unwrap().header("range"), None);
}

#[test]
fn what_was_changed_in_the_cache_is_pulled_anew() {
    let server = good::registry(true);
    let folder = tempfile::tempdir().unwrap();
    let (client, repository) = (with_cache(&server, folder.path()), server.repository());
    client.put_blob(&repository, b"content").unwrap();
    let blob = Descriptor::of(media_type::WASM, b"content");
    let digest = client.put_manifest(&repository, At::Tag("1"), media_type::MANIFEST, &manifest());
    let digest = digest.unwrap();
    for _ in 0..2 {
        assert_eq!(client.blob(&repository, &blob, 100).unwrap(), b"content");
        let found = client.manifest(&repository, At::Digest(&digest)).unwrap();
        assert_eq!(found.bytes, manifest());
        fs::write(folder.path().join("blobs").join(blob.digest.hex()), "changed").unwrap();
        fs::write(folder.path().join("manifests").join(digest.hex()), "a\n{}").unwrap();
    }
    assert_eq!(server.count(&format!("GET /v2/a/blobs/{}", blob.digest)), 2);
    assert_eq!(server.count(&format!("GET /v2/a/manifests/{digest}")), 2);
}

#[test]
fn two_clients_at_once_pull_once() {
    let server = good::registry(true);
    let content = bytes(4 << 20);
    let blob = Descriptor::of(media_type::WASM, &content);
    client(settings(&server)).put_blob(&server.repository(), &content).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let client = with_cache(&server, folder.path());
                let pulled = client.blob(&server.repository(), &blob, 4 << 20).unwrap();
                assert!(pulled == content);
            });
        }
    });
    assert_eq!(server.count(&format!("GET /v2/a/blobs/{}", blob.digest)), 1);
    assert_eq!(files(&folder.path().join("partial")), Vec::<std::path::PathBuf>::new());
}

#[test]
fn offline_there_is_the_cache_alone() {
    let server = good::registry(true);
    let folder = tempfile::tempdir().unwrap();
    let (online, repository) = (with_cache(&server, folder.path()), server.repository());
    let digest = Digest::of(&manifest());
    let blob = Descriptor::of(media_type::WASM, b"content");
    online.put_blob(&repository, b"content").unwrap();
    online.put_manifest(&repository, At::Tag("1"), media_type::MANIFEST, &manifest()).unwrap();
    online.manifest(&repository, At::Tag("1")).unwrap();
    online.manifest(&repository, At::Tag("sha256-1.sig")).unwrap_err();
    online.blob(&repository, &blob, 100).unwrap();
    online.referrers(&repository, &digest).unwrap();

    let asked = server.seen().len();
    let cached = settings(&server).cache(Some(folder.path().into())).offline(true);
    let offline = client(cached);
    assert_eq!(offline.manifest(&repository, At::Tag("1")).unwrap().digest, digest);
    assert_eq!(offline.manifest(&repository, At::Digest(&digest)).unwrap().digest, digest);
    assert_eq!(offline.blob(&repository, &blob, 100).unwrap(), b"content");
    assert_eq!(offline.referrers(&repository, &digest).unwrap(), []);
    // That there was none is known too.
    let error = offline.manifest(&repository, At::Tag("sha256-1.sig")).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Missing), "{error}");

    let error = offline.manifest(&repository, At::Tag("2")).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Offline), "{error}");
    golden("offline.txt", &text(&server, &error));
    let other = Descriptor::of(media_type::WASM, b"other");
    let error = offline.blob(&repository, &other, 100).unwrap_err();
    assert!(matches!(error.fault, RegistryFault::Offline), "{error}");
    for error in [
        offline.put_blob(&repository, b"content").unwrap_err(),
        offline.tags(&repository).unwrap_err(),
        offline.referrers(&repository, &other.digest).unwrap_err(),
        offline.well_known(&server.host, "a").unwrap_err(),
    ] {
        assert!(matches!(error.fault, RegistryFault::Offline), "{error}");
    }
    assert_eq!(server.seen().len(), asked);
}

#[test]
fn a_tag_is_asked_for_each_time() {
    let server = Server::new();
    let other = answer(200).kind(media_type::INDEX).body("{}");
    server.on("GET /v2/a/manifests/1", [manifest_answer(), other]);
    let folder = tempfile::tempdir().unwrap();
    let client = with_cache(&server, folder.path());
    let repository = server.repository();
    let first = client.manifest(&repository, At::Tag("1")).unwrap();
    assert_ne!(client.manifest(&repository, At::Tag("1")).unwrap().digest, first.digest);
}

#[test]
fn a_cache_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let settings = periplasm_registry::Settings::bare().cache(Some(file));
    let error = Client::new(settings, std::sync::Arc::new(())).unwrap_err();
    assert!(error.to_string().starts_with("the cache cannot be used"), "{error}");
}
