//! Manifests under a tag that is made of a digest: where cosign keeps signatures
//! (`sha256-<digits>.sig`) and attestations (`.att`) of an artifact, each a layer
//! (cosign's SIGNATURE_SPEC, "Discovery").
//!
//! Two who sign one artifact at the same time may lose one signature: registries
//! have no way to change a tag only if it is still what was read.

use std::collections::BTreeMap;

use periplasm_registry::{
    At, Descriptor, Digest, Manifest, Registry, RegistryError, RegistryFault, Repository,
    media_type,
};
use serde::Serialize;

use crate::signature::{MAX_SIGNATURES, SignError};

/// What is kept under such a tag.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Signatures.
    Signatures,
    /// Attestations.
    Attestations,
}

impl Kind {
    fn tag(self, digest: &Digest) -> String {
        let suffix = match self {
            Self::Signatures => "sig",
            Self::Attestations => "att",
        };
        format!("sha256-{}.{suffix}", digest.hex())
    }
}

/// The manifest of what is attached to an artifact, if there is one.
pub(crate) fn read(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
    kind: Kind,
) -> Result<Option<Manifest>, RegistryError> {
    let tag = kind.tag(digest);
    let raw = match registry.manifest(repository, At::Tag(&tag)) {
        Ok(raw) => raw,
        Err(RegistryError { fault: RegistryFault::Missing, .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    serde_json::from_slice(&raw.bytes).map(Some).map_err(|error| RegistryError {
        place: format!("{repository}:{tag}"),
        fault: RegistryFault::Malformed { why: error.to_string() },
    })
}

/// Attaches one more layer, unless it is there. Those that are there stay.
pub(crate) fn append(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
    kind: Kind,
    bytes: &[u8],
    mut layer: Descriptor,
    annotations: BTreeMap<String, String>,
) -> Result<(), SignError> {
    let found = read(registry, repository, digest, kind)?;
    let mut layers = found.map(|manifest| manifest.layers).unwrap_or_default();
    layer.annotations = annotations;
    if layers.contains(&layer) {
        return Ok(());
    }
    if layers.len() >= MAX_SIGNATURES {
        let tag = kind.tag(digest);
        return Err(SignError::TooMany { place: format!("{repository}:{tag}") });
    }
    registry.put_blob(repository, bytes)?;
    layers.push(layer);
    let config = config(&layers);
    registry.put_blob(repository, &config)?;
    let config = Descriptor::of("application/vnd.oci.image.config.v1+json", &config);
    let manifest = Manifest::new(config, layers).to_bytes();
    let tag = kind.tag(digest);
    registry.put_manifest(repository, At::Tag(&tag), media_type::MANIFEST, &manifest)?;
    Ok(())
}

/// The config of an image with these layers (OCI image spec 1.1, "Image
/// Configuration"): some registries and tools look for one. It has no time.
fn config(layers: &[Descriptor]) -> Vec<u8> {
    #[derive(Serialize)]
    struct Config<'a> {
        architecture: &'a str,
        os: &'a str,
        config: BTreeMap<(), ()>,
        rootfs: RootFs<'a>,
    }
    #[derive(Serialize)]
    struct RootFs<'a> {
        r#type: &'a str,
        diff_ids: Vec<&'a Digest>,
    }
    let diff_ids = layers.iter().map(|layer| &layer.digest).collect();
    let rootfs = RootFs { r#type: "layers", diff_ids };
    let config = Config { architecture: "", os: "", config: BTreeMap::new(), rootfs };
    // Strings and an empty map: JSON can say them.
    serde_json::to_vec(&config).unwrap_or_default()
}
