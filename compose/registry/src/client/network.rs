//! Sending requests: to whom, as whom, how often.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderMap};
use reqwest::{Body, Method, Response, StatusCode, Url};

use super::auth::Told;
use super::connect::{Connections, fault, host_of};
use super::request::Ask;
use super::retry::{Failed, wait};
use super::{answer, redirect};
use crate::error::Unreachable;
use crate::{Progress, RegistryFault, Settings};

/// All that requests share.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) settings: Settings,
    pub(super) progress: Arc<dyn Progress>,
    pub(super) told: Told,
    connections: Connections,
}

/// How often one request may be sent on.
const MAX_HOPS: usize = 5;
/// A connection that moves fewer bytes a second, on the average, has failed.
const SLOWEST: u64 = 4096;
/// In pieces of so many bytes is a body sent: often enough to see it move.
const PIECE: usize = 256 << 10;

/// How long a transfer of so many bytes may take.
pub(super) fn patience(timeout: Duration, bytes: u64) -> Duration {
    timeout + Duration::from_secs(bytes / SLOWEST)
}

impl Network {
    pub(super) fn new(settings: Settings, progress: Arc<dyn Progress>) -> Self {
        let (told, connections) = (Told::default(), Connections::default());
        Self { settings, progress, told, connections }
    }

    /// Does `once` until it succeeds, fails in a way that does not pass, or was
    /// done as often as the settings of `host` say.
    pub(super) async fn again<T, F: Future<Output = Result<T, Failed>>>(
        &self,
        host: &str,
        what: &str,
        mut once: impl FnMut() -> F,
    ) -> Result<T, RegistryFault> {
        let retries = self.settings.host(host).retries;
        let mut tries = 0;
        loop {
            let failed = match once().await {
                Ok(done) => return Ok(done),
                Err(failed) => failed,
            };
            tries += 1;
            self.pause(failed, tries, retries, what).await?;
        }
    }

    /// Waits before the next try, or fails as the last one did.
    pub(super) async fn pause(
        &self,
        failed: Failed,
        tries: u32,
        retries: u32,
        what: &str,
    ) -> Result<(), RegistryFault> {
        let (wait, fault) = wait(failed, tries, retries, self.settings.first_wait)?;
        tracing::debug!("{what}: {fault}; again in {wait:?}");
        self.progress.retry(what, &fault, wait);
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// Makes a request, as often as it takes. An answer that is no success is an
    /// error.
    pub(super) async fn answer(&self, ask: &Ask<'_>) -> Result<Response, RegistryFault> {
        let what = ask.repository.to_string();
        self.again(ask.repository.host(), &what, || self.succeed(ask)).await
    }

    /// Makes a request once. An answer that is no success is an error.
    pub(super) async fn succeed(&self, ask: &Ask<'_>) -> Result<Response, Failed> {
        let response = self.exchange(ask).await?;
        match response.status().is_success() {
            true => Ok(response),
            false => {
                let timeout = self.settings.host(ask.repository.host()).timeout;
                Err(answer::failure(response, timeout).await)
            }
        }
    }

    /// Makes a request once: says who asks if the registry wants to know, and goes
    /// where it may be sent.
    pub(super) async fn exchange(&self, ask: &Ask<'_>) -> Result<Response, Failed> {
        let registry = Ask::new(&self.settings, ask.repository, Method::GET, "")?.url.origin();
        let mut url = ask.url.clone();
        // What was elsewhere once is not trusted again, wherever it is sent on to.
        let mut trusted = url.origin() == registry;
        let mut looked = None;
        for _ in 0..=MAX_HOPS {
            let mut headers = ask.headers.clone();
            if let (true, Some(told)) = (trusted, self.told.get(ask.repository, ask.action)) {
                headers.insert(AUTHORIZATION, told);
            }
            let body = match ask.watched {
                true => {
                    headers.insert(CONTENT_LENGTH, ask.body.len().into());
                    self.watched(ask.body.clone())
                }
                false => ask.body.clone().into(),
            };
            let sent = self.send_for(&ask.method, &url, headers, body, ask.body.len() as u64);
            let response = sent.await?;
            let status = response.status();
            if status == StatusCode::UNAUTHORIZED {
                if !trusted || looked.is_some() {
                    return Err(RegistryFault::Unauthorized(looked.unwrap_or_default()).into());
                }
                let headers = response.headers();
                looked = Some(self.introduce(ask.repository, ask.action, &url, headers).await?);
                continue;
            }
            // 304 is an answer; what 300 offers, nobody here can choose from.
            let moved = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
            if !moved {
                return Ok(response);
            }
            let (to, same) = self.next(&url, &response, ask.what)?;
            if ask.method != Method::GET && ask.method != Method::HEAD && !same {
                return Err(RegistryFault::Redirected { to: redirect::shown(&to) }.into());
            }
            (url, trusted) = (to, trusted && same);
        }
        Err(RegistryFault::Redirected { to: redirect::shown(&url) }.into())
    }

    /// Sends one request, to exactly this address.
    pub(super) async fn send(
        &self,
        method: &Method,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response, RegistryFault> {
        let bytes = body.len() as u64;
        self.send_for(method, url, headers, body.into(), bytes).await
    }

    async fn send_for(
        &self,
        method: &Method,
        url: &Url,
        headers: HeaderMap,
        body: Body,
        bytes: u64,
    ) -> Result<Response, RegistryFault> {
        let client = self.connections.to(url, &self.settings)?;
        let host = self.settings.host(&host_of(url));
        let request = client.request(method.clone(), url.clone()).headers(headers).body(body);
        match tokio::time::timeout(patience(host.timeout, bytes), request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(fault(error)),
            Err(_) => Err(RegistryFault::Unreachable(Unreachable::TimedOut)),
        }
    }

    /// A body that says how much of it is sent.
    fn watched(&self, mut bytes: Bytes) -> Body {
        let progress = self.progress.clone();
        let pieces = std::iter::from_fn(move || {
            let piece = bytes.split_to(bytes.len().min(PIECE));
            progress.advance(piece.len() as u64);
            (!piece.is_empty()).then_some(Ok::<_, std::convert::Infallible>(piece))
        });
        Body::wrap_stream(futures_util::stream::iter(pieces))
    }
}
