//! Manifests.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde::Deserialize;

use super::request::Ask;
use super::{Client, answer};
use crate::cache::Remembered;
use crate::reference::is_tag;
use crate::{At, Digest, MAX_MANIFEST_BYTES, RawManifest, RegistryFault, Repository, media_type};

/// The manifests that are taken: those of OCI, and docker's, of which they are
/// copies under other names.
const TAKEN: [&str; 4] = [
    media_type::MANIFEST,
    media_type::INDEX,
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
];

/// What a registry said when it took a manifest.
pub(super) struct Pushed {
    pub(super) digest: Digest,
    /// It lists what refers to others itself (`OCI-Subject`).
    pub(super) lists: bool,
}

/// What a manifest says that it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    media_type: Option<String>,
}

impl Client {
    pub(super) fn pull_manifest(
        &self,
        repository: &Repository,
        at: At<'_>,
    ) -> Result<RawManifest, RegistryFault> {
        let Some(cache) = &self.cache else {
            return match (self.network.settings.offline, at) {
                (true, _) => Err(RegistryFault::Offline),
                (false, At::Digest(_)) => self.manifest_of_any(repository, at, false),
                (false, At::Tag(_)) => self.manifest_of_any(repository, at, true),
            };
        };
        match at {
            At::Digest(digest) => {
                if let Some(manifest) = cache.manifest(digest) {
                    return Ok(manifest);
                }
                if self.network.settings.offline {
                    return Err(RegistryFault::Offline);
                }
                let manifest = self.manifest_of_any(repository, at, false)?;
                cache.keep_manifest(&manifest)?;
                Ok(manifest)
            }
            At::Tag(tag) => {
                let name = format!("{repository}:{tag}");
                if self.network.settings.offline {
                    return match cache.remembered(&name) {
                        Some(Remembered::Digest(digest)) => {
                            cache.manifest(&digest).ok_or(RegistryFault::Offline)
                        }
                        Some(Remembered::Nothing) => Err(RegistryFault::Missing),
                        None => Err(RegistryFault::Offline),
                    };
                }
                let manifest = self.manifest_of_any(repository, at, true);
                match &manifest {
                    Ok(manifest) => {
                        cache.keep_manifest(manifest)?;
                        cache.remember(&name, &Remembered::Digest(manifest.digest.clone()))?;
                    }
                    Err(RegistryFault::Missing) => cache.remember(&name, &Remembered::Nothing)?,
                    Err(_) => {}
                }
                manifest
            }
        }
    }

    /// The manifest from a mirror or the registry. What a tag is, only a mirror
    /// with `resolve` may say: nothing else would show that it lies.
    fn manifest_of_any(
        &self,
        repository: &Repository,
        at: At<'_>,
        resolve: bool,
    ) -> Result<RawManifest, RegistryFault> {
        let mirrors = self.mirrors(repository, resolve);
        self.any_of(repository, mirrors, |repository| {
            self.runtime.block_on(self.ask_manifest(repository, at))
        })
    }

    async fn ask_manifest(
        &self,
        repository: &Repository,
        at: At<'_>,
    ) -> Result<RawManifest, RegistryFault> {
        let network = &self.network;
        let mut ask = Ask::new(&network.settings, repository, Method::GET, &path(at)?)?;
        for taken in TAKEN {
            ask = ask.header(ACCEPT, taken)?;
        }
        let timeout = network.settings.host(repository.host()).timeout;
        let (said, kind, bytes) = network
            .again(repository.host(), &repository.to_string(), async || {
                let response = network.succeed(&ask).await?;
                let said = answer::header(&response, "docker-content-digest").map(str::to_owned);
                let kind = answer::media_type(&response);
                let bytes = answer::body(response, MAX_MANIFEST_BYTES, timeout).await?;
                Ok((said, kind, bytes))
            })
            .await?;
        if kind == "text/html" {
            let why = "it answers with a web page".to_owned();
            return Err(RegistryFault::NotRegistry { why });
        }
        let digest = Digest::of(&bytes);
        let expected = match at {
            At::Digest(digest) => Some(digest.clone()),
            // Of another kind, such as sha512, it says nothing about ours.
            At::Tag(_) => said.and_then(|said| said.parse().ok()),
        };
        if let Some(expected) = expected.filter(|expected| *expected != digest) {
            return Err(RegistryFault::Digest { expected, found: digest });
        }
        // Bytes that are one thing for one reader and another for the next have
        // been used to get round signatures.
        let head = serde_json::from_slice::<Head>(&bytes);
        let head = head.map_err(|error| RegistryFault::Malformed { why: error.to_string() })?;
        let media_type = match head.media_type {
            Some(inside) if kind.is_empty() || inside == kind => inside,
            Some(inside) => {
                let why = format!("it is {inside:?} by itself, and {kind:?} by the registry");
                return Err(RegistryFault::Malformed { why });
            }
            None => kind,
        };
        Ok(RawManifest { media_type, bytes, digest })
    }

    pub(super) fn push_manifest(
        &self,
        repository: &Repository,
        at: At<'_>,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<Pushed, RegistryFault> {
        let digest = Digest::of(bytes);
        if let At::Digest(expected) = at
            && *expected != digest
        {
            return Err(RegistryFault::Digest { expected: expected.clone(), found: digest });
        }
        if self.network.settings.offline {
            return Err(RegistryFault::Offline);
        }
        let ask = Ask::new(&self.network.settings, repository, Method::PUT, &path(at)?)?;
        let mut ask = ask.header(CONTENT_TYPE, media_type)?;
        ask.body = Bytes::copy_from_slice(bytes);
        let response = self.runtime.block_on(self.network.answer(&ask))?;
        let kept = answer::header(&response, "docker-content-digest");
        let kept = kept.and_then(|kept| kept.parse::<Digest>().ok());
        if let Some(found) = kept.filter(|kept| *kept != digest) {
            return Err(RegistryFault::Digest { expected: digest, found });
        }
        let lists = response.headers().contains_key("oci-subject");
        Ok(Pushed { digest, lists })
    }
}

fn path(at: At<'_>) -> Result<String, RegistryFault> {
    match at {
        At::Digest(digest) => Ok(format!("manifests/{digest}")),
        At::Tag(tag) if is_tag(tag) => Ok(format!("manifests/{tag}")),
        At::Tag(tag) => Err(RegistryFault::Malformed { why: format!("{tag:?} is no tag") }),
    }
}
