//! The layout of an artifact: what a registry keeps of a component.
//!
//! The CNCF's Wasm OCI artifact layout: a manifest with a config of the media
//! type `application/vnd.wasm.config.v0+json` and one layer,
//! `application/wasm`. The config lists what the component imports and exports,
//! so what a pipeline may do is read without its code.

pub mod annotation;
mod config;
mod contents;

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat};

pub(crate) use config::ARCHITECTURE;
pub use config::{WasmComponent, WasmConfig};
pub use contents::{ContentError, Contents, Kind};

use crate::{Descriptor, Digest, Manifest, media_type};

/// The most bytes of a component in a registry.
pub const MAX_LAYER_BYTES: u64 = 256 << 20;
/// The most bytes of a config: names of imports and exports.
pub const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// A component, or a WIT package, and what is said of it: all that an artifact
/// is made of. The same one always makes the same manifest.
#[derive(Clone, Debug)]
pub struct Artifact {
    bytes: Vec<u8>,
    contents: Contents,
    created: String,
    author: Option<String>,
    file_name: Option<String>,
    annotations: BTreeMap<String, String>,
}

/// An artifact as it is put into a registry.
#[derive(Clone, Debug)]
pub struct Packed {
    /// The config.
    pub config: Vec<u8>,
    /// The manifest.
    pub manifest: Manifest,
    /// Its bytes.
    pub manifest_bytes: Vec<u8>,
    /// Their digest, by which the artifact is known.
    pub digest: Digest,
}

impl Artifact {
    /// Makes an artifact of the component, or the WIT package, in `bytes`. It
    /// was created at 1970-01-01T00:00:00Z: see [`Artifact::created`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, ContentError> {
        if bytes.len() as u64 > MAX_LAYER_BYTES {
            let size = bytes.len() as u64;
            return Err(ContentError::TooLarge { size, limit: MAX_LAYER_BYTES });
        }
        let contents = Contents::read_in_full(&bytes)?;
        Ok(Self {
            bytes,
            contents,
            created: rfc3339(0),
            author: None,
            file_name: None,
            annotations: BTreeMap::new(),
        })
    }

    /// When it was created, in seconds since 1970-01-01T00:00:00Z, such as
    /// SOURCE_DATE_EPOCH says. Never the time of day: the same component is to
    /// have the same digest tomorrow.
    #[must_use]
    pub fn created(mut self, seconds: u32) -> Self {
        self.created = rfc3339(seconds);
        self
    }

    /// Who made it.
    #[must_use]
    pub fn author(mut self, author: Option<String>) -> Self {
        self.author = author;
        self
    }

    /// What the file is called by clients that write the layer to one.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Says something of it; [`annotation`] has the common keys. An empty value
    /// is left out.
    #[must_use]
    pub fn annotate(mut self, key: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.annotations.insert(key.to_owned(), value);
        }
        self
    }

    /// What is said of it.
    pub fn annotations(&self) -> &BTreeMap<String, String> {
        &self.annotations
    }

    /// The component, or the WIT package.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it imports and exports.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Config and manifest.
    pub fn pack(&self) -> Packed {
        let mut layer = Descriptor::of(media_type::WASM, &self.bytes);
        if let Some(name) = &self.file_name {
            layer.annotations.insert(annotation::TITLE.to_owned(), name.clone());
        }
        let config = WasmConfig {
            created: Some(self.created.clone()),
            author: self.author.clone(),
            architecture: ARCHITECTURE.to_owned(),
            os: config::OS.to_owned(),
            layer_digests: vec![layer.digest.clone()],
            component: Some(WasmComponent {
                exports: self.contents.exports.clone(),
                imports: self.contents.imports.clone(),
                target: None,
            }),
        };
        let config = config.to_bytes();
        let about = Descriptor::of(media_type::WASM_CONFIG, &config);
        let mut manifest = Manifest::new(about, vec![layer]);
        manifest.annotations = self.annotations.clone();
        let manifest_bytes = manifest.to_bytes();
        let digest = Digest::of(&manifest_bytes);
        Packed { config, manifest, manifest_bytes, digest }
    }
}

fn rfc3339(seconds: u32) -> String {
    let time = DateTime::from_timestamp(i64::from(seconds), 0).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component() -> Vec<u8> {
        wat::parse_str(r#"(component (import "climate-bus" (func)) (export "f" (func 0)))"#)
            .unwrap()
    }

    #[test]
    fn the_same_component_is_packed_alike_in_whatever_order_it_is_described() {
        let one = Artifact::new(component()).unwrap();
        let one = one.annotate(annotation::VERSION, "1.2.0").annotate(annotation::TITLE, "a");
        let two = Artifact::new(component()).unwrap();
        let two = two.annotate(annotation::TITLE, "a").annotate(annotation::VERSION, "1.2.0");
        assert_eq!(one.pack().manifest_bytes, two.pack().manifest_bytes);
        assert_ne!(one.pack().digest, two.created(1).pack().digest);
    }

    #[test]
    fn the_config_has_the_fields_that_the_layout_names() {
        let packed = Artifact::new(component()).unwrap().created(1_700_000_000).pack();
        let config: serde_json::Value = serde_json::from_slice(&packed.config).unwrap();
        let expected = serde_json::json!({
            "created": "2023-11-14T22:13:20Z",
            "architecture": "wasm",
            "os": "wasip2",
            "layerDigests": [packed.manifest.layers[0].digest],
            "component": {"exports": ["f"], "imports": ["climate-bus"]},
        });
        assert_eq!(config, expected);
        assert_eq!(packed.manifest.config.media_type, "application/vnd.wasm.config.v0+json");
        assert_eq!(packed.manifest.layers[0].media_type, "application/wasm");
    }
}
