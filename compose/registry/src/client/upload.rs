//! Pushing blobs (OCI distribution spec 1.1, "Pushing blobs"): one request to
//! begin, one with all bytes and the digest. A push that was cut begins anew.

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode, Url};

use super::request::Ask;
use super::retry::Failed;
use super::{Client, answer, redirect};
use crate::{Digest, RegistryFault, Repository};

impl Client {
    pub(super) fn push_blob(
        &self,
        repository: &Repository,
        bytes: &[u8],
        digest: &Digest,
    ) -> Result<(), RegistryFault> {
        if self.network.settings.offline {
            return Err(RegistryFault::Offline);
        }
        let bytes = Bytes::copy_from_slice(bytes);
        let what = format!("{repository}@{}", &digest.as_str()[.."sha256:".len() + 12]);
        self.runtime.block_on(self.network.again(repository.host(), &what, async || {
            self.network.progress.begin(&what, Some(bytes.len() as u64));
            let pushed = self.push_blob_once(repository, &bytes, digest).await;
            self.network.progress.end();
            pushed
        }))
    }

    async fn push_blob_once(
        &self,
        repository: &Repository,
        bytes: &Bytes,
        digest: &Digest,
    ) -> Result<(), Failed> {
        let (network, settings) = (&self.network, &self.network.settings);
        let ask = Ask::new(settings, repository, Method::HEAD, &format!("blobs/{digest}"))?;
        // Whether it is there is seen from the answer alone: not all registries
        // have a body for `Missing` here, and to some a stranger is `Forbidden`.
        let mut there = ask.clone();
        there.what = redirect::What::Blob;
        there.action = super::auth::Action::Push;
        if network.exchange(&there).await?.status() == StatusCode::OK {
            network.progress.advance(bytes.len() as u64);
            return Ok(());
        }

        let begin = Ask::new(settings, repository, Method::POST, "blobs/uploads/")?;
        let begun = network.succeed(&begin).await?;
        let to = self.upload_to(&begin.url, &begun, digest)?;
        let mut put = Ask::new(settings, repository, Method::PUT, "")?
            .header(CONTENT_TYPE, "application/octet-stream")?;
        (put.url, put.body, put.watched) = (to, bytes.clone(), true);
        let done = network.succeed(&put).await?;
        match done.status() {
            StatusCode::CREATED | StatusCode::NO_CONTENT | StatusCode::OK => Ok(()),
            status => {
                let why = format!("it takes a blob with status {}", status.as_u16());
                Err(RegistryFault::NotRegistry { why }.into())
            }
        }
    }

    /// Where the bytes go: the registry itself, or another host by https, which is
    /// not told who we are.
    fn upload_to(
        &self,
        asked: &Url,
        begun: &reqwest::Response,
        digest: &Digest,
    ) -> Result<Url, RegistryFault> {
        let nowhere = || RegistryFault::NotRegistry {
            why: "it begins an upload without saying where the bytes go".to_owned(),
        };
        let location = answer::header(begun, "location").ok_or_else(nowhere)?;
        let mut to = asked.join(location).map_err(|_| nowhere())?;
        redirect::follow(asked, &to, redirect::What::Blob)?;
        to.query_pairs_mut().append_pair("digest", digest.as_str());
        Ok(to)
    }
}
