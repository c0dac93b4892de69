//! Documents that refer to an artifact (OCI image spec 1.1, "Guidelines for
//! Artifact Usage"): a manifest with a subject, an empty config and one layer.

use std::collections::BTreeMap;

use periplasm_registry::artifact::annotation;
use periplasm_registry::{
    Descriptor, Digest, Manifest, Registry, RegistryError, Repository, media_type,
};

/// A document about an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// What it is made of: CycloneDX, in JSON.
    Sbom(Vec<u8>),
    /// Where it comes from: an in-toto statement, in JSON.
    Provenance(Vec<u8>),
}

impl Document {
    /// The word for it.
    pub fn what(&self) -> &'static str {
        match self {
            Self::Sbom(_) => "sbom",
            Self::Provenance(_) => "provenance",
        }
    }

    /// Its media type.
    pub fn media_type(&self) -> &'static str {
        match self {
            Self::Sbom(_) => "application/vnd.cyclonedx+json",
            Self::Provenance(_) => "application/vnd.in-toto+json",
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Sbom(bytes) | Self::Provenance(bytes) => bytes,
        }
    }

    fn file_name(&self) -> &'static str {
        match self {
            Self::Sbom(_) => "sbom.cdx.json",
            Self::Provenance(_) => "provenance.intoto.json",
        }
    }
}

/// Puts a document beside the artifact `subject`.
pub(super) fn attach(
    registry: &dyn Registry,
    repository: &Repository,
    subject: &Descriptor,
    document: &Document,
) -> Result<Digest, RegistryError> {
    const EMPTY: &[u8] = b"{}";
    let mut layer = Descriptor::of(document.media_type(), document.bytes());
    let title = (annotation::TITLE.to_owned(), document.file_name().to_owned());
    layer.annotations = BTreeMap::from([title]);
    let config = Descriptor::of(media_type::EMPTY, EMPTY);
    let mut manifest = Manifest::new(config, vec![layer]);
    manifest.artifact_type = Some(document.media_type().to_owned());
    manifest.subject = Some(subject.clone());
    registry.put_blob(repository, EMPTY)?;
    registry.put_blob(repository, document.bytes())?;
    registry.put_referrer(repository, &manifest)
}
