//! A server that is a registry (OCI distribution spec 1.1), with or without lists
//! of referrers.

use std::collections::BTreeMap;
use std::sync::Mutex;

use periplasm_registry::{Descriptor, Digest, Index, Manifest, media_type};

use crate::server::{Answer, Seen, Server, answer};

#[derive(Default)]
struct Store {
    blobs: BTreeMap<Digest, Vec<u8>>,
    /// By tag and by digest: media type and bytes.
    manifests: BTreeMap<String, (String, Vec<u8>)>,
    /// What came in pieces so far.
    pieces: Vec<u8>,
}

/// A registry behind a web server that takes a mebibyte at once.
pub(crate) fn narrow() -> Server {
    let store = Mutex::new(Store::default());
    Server::with(move |seen| match seen.body.len() > 1 << 20 {
        true => answer(413).kind("text/html").body("<html>"),
        false => store.lock().unwrap().answer(seen, true),
    })
}

/// A registry with nothing in it.
pub(crate) fn registry(lists_referrers: bool) -> Server {
    let store = Mutex::new(Store::default());
    Server::with(move |seen| store.lock().unwrap().answer(seen, lists_referrers))
}

impl Store {
    fn answer(&mut self, seen: &Seen, lists_referrers: bool) -> Answer {
        let (method, path) = seen.line.split_once(' ').unwrap();
        let missing = || answer(404).kind("application/json").body(r#"{"errors":[]}"#);
        if path == "/v2/" {
            return answer(200);
        }
        let Some(path) = path.strip_prefix("/v2/a/") else { return missing() };
        if method == "POST" && path.starts_with("blobs/uploads/") {
            return answer(202).header("Location", "/v2/a/blobs/uploads/1?state=2");
        }
        if method == "PATCH" && path == "blobs/uploads/1?state=2" {
            let last = self.pieces.len() + seen.body.len() - 1;
            let range = format!("{}-{last}", self.pieces.len());
            assert_eq!(seen.header("content-range"), Some(range.as_str()));
            self.pieces.extend_from_slice(&seen.body);
            return answer(202).header("Location", "/v2/a/blobs/uploads/1?state=2");
        }
        if let Some(digest) = path.strip_prefix("blobs/uploads/1?state=2&digest=") {
            let digest: Digest = digest.replace("%3A", ":").parse().unwrap();
            let mut bytes = std::mem::take(&mut self.pieces);
            bytes.extend_from_slice(&seen.body);
            assert_eq!(Digest::of(&bytes), digest);
            self.blobs.insert(digest, bytes);
            return answer(201).header("Location", "/v2/a/blobs/there");
        }
        if let Some(digest) = path.strip_prefix("blobs/") {
            let blob = self.blobs.get(&digest.parse().unwrap());
            return blob.map_or_else(missing, |blob| answer(200).body(blob.clone()));
        }
        if let Some(subject) = path.strip_prefix("referrers/").filter(|_| lists_referrers) {
            return self.referrers(&subject.parse().unwrap());
        }
        if path.starts_with("tags/list") {
            let tags: Vec<&String> =
                self.manifests.keys().filter(|tag| !tag.contains(':')).collect();
            let body = serde_json::json!({ "name": "a", "tags": tags });
            return answer(200).kind("application/json").body(body.to_string());
        }
        let Some(name) = path.strip_prefix("manifests/") else { return missing() };
        if method == "PUT" {
            return self.put(name, seen, lists_referrers);
        }
        match self.manifests.get(name) {
            Some((kind, bytes)) => {
                let digest = Digest::of(bytes).to_string();
                answer(200).kind(kind).header("Docker-Content-Digest", digest).body(bytes.clone())
            }
            None => missing(),
        }
    }

    fn put(&mut self, name: &str, seen: &Seen, lists_referrers: bool) -> Answer {
        let digest = Digest::of(&seen.body).to_string();
        let kept = (seen.header("content-type").unwrap().to_owned(), seen.body.clone());
        self.manifests.insert(digest.clone(), kept.clone());
        self.manifests.insert(name.to_owned(), kept);
        let location = format!("/v2/a/manifests/{digest}");
        let taken =
            answer(201).header("Location", location).header("Docker-Content-Digest", digest);
        let subject = serde_json::from_slice::<Manifest>(&seen.body).ok().and_then(|m| m.subject);
        match subject.filter(|_| lists_referrers) {
            Some(subject) => taken.header("OCI-Subject", subject.digest.as_str()),
            None => taken,
        }
    }

    fn referrers(&self, subject: &Digest) -> Answer {
        let of = |(name, (kind, bytes)): (&String, &(String, Vec<u8>))| {
            let manifest: Manifest = serde_json::from_slice(bytes).ok()?;
            let refers = manifest.subject.is_some_and(|to| to.digest == *subject);
            (refers && name.contains(':')).then(|| Descriptor::of(kind, bytes))
        };
        let index = Index::new(self.manifests.iter().filter_map(of).collect());
        answer(200).kind(media_type::INDEX).body(index.to_bytes())
    }
}
