//! What refers to a manifest: by the registry's list where it has one, by the
//! tag `sha256-…` where it has none (OCI distribution spec 1.1, "Listing
//! Referrers", "Pushing Manifests with Subject", "Referrers Tag Schema").

use reqwest::Method;
use reqwest::header::ACCEPT;

use super::request::Ask;
use super::{Client, answer, pages};
use crate::cache::Remembered;
use crate::{
    At, Descriptor, Digest, Index, MAX_MANIFEST_BYTES, Manifest, RawManifest, RegistryFault,
    Repository, media_type,
};

/// The most entries of a list that are kept.
const MAX_ENTRIES: usize = 4096;
/// How often a list of the tag schema is written, if others write it too.
const TRIES: usize = 3;

/// The tag under which the tag schema lists what refers to `subject`.
fn tag_of(subject: &Digest) -> String {
    subject.as_str().replace(':', "-")
}

impl Client {
    pub(super) fn pull_referrers(
        &self,
        repository: &Repository,
        subject: &Digest,
    ) -> Result<Vec<Descriptor>, RegistryFault> {
        let name = format!("{repository}@{subject} referrers");
        if self.network.settings.offline {
            let cache = self.cache.as_ref().ok_or(RegistryFault::Offline)?;
            return match cache.remembered(&name).ok_or(RegistryFault::Offline)? {
                Remembered::Nothing => Ok(Vec::new()),
                Remembered::Digest(digest) => {
                    let list = cache.manifest(&digest).ok_or(RegistryFault::Offline)?;
                    Ok(index(&list.bytes)?.manifests)
                }
            };
        }
        let mirrors = self.mirrors(repository, true);
        let found = self.any_of(repository, mirrors, |repository| {
            self.runtime.block_on(self.ask_referrers(repository, subject))
        })?;
        let found = match found {
            Some(found) => found,
            None => self.tagged_referrers(repository, subject)?,
        };
        if let Some(cache) = &self.cache {
            // The list as we make it, so that it has a digest of its own.
            let bytes = Index::new(found.clone()).to_bytes();
            let digest = Digest::of(&bytes);
            let media_type = media_type::INDEX.to_owned();
            cache.keep_manifest(&RawManifest { media_type, bytes, digest: digest.clone() })?;
            cache.remember(&name, &Remembered::Digest(digest))?;
        }
        Ok(found)
    }

    /// The registry's own list, or `None` if it has no such lists.
    async fn ask_referrers(
        &self,
        repository: &Repository,
        subject: &Digest,
    ) -> Result<Option<Vec<Descriptor>>, RegistryFault> {
        let settings = &self.network.settings;
        let path = format!("referrers/{subject}");
        let ask = Ask::new(settings, repository, Method::GET, &path)?;
        let mut ask = ask.header(ACCEPT, media_type::INDEX)?;
        let timeout = settings.host(repository.host()).timeout;
        let mut found = Vec::new();
        for _ in 0..pages::MAX_PAGES {
            let response = match self.network.answer(&ask).await {
                // A registry that knows no such request answers in many ways.
                Err(
                    RegistryFault::Missing
                    | RegistryFault::NotRegistry { .. }
                    | RegistryFault::Refused { .. },
                ) if found.is_empty() => return Ok(None),
                response => response?,
            };
            // And some with a page for people.
            if answer::media_type(&response) != media_type::INDEX {
                return Ok(None);
            }
            let next = pages::next(&ask.url, &response)?;
            let text = answer::body(response, MAX_MANIFEST_BYTES, timeout).await?;
            found.extend(index(&text)?.manifests);
            if found.len() > MAX_ENTRIES {
                return Err(too_many());
            }
            match next {
                Some(next) => ask.url = next,
                None => return Ok(Some(found)),
            }
        }
        Err(too_many())
    }

    /// The list of the tag schema; empty if there is none.
    fn tagged_referrers(
        &self,
        repository: &Repository,
        subject: &Digest,
    ) -> Result<Vec<Descriptor>, RegistryFault> {
        let list = match self.pull_manifest(repository, At::Tag(&tag_of(subject))) {
            Err(RegistryFault::Missing) => return Ok(Vec::new()),
            list => list?,
        };
        let found = index(&list.bytes)?.manifests;
        match found.len() > MAX_ENTRIES {
            true => Err(too_many()),
            false => Ok(found),
        }
    }

    pub(super) fn push_referrer(
        &self,
        repository: &Repository,
        manifest: &Manifest,
    ) -> Result<Digest, RegistryFault> {
        let subject = manifest.subject.as_ref().ok_or_else(|| RegistryFault::Malformed {
            why: "it is to refer to something, and has no `subject`".to_owned(),
        })?;
        let bytes = manifest.to_bytes();
        let digest = Digest::of(&bytes);
        let at = At::Digest(&digest);
        let pushed = self.push_manifest(repository, at, media_type::MANIFEST, &bytes)?;
        if pushed.lists {
            return Ok(digest);
        }

        let mut entry = Descriptor::of(media_type::MANIFEST, &bytes);
        let kind = manifest.artifact_type.as_ref().unwrap_or(&manifest.config.media_type);
        entry.artifact_type = Some(kind.clone());
        entry.annotations = manifest.annotations.clone();
        let tag = tag_of(&subject.digest);
        // Nobody can lock the list. Who wrote at the same time may have lost our
        // entry: so it is looked at, and written again.
        for _ in 0..TRIES {
            let mut list = self.tagged_referrers(repository, &subject.digest)?;
            if list.iter().any(|listed| listed.digest == digest) {
                return Ok(digest);
            }
            list.push(entry.clone());
            let list = Index::new(list).to_bytes();
            self.push_manifest(repository, At::Tag(&tag), media_type::INDEX, &list)?;
        }
        match self.tagged_referrers(repository, &subject.digest)? {
            list if list.iter().any(|listed| listed.digest == digest) => Ok(digest),
            _ => Err(RegistryFault::Malformed {
                why: format!("the list {repository}:{tag} does not keep what is written to it"),
            }),
        }
    }
}

fn index(bytes: &[u8]) -> Result<Index, RegistryFault> {
    serde_json::from_slice(bytes).map_err(|error| RegistryFault::Malformed {
        why: format!("it is to be a list of manifests: {error}"),
    })
}

fn too_many() -> RegistryFault {
    let limit = MAX_ENTRIES;
    RegistryFault::Malformed { why: format!("more than {limit} artifacts refer to it") }
}
