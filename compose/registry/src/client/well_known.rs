//! What a host says about itself.

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode, Url};

use super::redirect::{What, is_here, shown};
use super::{Client, answer};
use crate::{MAX_WELL_KNOWN_BYTES, RegistryFault};

/// How often it may send us on, to itself.
const MAX_HOPS: usize = 3;

impl Client {
    pub(super) fn pull_well_known(
        &self,
        host: &str,
        name: &str,
    ) -> Result<Option<Vec<u8>>, RegistryFault> {
        if self.network.settings.offline {
            return Err(RegistryFault::Offline);
        }
        let settings = self.network.settings.host(host);
        let parse = |scheme: &str| {
            let url = Url::parse(&format!("{scheme}://{host}/.well-known/{name}")).ok();
            // A host that has more in it than a name and a port would be another.
            let right = url.filter(|url| {
                url.path() == format!("/.well-known/{name}") && url.username().is_empty()
            });
            right.ok_or_else(|| RegistryFault::Malformed { why: format!("{host:?} is no host") })
        };
        let plain = parse("http")?;
        let url = match settings.plain_http.unwrap_or_else(|| is_here(&plain)) {
            true => plain,
            false => parse("https")?,
        };
        self.runtime.block_on(self.network.again(host, url.as_str(), async || {
            let mut url = url.clone();
            for _ in 0..=MAX_HOPS {
                let (headers, body) = (HeaderMap::new(), Bytes::new());
                let response = self.network.send(&Method::GET, &url, headers, body).await?;
                let status = response.status();
                if status.is_redirection() {
                    url = self.network.next(&url, &response, What::Said)?.0;
                    continue;
                }
                if status == StatusCode::NOT_FOUND {
                    return Ok(None);
                }
                if !status.is_success() {
                    return Err(answer::failure(response, settings.timeout).await);
                }
                let limit = MAX_WELL_KNOWN_BYTES;
                return Ok(Some(answer::body(response, limit, settings.timeout).await?));
            }
            Err(RegistryFault::Redirected { to: shown(&url) }.into())
        }))
    }
}
