//! Pushing blobs (OCI distribution spec 1.1, "Pushing blobs"): one request to
//! begin, one with all bytes and the digest. Where that is too much at once for
//! what stands before a registry, the bytes go in pieces. A push that was cut
//! begins anew.

use bytes::Bytes;
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE};
use reqwest::{Method, Response, StatusCode, Url};

use super::auth::Action;
use super::redirect::What;
use super::request::Ask;
use super::retry::Failed;
use super::{Client, answer, redirect};
use crate::{Digest, RegistryFault, Repository};

/// How many bytes a piece has: as many as a common web server takes unless it is
/// told to take more.
const PIECE: usize = 1 << 20;
/// The largest piece that a registry may want (`OCI-Chunk-Min-Length`).
const MAX_PIECE: usize = 64 << 20;

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
        let path = format!("blobs/{digest}");
        let mut there = Ask::new(settings, repository, Method::HEAD, &path)?;
        (there.what, there.action) = (What::Blob, Action::Push);
        // Anything else than that it is there means that it may not be: some
        // registries have other words for `Missing` here.
        if network.exchange(&there).await?.status() == StatusCode::OK {
            network.progress.advance(bytes.len() as u64);
            return Ok(());
        }

        let begun = self.begin_upload(repository).await?;
        let mut put = upload(self, repository, Method::PUT)?;
        (put.url, put.body, put.watched) = (begun.finished(digest), bytes.clone(), true);
        match network.succeed(&put).await {
            Err(Failed { fault: RegistryFault::Refused { status: 413, .. }, .. })
                if bytes.len() > PIECE =>
            {
                network.progress.end();
                self.push_pieces(repository, bytes, digest).await
            }
            Err(failed) => Err(failed),
            Ok(_) => Ok(()),
        }
    }

    /// Pushes in pieces, each with its own request.
    async fn push_pieces(
        &self,
        repository: &Repository,
        bytes: &Bytes,
        digest: &Digest,
    ) -> Result<(), Failed> {
        let network = &self.network;
        network.progress.begin(&format!("{repository}, in pieces"), Some(bytes.len() as u64));
        let mut begun = self.begin_upload(repository).await?;
        let mut at = 0;
        while at < bytes.len() {
            let piece = bytes.slice(at..bytes.len().min(at + begun.piece));
            let range = format!("{at}-{}", at + piece.len() - 1);
            at += piece.len();
            let mut patch =
                upload(self, repository, Method::PATCH)?.header(CONTENT_RANGE, &range)?;
            (patch.url, patch.body, patch.watched) = (begun.to.clone(), piece, true);
            let taken = network.succeed(&patch).await?;
            begun.to = goes_to(&begun.to, &taken)?;
        }
        let mut put = upload(self, repository, Method::PUT)?;
        put.url = begun.finished(digest);
        network.succeed(&put).await?;
        Ok(())
    }

    async fn begin_upload(&self, repository: &Repository) -> Result<Begun, Failed> {
        let settings = &self.network.settings;
        let begin = Ask::new(settings, repository, Method::POST, "blobs/uploads/")?;
        let begun = self.network.succeed(&begin).await?;
        let to = goes_to(&begin.url, &begun)?;
        let least = answer::header(&begun, "oci-chunk-min-length");
        let least = least.and_then(|least| least.parse().ok()).unwrap_or(0);
        Ok(Begun { to, piece: PIECE.max(least).min(MAX_PIECE) })
    }
}

/// An upload.
struct Begun {
    /// Where the next bytes go.
    to: Url,
    /// How many go at once, if not all do.
    piece: usize,
}

impl Begun {
    /// Where the last bytes go.
    fn finished(&self, digest: &Digest) -> Url {
        let mut to = self.to.clone();
        to.query_pairs_mut().append_pair("digest", digest.as_str());
        to
    }
}

fn upload<'r>(
    client: &Client,
    repository: &'r Repository,
    method: Method,
) -> Result<Ask<'r>, RegistryFault> {
    Ask::new(&client.network.settings, repository, method, "")?
        .header(CONTENT_TYPE, "application/octet-stream")
}

/// Where the next bytes go: to the registry itself, or another host by https,
/// which is not told who we are.
fn goes_to(asked: &Url, answer: &Response) -> Result<Url, RegistryFault> {
    let nowhere = || RegistryFault::NotRegistry {
        why: "it takes an upload without saying where the bytes go".to_owned(),
    };
    let to = answer::header(answer, "location").ok_or_else(nowhere)?;
    let to = asked.join(to).map_err(|_| nowhere())?;
    redirect::follow(asked, &to, What::Blob)?;
    Ok(to)
}
