//! Which document came, and which of an index's entries is meant.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::PullError;
use super::error::short;
use crate::{Digest, RawManifest, media_type};

/// What a registry sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Document {
    Manifest,
    Index,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Probe {
    media_type: Option<String>,
    config: Option<IgnoredAny>,
    layers: Option<IgnoredAny>,
    manifests: Option<IgnoredAny>,
}

/// Tells a manifest and an index apart. Bytes that could be read as both are
/// refused: two clients would find two artifacts behind one digest.
pub(super) fn kind(raw: &RawManifest) -> Result<Document, PullError> {
    let probe: Probe = serde_json::from_slice(&raw.bytes)
        .map_err(|error| PullError::Manifest { why: error.to_string() })?;
    let said = match raw.media_type.as_str() {
        media_type::MANIFEST => Document::Manifest,
        media_type::INDEX => Document::Index,
        other => return Err(PullError::Document { found: short(other) }),
    };
    if probe.media_type.is_some_and(|inner| inner != raw.media_type) {
        return Err(PullError::TwoReadings);
    }
    let (manifest, index) =
        (probe.config.is_some() || probe.layers.is_some(), probe.manifests.is_some());
    match (said, manifest, index) {
        (Document::Manifest, true, false) | (Document::Index, false, true) => Ok(said),
        (_, false, false) => Err(PullError::Manifest { why: "it names no content".into() }),
        _ => Err(PullError::TwoReadings),
    }
}

#[derive(Deserialize)]
struct Entries {
    manifests: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    digest: String,
    artifact_type: Option<String>,
    platform: Option<Platform>,
}

#[derive(Deserialize)]
struct Platform {
    architecture: Option<String>,
}

/// The digest of the one entry of an index that is WebAssembly.
pub(super) fn wasm_of(raw: &RawManifest) -> Result<Digest, PullError> {
    let entries: Entries = serde_json::from_slice(&raw.bytes)
        .map_err(|error| PullError::Manifest { why: error.to_string() })?;
    let count = entries.manifests.len();
    let is_wasm = |entry: &Entry| {
        let platform = entry.platform.as_ref().and_then(|platform| platform.architecture.as_ref());
        platform.is_some_and(|architecture| architecture == "wasm")
            || entry.artifact_type.as_deref() == Some(media_type::WASM_CONFIG)
    };
    let mut found = entries.manifests.into_iter().filter(is_wasm).map(|entry| entry.digest);
    let Some(first) = found.next() else { return Err(PullError::NoWasm { count }) };
    let others: Vec<String> = found.take(8).map(|digest| short(&digest)).collect();
    if !others.is_empty() {
        let digests = [short(&first)].into_iter().chain(others).collect();
        return Err(PullError::Several { digests });
    }
    first.parse().map_err(|error| PullError::Manifest { why: format!("{error}") })
}
