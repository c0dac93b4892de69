//! One request, as it is meant: where it really goes is found out on the way.

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use super::auth::Action;
use super::redirect::{What, is_here};
use crate::{RegistryFault, Repository, Settings};

/// A request to a repository.
#[derive(Clone, Debug)]
pub(super) struct Ask<'a> {
    pub(super) repository: &'a Repository,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) action: Action,
    pub(super) what: What,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Whether sending the body is a transfer that somebody watches.
    pub(super) watched: bool,
}

impl<'a> Ask<'a> {
    /// A request for `path` below the repository.
    pub(super) fn new(
        settings: &Settings,
        repository: &'a Repository,
        method: Method,
        path: &str,
    ) -> Result<Self, RegistryFault> {
        let url = url(settings, repository, path)?;
        let action = match method == Method::GET || method == Method::HEAD {
            true => Action::Pull,
            false => Action::Push,
        };
        Ok(Self {
            repository,
            method,
            url,
            action,
            what: What::Said,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            watched: false,
        })
    }

    /// With this header.
    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Result<Self, RegistryFault> {
        let value = HeaderValue::from_str(value).map_err(|_| RegistryFault::Malformed {
            why: format!("{value:?} cannot be sent in a header"),
        })?;
        self.headers.append(name, value);
        Ok(self)
    }
}

/// The address of `path` below a repository. A host that is this machine speaks
/// plain http unless something else is said, any other https.
fn url(settings: &Settings, repository: &Repository, path: &str) -> Result<Url, RegistryFault> {
    let host = repository.host();
    let parse = |scheme: &str| {
        let url = format!("{scheme}://{host}/v2/{}/{path}", repository.path());
        Url::parse(&url).map_err(|error| RegistryFault::Malformed {
            why: format!("{host} is no host: {error}"),
        })
    };
    let plain = parse("http")?;
    match settings.host(host).plain_http.unwrap_or_else(|| is_here(&plain)) {
        true => Ok(plain),
        false => parse("https"),
    }
}
