//! Pushing and pulling, and how far it is.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use periplasm_registry::{
    At, Client, Descriptor, Digest, Manifest, Progress, Registry, media_type,
};

use crate::common::{bytes, client, settings};
use crate::good;
use crate::server::answer;

/// How much was begun, and how much of it came.
#[derive(Debug, Default)]
struct Meter(Mutex<Vec<(Option<u64>, u64, bool)>>);

impl Progress for Meter {
    fn begin(&self, _: &str, total: Option<u64>) {
        self.0.lock().unwrap().push((total, 0, false));
    }

    fn advance(&self, bytes: u64) {
        self.0.lock().unwrap().last_mut().unwrap().1 += bytes;
    }

    fn end(&self) {
        self.0.lock().unwrap().last_mut().unwrap().2 = true;
    }
}

#[test]
fn what_is_pushed_is_pulled() {
    let server = good::registry(true);
    let repository = server.repository();
    let meter = Arc::new(Meter::default());
    let client = Client::new(settings(&server), meter.clone()).unwrap();
    assert_eq!(client.tags(&repository).unwrap(), Vec::<String>::new());

    let content = bytes(1 << 20);
    let (layer, config) = (Descriptor::of(media_type::WASM, &content), b"{}");
    assert_eq!(client.put_blob(&repository, &content).unwrap(), layer.digest);
    client.put_blob(&repository, config).unwrap();
    // It is there: nothing is sent.
    client.put_blob(&repository, &content).unwrap();
    assert_eq!(server.count("POST /v2/a/blobs/uploads/"), 2);

    let manifest = Manifest::new(Descriptor::of(media_type::EMPTY, config), vec![layer.clone()]);
    let at = At::Tag("1.0.0");
    let put = client.put_manifest(&repository, at, media_type::MANIFEST, &manifest.to_bytes());
    let digest = put.unwrap();
    let pulled = client.manifest(&repository, at).unwrap();
    assert_eq!((pulled.digest, pulled.bytes), (digest.clone(), manifest.to_bytes()));
    assert_eq!(client.manifest(&repository, At::Digest(&digest)).unwrap().digest, digest);
    assert_eq!(client.blob(&repository, &layer, 1 << 20).unwrap(), content);
    assert_eq!(client.tags(&repository).unwrap(), ["1.0.0"]);

    let whole = |bytes: u64| (Some(bytes), bytes, true);
    let all = [whole(1 << 20), whole(2), whole(1 << 20), whole(1 << 20)];
    assert_eq!(*meter.0.lock().unwrap(), all);
}

#[test]
fn a_push_that_was_cut_begins_anew() {
    let server = good::registry(true);
    let content = bytes(1000);
    let blob = Descriptor::of(media_type::WASM, &content);
    let upload = "/v2/a/blobs/uploads/";
    let to = format!("{upload}1?state=2&digest={}", blob.digest.as_str().replace(':', "%3A"));
    let begun = answer(202).header("Location", format!("{upload}1?state=2"));
    server.on(&format!("POST {upload}"), [answer(500), begun]);
    let taken = answer(201).header("Location", "/v2/a/blobs/there");
    server.on(&format!("PUT {to}"), [answer(503), answer(201).nothing(), taken]);
    let settings = settings(&server).patience(&server.host, Duration::from_secs(20), 3);
    client(settings).put_blob(&server.repository(), &content).unwrap();
    assert_eq!(server.count(&format!("POST {upload}")), 4);
    assert_eq!(server.count(&format!("PUT {to}")), 3);
    assert_eq!(server.seen().last().unwrap().body, content);
}

#[test]
fn what_is_too_much_at_once_goes_in_pieces() {
    let server = good::narrow();
    let repository = server.repository();
    let client = client(settings(&server));
    let content = bytes((3 << 20) + 5);
    client.put_blob(&repository, &content).unwrap();
    assert_eq!(server.count("PATCH /v2/a/blobs/uploads/1?state=2"), 4);
    let blob = Descriptor::of(media_type::WASM, &content);
    assert!(client.blob(&repository, &blob, 4 << 20).unwrap() == content);
}

#[test]
fn referrers_are_listed_by_the_registry_or_by_a_tag() {
    for lists in [true, false] {
        let server = good::registry(lists);
        let repository = server.repository();
        let client = client(settings(&server));
        let config = Descriptor::of(media_type::EMPTY, b"{}");
        let subject = Manifest::new(config.clone(), Vec::new()).to_bytes();
        let to = Digest::of(&subject);
        assert_eq!(client.referrers(&repository, &to).unwrap(), []);
        let mut expected = Vec::new();
        for kind in ["text/plain", "text/html"] {
            let mut about = Manifest::new(config.clone(), Vec::new());
            about.subject = Some(Descriptor::of(media_type::MANIFEST, &subject));
            about.artifact_type = Some(kind.to_owned());
            expected.push(client.put_referrer(&repository, &about).unwrap());
            // Twice is once.
            client.put_referrer(&repository, &about).unwrap();
        }
        let found = client.referrers(&repository, &to).unwrap();
        let mut found: Vec<Digest> = found.into_iter().map(|found| found.digest).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
        let tagged = client.tags(&repository).unwrap();
        assert_eq!(tagged.contains(&to.as_str().replace(':', "-")), !lists);
    }
}

#[test]
fn a_client_may_be_used_inside_a_runtime_and_by_several_threads() {
    let server = good::registry(true);
    let repository = server.repository();
    let client = client(settings(&server));
    client.put_blob(&repository, b"content").unwrap();
    let blob = Descriptor::of(media_type::WASM, b"content");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        client.blob(&repository, &blob, 100).unwrap();
        // And end there.
        drop(crate::common::client(settings(&server)));
    });
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.blob(&repository, &blob, 100).unwrap());
        }
    });
}

#[test]
fn what_a_host_says_about_itself() {
    let server = good::registry(true);
    let client = client(settings(&server));
    assert_eq!(client.well_known(&server.host, "a/b.json").unwrap(), None);
    server.on("GET /.well-known/a/b.json", [answer(200).body("{}")]);
    assert_eq!(client.well_known(&server.host, "a/b.json").unwrap().unwrap(), b"{}");
    for host in ["user@127.0.0.1", "127.0.0.1/x", "127.0.0.1?", "127.0.0.1#", ""] {
        assert!(client.well_known(host, "a/b.json").is_err(), "{host}");
    }
}
