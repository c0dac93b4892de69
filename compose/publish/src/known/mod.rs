//! What is known of what is published, as documents that go with it: what it is
//! made of, and where it comes from.

mod toolchain;

use std::path::Path;

use periplasm_compose::{Lock, LockedStage, SourceReport};
use periplasm_registry::{Digest, Reference};
use periplasm_trust::Provenance;
use periplasm_trust::provenance::{Input, Revision};
use periplasm_trust::sbom::{SbomAbout, SbomError, sbom};

pub use toolchain::toolchain;

use crate::about::About;
use crate::publish::{Document, Publication};

/// How something that is published was built.
#[derive(Clone, Copy, Debug)]
pub struct Built<'a> {
    /// What was named: a manifest or a crate, as the source has it.
    pub source: &'a Path,
    /// The folder whose toolchain built it; none if it was not built here.
    pub folder: Option<&'a Path>,
    /// The lock of the composition, if it was composed.
    pub lock: Option<&'a Lock>,
}

/// The bill of materials of a publication. `timestamp` is SOURCE_DATE_EPOCH.
pub fn bill(
    publication: &Publication,
    about: &About,
    timestamp: Option<u32>,
) -> Result<Document, SbomError> {
    let about = SbomAbout {
        name: about.title.clone().unwrap_or_else(|| "component".to_owned()),
        version: about.version.as_ref().map(ToString::to_string),
        timestamp,
    };
    Ok(Document::Sbom(sbom(publication.artifact().bytes(), &about)?))
}

/// Where a publication comes from: about the digest that it will have as
/// `reference`.
pub fn provenance(
    publication: &Publication,
    reference: &Reference,
    about: &About,
    built: &Built<'_>,
) -> Document {
    let revision = about.revision.as_deref();
    let mut provenance = Provenance::new()
        .parameter("reference", reference.to_string())
        .parameter("source", file_name(built.source))
        .revision(revision.and_then(|text| Revision::read(text, about.source.as_deref())));
    let component = Digest::of(publication.artifact().bytes());
    provenance = provenance.input(Input::new("component", component));
    if let Some(lock) = built.lock {
        provenance = locked(provenance, lock);
    }
    for (tool, version) in built.folder.map(toolchain).unwrap_or_default() {
        provenance = provenance.version(tool, version);
    }
    let repository = reference.repository.to_string();
    let statement = provenance.about(publication.digest(), &repository);
    Document::Provenance(statement.to_json())
}

/// All that the lock has.
fn locked(provenance: Provenance, lock: &Lock) -> Provenance {
    let text = Digest::of(lock.to_string().as_bytes());
    let mut provenance = provenance.input(Input::new("pipeline.lock", text));
    for stage in &lock.stages {
        if let Some(input) = stage_input(stage) {
            provenance = provenance.input(input);
        }
        for (part, digest) in &stage.with {
            if let Ok(digest) = digest.parse() {
                let input = Input::new(format!("{part} in stage:{}", stage.name), digest);
                provenance = provenance.input(input);
            }
        }
    }
    for package in &lock.packages {
        if let Ok(digest) = package.digest.parse() {
            // Not of a file: of the text that the lock's documentation tells.
            let input = Input::new(format!("wit:{}", package.name), digest);
            provenance = provenance.input(input.note("of", "interfaces as stages see them"));
        }
    }
    provenance
}

fn stage_input(stage: &LockedStage) -> Option<Input> {
    let input = Input::new(format!("stage:{}", stage.name), stage.digest.parse().ok()?);
    Some(match &stage.source {
        SourceReport::Crate(path) => input.note("crate", path.as_str()),
        SourceReport::Wasm(path) => input.note("wasm", path.as_str()),
        SourceReport::Oci { resolved, .. } => input.uri(format!("oci://{resolved}")),
        SourceReport::Package { name, resolved } => {
            input.uri(format!("oci://{resolved}")).note("package", name.as_str())
        }
    })
}

/// The last part of a path: what is before it is of one machine.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_else(|| ".".as_ref()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
