//! Documents that refer to an artifact (OCI image spec 1.1, "Guidelines for
//! Artifact Usage"): a manifest with a subject, an empty config and one layer.

use std::collections::BTreeMap;

use periplasm_registry::artifact::annotation;
use periplasm_registry::{
    Descriptor, Digest, Manifest, Registry, RegistryError, Repository, media_type,
};
use periplasm_trust::Statement;

use super::PublishError;

/// What a statement that carries CycloneDX says it is (in-toto attestation
/// framework, "Predicate type: CycloneDX").
const CYCLONEDX: &str = "https://cyclonedx.org/bom";

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

    /// What is signed: the in-toto statement that it is, or one that says it of
    /// the artifact with the digest `about`.
    pub(super) fn statement(&self, about: &Digest) -> Result<Vec<u8>, PublishError> {
        let bytes = match self {
            Self::Provenance(statement) => return Ok(statement.clone()),
            Self::Sbom(bytes) => bytes,
        };
        let predicate = serde_json::from_slice(bytes).map_err(|error| {
            let (what, why) = (self.what(), error.to_string());
            PublishError::Document { what, why }
        })?;
        Ok(Statement::about(about, "", CYCLONEDX, predicate).to_json())
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
