//! From a registry: the one layer of an artifact, when everything about it is
//! as the layout says.

mod choose;
mod error;

use std::collections::{BTreeMap, BTreeSet};

pub use error::PullError;

use crate::artifact::{Contents, Kind, MAX_CONFIG_BYTES, MAX_LAYER_BYTES, WasmConfig};
use crate::{At, Digest, Manifest, RawManifest, Reference, Registry, RegistryFault, media_type};

/// An artifact, without its layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name, with the digest that it was found to have.
    pub reference: Reference,
    /// The digest of its manifest.
    pub digest: Digest,
    /// Its manifest.
    pub manifest: Manifest,
    /// Its config: what the component imports and exports, as it says itself.
    pub config: WasmConfig,
    /// What is said of it.
    pub annotations: BTreeMap<String, String>,
}

/// An artifact with its component, all of it checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulled {
    /// The component, or the WIT package.
    pub component: Vec<u8>,
    /// Which of the two it is.
    pub kind: Kind,
    /// Its name, with the digest that it was found to have.
    pub reference: Reference,
    /// Its config, which agrees with the component.
    pub config: WasmConfig,
    /// Its manifest.
    pub manifest: Manifest,
    /// The digest of its manifest.
    pub digest: Digest,
    /// What is said of it.
    pub annotations: BTreeMap<String, String>,
}

/// Reads an artifact's manifest and config, and nothing more. What the config
/// says of the component is checked when that is pulled.
pub fn find(registry: &dyn Registry, reference: &Reference) -> Result<Found, PullError> {
    let repository = &reference.repository;
    let raw = registry.manifest(repository, reference.at())?;
    let raw = match choose::kind(&raw)? {
        choose::Document::Manifest => raw,
        choose::Document::Index => {
            let chosen = choose::wasm_of(&raw)?;
            let raw = registry.manifest(repository, At::Digest(&chosen))?;
            match choose::kind(&raw)? {
                choose::Document::Manifest => raw,
                choose::Document::Index => return Err(PullError::Nested { digest: raw.digest }),
            }
        }
    };
    let manifest = read_manifest(&raw)?;
    let config = registry.blob(repository, &manifest.config, MAX_CONFIG_BYTES)?;
    let config = read_config(&config)?;
    if let [layer] = manifest.layers.as_slice()
        && config.layer_digests != [layer.digest.clone()]
    {
        let (found, layer) = (config.layer_digests, layer.digest.clone());
        return Err(PullError::OtherLayer { found, layer });
    }
    let reference = Reference { digest: Some(raw.digest.clone()), ..reference.clone() };
    let annotations = manifest.annotations.clone();
    Ok(Found { reference, digest: raw.digest, manifest, config, annotations })
}

/// Pulls an artifact: manifest, config and layer, each checked against its
/// digest and against the others.
pub fn pull(registry: &dyn Registry, reference: &Reference) -> Result<Pulled, PullError> {
    fetch(registry, find(registry, reference)?)
}

/// Pulls the layer of an artifact that was found.
pub fn fetch(registry: &dyn Registry, found: Found) -> Result<Pulled, PullError> {
    let Found { reference, digest, manifest, config, annotations } = found;
    let [layer] = manifest.layers.as_slice() else {
        return Err(PullError::Layers { count: manifest.layers.len() });
    };
    let component = registry.blob(&reference.repository, layer, MAX_LAYER_BYTES)?;
    if component.len() as u64 != layer.size {
        let (announced, size) = (layer.size, component.len() as u64);
        return Err(PullError::Size { announced, size });
    }
    let contents = Contents::read(&component)?;
    announced(&config, &contents)?;
    let kind = contents.kind;
    Ok(Pulled { component, kind, reference, config, manifest, digest, annotations })
}

fn read_manifest(raw: &RawManifest) -> Result<Manifest, PullError> {
    let manifest: Manifest = serde_json::from_slice(&raw.bytes)
        .map_err(|error| PullError::Manifest { why: error.to_string() })?;
    if manifest.config.media_type != media_type::WASM_CONFIG {
        return Err(PullError::ConfigType { found: error::short(&manifest.config.media_type) });
    }
    let [layer] = manifest.layers.as_slice() else {
        return Err(PullError::Layers { count: manifest.layers.len() });
    };
    if layer.media_type != media_type::WASM {
        return Err(PullError::LayerType { found: error::short(&layer.media_type) });
    }
    if layer.size > MAX_LAYER_BYTES {
        return Err(PullError::TooLarge { size: layer.size, limit: MAX_LAYER_BYTES });
    }
    Ok(manifest)
}

fn read_config(bytes: &[u8]) -> Result<WasmConfig, PullError> {
    let config: WasmConfig = serde_json::from_slice(bytes)
        .map_err(|error| PullError::Config { why: error.to_string() })?;
    if config.architecture != crate::artifact::ARCHITECTURE {
        return Err(PullError::Architecture { found: error::short(&config.architecture) });
    }
    Ok(config)
}

/// A config that leaves an import out would have its readers believe that the
/// component may do less than it may.
fn announced(config: &WasmConfig, contents: &Contents) -> Result<(), PullError> {
    let Some(says) = config.component.as_ref().filter(|_| contents.kind == Kind::Component) else {
        return Ok(());
    };
    let says: BTreeSet<&String> = says.imports.iter().collect();
    let hidden: Vec<String> = contents
        .imports
        .iter()
        .filter(|import| !says.contains(import))
        .map(|import| error::short(import))
        .collect();
    if hidden.is_empty() { Ok(()) } else { Err(PullError::Hidden { imports: hidden }) }
}

impl PullError {
    /// Whether there simply is no such artifact.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Registry(error) if matches!(error.fault, RegistryFault::Missing))
    }
}

#[cfg(test)]
mod tests;
