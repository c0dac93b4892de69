//! Fetching the component of one stage, and checking what came.

use std::path::PathBuf;

use super::{Fetched, Remote, digest_of};
use crate::component::{MAX_BYTES, Sniffed, sniff};
use crate::manifest::Stage;
use crate::options::Options;
use crate::problem::StageProblem;

/// Fetches a stage, at the reference that it is `pinned` to if there is one.
pub(crate) fn get(
    stage: &Stage,
    remote: &Remote,
    pinned: Option<&str>,
    options: &Options,
) -> Result<Fetched, StageProblem> {
    let (name, at) = (|| stage.name.value.clone(), stage.source.at);
    let Some(fetch) = &options.fetch else {
        return Err(StageProblem::NoFetch { stage: name(), at });
    };
    let fetched = fetch.fetch(remote, pinned).map_err(|source| StageProblem::Fetch {
        stage: name(),
        at,
        source,
    })?;
    let wanted = remote.digest().or(pinned.and_then(digest_of));
    let found = digest_of(&fetched.reference);
    if found.is_none() || wanted.is_some_and(|wanted| found != Some(wanted)) {
        let wanted = wanted.unwrap_or("a reference with a digest").to_owned();
        return Err(StageProblem::FetchedOther {
            stage: name(),
            wanted,
            found: crate::name::shown(&fetched.reference, 200),
            at,
        });
    }
    let path = || PathBuf::from(&fetched.reference);
    if fetched.component.len() as u64 > MAX_BYTES {
        return Err(StageProblem::TooLarge { stage: name(), path: path(), limit: MAX_BYTES, at });
    }
    let (what, help) = match sniff(&fetched.component) {
        Sniffed::Component => return Ok(fetched),
        Sniffed::Module => ("a core module", "it was published by mistake: publish a component"),
        Sniffed::Other(what, _) => (what, "is the reference right? Ask who published it"),
    };
    Err(StageProblem::NotAComponent { stage: name(), path: path(), what, help, at })
}
