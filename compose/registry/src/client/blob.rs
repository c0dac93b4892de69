//! Pulling blobs.

use reqwest::header::RANGE;
use reqwest::{Method, Response, StatusCode};
use tokio::time::Instant;

use super::network::patience;
use super::redirect::What;
use super::request::Ask;
use super::retry::Failed;
use super::{Client, answer};
use crate::cache::{Opened, Part};
use crate::{Descriptor, RegistryFault, Repository};

impl Client {
    pub(super) fn pull_blob(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        limit: u64,
    ) -> Result<Vec<u8>, RegistryFault> {
        if blob.size > limit {
            return Err(RegistryFault::TooLarge { limit });
        }
        let cached = self.cache.as_ref().and_then(|cache| cache.blob(&blob.digest, blob.size));
        if let Some(bytes) = cached {
            return Ok(bytes);
        }
        if self.network.settings.offline {
            return Err(RegistryFault::Offline);
        }
        let mut part = match Part::open(self.cache.as_ref(), &blob.digest, blob.size)? {
            Opened::There(bytes) => return Ok(bytes),
            Opened::Part(part) => part,
        };
        let mirrors = self.mirrors(repository, false);
        let pulled = self.any_of(repository, mirrors, |repository| {
            self.runtime.block_on(self.ask_blob(repository, blob, &mut part))
        });
        match pulled {
            Ok(()) => part.finish(),
            Err(fault) => {
                // Only what was cut is worth going on with.
                if !fault.is_passing() {
                    part.discard()?;
                }
                Err(fault)
            }
        }
    }

    async fn ask_blob(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        part: &mut Part,
    ) -> Result<(), RegistryFault> {
        let what = format!("{repository}@{}", &blob.digest.as_str()[.."sha256:".len() + 12]);
        let retries = self.network.settings.host(repository.host()).retries;
        let mut tries = 0;
        loop {
            self.network.progress.begin(&what, Some(blob.size));
            let done = self.ask_blob_once(repository, blob, part).await;
            self.network.progress.end();
            let Err(failed) = done else { return Ok(()) };
            tries += 1;
            self.network.pause(failed, tries, retries, &what).await?;
        }
    }

    /// Pulls what is missing. If the whole has another digest, it may be because
    /// of what was there before: then all of it is pulled once more.
    async fn ask_blob_once(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        part: &mut Part,
    ) -> Result<(), Failed> {
        loop {
            let response = self.open_blob(repository, blob, part).await?;
            self.network.progress.advance(part.len());
            self.read_blob(repository, response, blob, part).await?;
            let found = part.digest();
            if found == blob.digest {
                return Ok(());
            }
            let resumed = part.is_resumed();
            part.restart()?;
            if !resumed {
                let expected = blob.digest.clone();
                return Err(RegistryFault::Digest { expected, found }.into());
            }
        }
    }

    /// The answer whose body follows on what is there.
    async fn open_blob(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        part: &mut Part,
    ) -> Result<Response, Failed> {
        let path = format!("blobs/{}", blob.digest);
        let mut ask = Ask::new(&self.network.settings, repository, Method::GET, &path)?;
        ask.what = What::Blob;
        if part.len() == 0 {
            return self.network.succeed(&ask).await;
        }
        let whole = ask.clone();
        let ask = ask.header(RANGE, &format!("bytes={}-", part.len()))?;
        let response = self.network.exchange(&ask).await?;
        let follows = format!("bytes {}-", part.len());
        let range = answer::header(&response, "content-range").unwrap_or_default();
        match response.status() {
            StatusCode::PARTIAL_CONTENT if range.starts_with(&follows) => {
                part.resume();
                Ok(response)
            }
            // It has no ranges, and sends all of it.
            StatusCode::OK => {
                part.restart()?;
                Ok(response)
            }
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                part.restart()?;
                self.network.succeed(&whole).await
            }
            _ => {
                let timeout = self.network.settings.host(repository.host()).timeout;
                Err(answer::failure(response, timeout).await)
            }
        }
    }

    async fn read_blob(
        &self,
        repository: &Repository,
        mut response: Response,
        blob: &Descriptor,
        part: &mut Part,
    ) -> Result<(), Failed> {
        let size = blob.size;
        let too_large = || RegistryFault::TooLarge { limit: size };
        if response.content_length().is_some_and(|more| part.len().saturating_add(more) > size) {
            return Err(too_large().into());
        }
        let timeout = self.network.settings.host(repository.host()).timeout;
        let until = Instant::now() + patience(timeout, size);
        loop {
            // Neither too long for nothing, nor too long for all.
            let next = until.min(Instant::now() + timeout);
            let got = part.len();
            let Some(piece) = answer::piece(&mut response, next, got, Some(size)).await? else {
                break;
            };
            if part.len() + piece.len() as u64 > size {
                return Err(too_large().into());
            }
            part.push(&piece)?;
            self.network.progress.advance(piece.len() as u64);
        }
        match part.len() {
            got if got < size => Err(RegistryFault::Truncated { got, expected: size }.into()),
            _ => Ok(()),
        }
    }
}
