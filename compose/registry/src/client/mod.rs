//! A registry over the network (OCI distribution spec 1.1).
//!
//! The requests are made here, and not by the crate oci-client: at 0.18 it follows
//! redirects to any host and from https to http, sends credentials to a token
//! service by plain http, and reads answers (manifests, tags, referrers, tokens,
//! errors) however long they are; none of it can be set. In the tests it is
//! somebody else's view of the same registry.

mod answer;
mod auth;
mod blob;
mod connect;
mod manifest;
mod network;
mod pages;
mod redirect;
mod referrers;
mod request;
mod retry;
mod runtime;
mod upload;
mod well_known;

use std::sync::Arc;

use miette::Diagnostic;

use crate::cache::Cache;
use crate::{
    At, Descriptor, Digest, Manifest, Progress, RawManifest, Registry, RegistryError,
    RegistryFault, Repository, Settings,
};
use network::Network;
use runtime::Runtime;

/// Registries over the network, with a cache.
///
/// Calls block. They may come from several threads, and from inside somebody
/// else's runtime.
#[derive(Debug)]
pub struct Client {
    runtime: Runtime,
    network: Network,
    cache: Option<Cache>,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum ClientError {
    /// The system gives no more of what waiting needs.
    #[error("cannot prepare for the network: {0}")]
    #[diagnostic(help("has the process too many files open?"))]
    Runtime(std::io::Error),
    /// The folder of the cache cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Cache(RegistryFault),
}

impl Client {
    /// A client with these settings, which says how far it is.
    pub fn new(settings: Settings, progress: Arc<dyn Progress>) -> Result<Self, ClientError> {
        // What goes offline could not be had again.
        let limit = if settings.offline { u64::MAX } else { settings.cache_limit };
        let cache = settings.cache.as_deref().map(|root| Cache::open(root, limit)).transpose();
        Ok(Self {
            runtime: Runtime::new().map_err(ClientError::Runtime)?,
            cache: cache.map_err(ClientError::Cache)?,
            network: Network::new(settings, progress),
        })
    }

    /// Where copies are asked for, before the registry itself, and what may say
    /// what a tag is.
    fn mirrors(&self, repository: &Repository, resolve: bool) -> Vec<Repository> {
        let host = self.network.settings.host(repository.host());
        let mirrors = host.mirrors.iter().filter(|mirror| mirror.resolve || !resolve);
        mirrors.filter_map(|mirror| mirror.of(repository)).collect()
    }

    /// Asks the mirrors, then the registry. Whatever a mirror fails with, the next
    /// one is asked.
    fn any_of<T>(
        &self,
        repository: &Repository,
        mirrors: Vec<Repository>,
        mut ask: impl FnMut(&Repository) -> Result<T, RegistryFault>,
    ) -> Result<T, RegistryFault> {
        for mirror in mirrors {
            match ask(&mirror) {
                Ok(found) => return Ok(found),
                Err(fault @ RegistryFault::Cache { .. }) => return Err(fault),
                Err(fault) => tracing::info!("the mirror {mirror} does not help: {fault}"),
            }
        }
        ask(repository)
    }
}

impl Registry for Client {
    fn manifest(&self, repository: &Repository, at: At<'_>) -> Result<RawManifest, RegistryError> {
        let place = || match at {
            At::Tag(tag) => format!("{repository}:{tag}"),
            At::Digest(digest) => format!("{repository}@{digest}"),
        };
        self.runtime.apart(|| self.pull_manifest(repository, at)).map_err(|fault| fault.at(place()))
    }

    fn blob(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        limit: u64,
    ) -> Result<Vec<u8>, RegistryError> {
        let pulled = self.runtime.apart(|| self.pull_blob(repository, blob, limit));
        pulled.map_err(|fault| fault.at(format!("{repository}@{}", blob.digest)))
    }

    fn put_blob(&self, repository: &Repository, bytes: &[u8]) -> Result<Digest, RegistryError> {
        let digest = Digest::of(bytes);
        let pushed = self.runtime.apart(|| self.push_blob(repository, bytes, &digest));
        pushed.map_err(|fault| fault.at(format!("{repository}@{digest}")))?;
        Ok(digest)
    }

    fn put_manifest(
        &self,
        repository: &Repository,
        at: At<'_>,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<Digest, RegistryError> {
        let place = || match at {
            At::Tag(tag) => format!("{repository}:{tag}"),
            At::Digest(digest) => format!("{repository}@{digest}"),
        };
        let pushed = self.runtime.apart(|| self.push_manifest(repository, at, media_type, bytes));
        pushed.map(|pushed| pushed.digest).map_err(|fault| fault.at(place()))
    }

    fn referrers(
        &self,
        repository: &Repository,
        subject: &Digest,
    ) -> Result<Vec<Descriptor>, RegistryError> {
        let pulled = self.runtime.apart(|| self.pull_referrers(repository, subject));
        pulled.map_err(|fault| fault.at(format!("what refers to {repository}@{subject}")))
    }

    fn put_referrer(
        &self,
        repository: &Repository,
        manifest: &Manifest,
    ) -> Result<Digest, RegistryError> {
        self.runtime
            .apart(|| self.push_referrer(repository, manifest))
            .map_err(|fault| fault.at(repository))
    }

    fn tags(&self, repository: &Repository) -> Result<Vec<String>, RegistryError> {
        let tags = self.runtime.apart(|| self.pull_tags(repository));
        tags.map_err(|fault| fault.at(format!("the tags of {repository}")))
    }

    fn well_known(&self, host: &str, name: &str) -> Result<Option<Vec<u8>>, RegistryError> {
        let said = self.runtime.apart(|| self.pull_well_known(host, name));
        said.map_err(|fault| fault.at(format!("{host}/.well-known/{name}")))
    }
}
