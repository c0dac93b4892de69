//! Lists that come in pages: tags.

use std::collections::BTreeSet;

use reqwest::{Method, Response, Url};
use serde::Deserialize;

use super::redirect::{What, follow};
use super::request::Ask;
use super::{Client, answer};
use crate::reference::is_tag;
use crate::{MAX_MANIFEST_BYTES, RegistryFault, Repository};

/// The most pages of a list that are read.
pub(super) const MAX_PAGES: usize = 256;

#[derive(Deserialize)]
struct Page {
    /// Some registries say `null` for none.
    tags: Option<Vec<String>>,
}

impl Client {
    pub(super) fn pull_tags(&self, repository: &Repository) -> Result<Vec<String>, RegistryFault> {
        if self.network.settings.offline {
            return Err(RegistryFault::Offline);
        }
        let tags = |repository: &Repository| self.runtime.block_on(self.ask_tags(repository));
        self.any_of(repository, self.mirrors(repository, true), tags)
    }

    async fn ask_tags(&self, repository: &Repository) -> Result<Vec<String>, RegistryFault> {
        let settings = &self.network.settings;
        let mut ask = Ask::new(settings, repository, Method::GET, "tags/list")?;
        let timeout = settings.host(repository.host()).timeout;
        let mut tags = BTreeSet::new();
        for _ in 0..MAX_PAGES {
            let response = match self.network.answer(&ask).await {
                Err(RegistryFault::Missing) => break,
                response => response?,
            };
            let next = next(&ask.url, &response)?;
            let text = answer::body(response, MAX_MANIFEST_BYTES, timeout).await?;
            let page: Page = serde_json::from_slice(&text)
                .map_err(|error| RegistryFault::Malformed { why: error.to_string() })?;
            // What is no tag could not be asked for, and might not be shown as it is.
            tags.extend(page.tags.unwrap_or_default().into_iter().filter(|tag| is_tag(tag)));
            match next {
                Some(next) => ask.url = next,
                None => return Ok(tags.into_iter().collect()),
            }
        }
        match tags.is_empty() {
            true => Ok(Vec::new()),
            false => Err(RegistryFault::TooLarge { limit: MAX_PAGES as u64 * MAX_MANIFEST_BYTES }),
        }
    }
}

/// The next page, if there is one (RFC 5988: `Link: <…>; rel="next"`). It is on
/// the same server.
pub(super) fn next(asked: &Url, response: &Response) -> Result<Option<Url>, RegistryFault> {
    let Some(link) = answer::header(response, "link") else { return Ok(None) };
    let target = link.strip_prefix('<').and_then(|link| link.split_once('>'));
    let is_next = |rest: &str| {
        rest.split(';').map(str::trim).any(|param| matches!(param, "rel=next" | "rel=\"next\""))
    };
    let Some((target, _)) = target.filter(|(_, rest)| is_next(rest)) else { return Ok(None) };
    let malformed = |_| RegistryFault::Malformed { why: "its next page is nowhere".to_owned() };
    let next = asked.join(target).map_err(malformed)?;
    follow(asked, &next, What::Said)?;
    Ok(Some(next))
}
