//! What a component is made of, from its bytes alone: CycloneDX 1.5, in JSON.
//!
//! A composed pipeline has its stages inside, and a stage that was built from a
//! crate has the list of its crates, in cargo-auditable's section `.dep-v0`.
//! From these comes one list:
//!
//! - the pipeline (`metadata.component`), which depends on its stages;
//! - each stage with the digest of its component, which depends on its crate. A
//!   stage without a list is said to be so, in a property and as a composition
//!   that is `unknown`;
//! - each crate once, with its `purl` if it is from crates.io. Its `scope` is
//!   `required`, or `excluded` if all stages used it only while they were built.
//!   Which stages have it its properties say. It depends on all that it depends
//!   on in any of them.
//!
//! The same component gives the same bytes: the serial number is made of its
//! digest, and there is no time in it unless one is given.
//!
//! What the lists say is a claim of whoever built the stage. They are checked as
//! everything from a registry is: [`SectionFault`] says for what.

mod crates;
mod document;
mod error;
mod parts;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat};
use periplasm_registry::Digest;

pub use error::{SbomError, SectionFault};

use crates::{Crate, Scope};
use document::{Component, Composition, Dependency, Document, Property};
use parts::Part;

/// The media type of what [`sbom()`] makes, and its artifact type as a referrer.
pub const MEDIA_TYPE: &str = "application/vnd.cyclonedx+json";

/// What a component's bytes do not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SbomAbout {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// When the list was made, in seconds since 1970: SOURCE_DATE_EPOCH
    /// (reproducible-builds.org), and otherwise nothing.
    pub timestamp: Option<u32>,
}

/// Names of properties: those of this project.
const CRATES: &str = "periplasm:crates";
const STAGE: &str = "periplasm:stage";
const SOURCE: &str = "periplasm:source";

/// The bill of materials of a component, as JSON.
pub fn sbom(component: &[u8], about: &SbomAbout) -> Result<Vec<u8>, SbomError> {
    let parts = parts::read(component, &about.name)?;
    let digest = Digest::of(component);
    let mut list = List::default();
    for part in &parts {
        list.add(part)?;
    }
    let stages = parts.iter().map(stage);
    let crates = list.crates.iter().map(|(id, crate_)| crate_.component(id));
    let mut dependencies = vec![Dependency {
        on: parts.iter().map(|part| part.reference()).collect(),
        of: PIPELINE.to_owned(),
    }];
    dependencies.extend(parts.iter().map(|part| Dependency {
        on: list.roots.get(&part.name).into_iter().flatten().cloned().collect(),
        of: part.reference(),
    }));
    dependencies.extend(list.crates.iter().map(|(id, crate_)| Dependency {
        on: crate_.needs.iter().cloned().collect(),
        of: id.clone(),
    }));
    let unknown: Vec<String> =
        parts.iter().filter(|part| part.sections.is_empty()).map(Part::reference).collect();
    let document = Document {
        serial: serial(&digest),
        timestamp: about.timestamp.and_then(timestamp),
        pipeline: Component {
            name: about.name.clone(),
            version: about.version.clone(),
            digest: Some(digest),
            ..Component::application(PIPELINE)
        },
        components: stages.chain(crates).collect(),
        dependencies,
        compositions: if unknown.is_empty() {
            Vec::new()
        } else {
            vec![Composition { aggregate: "unknown", dependencies: unknown }]
        },
    };
    Ok(document.to_json())
}

/// What everything else is a part of.
const PIPELINE: &str = "pipeline";

fn stage(part: &Part<'_>) -> Component {
    let listed = if part.sections.is_empty() { "unknown" } else { "listed" };
    Component {
        name: part.name.clone(),
        digest: Some(part.digest.clone()),
        properties: vec![Property { name: CRATES, value: listed.to_owned() }],
        ..Component::application(part.reference())
    }
}

/// All crates, by what identifies them.
#[derive(Default)]
struct List {
    crates: BTreeMap<String, Listed>,
    /// The crates that stages were built from.
    roots: BTreeMap<String, BTreeSet<String>>,
}

struct Listed {
    name: String,
    version: String,
    source: String,
    scope: Scope,
    stages: BTreeSet<String>,
    needs: BTreeSet<String>,
}

impl List {
    fn add(&mut self, part: &Part<'_>) -> Result<(), SbomError> {
        for section in &part.sections {
            let crates = crates::read(section)
                .map_err(|fault| SbomError::Section { stage: part.name.clone(), fault })?;
            let ids: Vec<String> = crates.iter().map(Crate::id).collect();
            for (id, one) in ids.iter().zip(&crates) {
                if one.root {
                    self.roots.entry(part.name.clone()).or_default().insert(id.clone());
                }
                let listed = self.crates.entry(id.clone()).or_insert_with(|| Listed {
                    name: one.name.clone(),
                    version: one.version.clone(),
                    source: one.source.clone(),
                    scope: one.scope,
                    stages: BTreeSet::new(),
                    needs: BTreeSet::new(),
                });
                listed.scope = listed.scope.max(one.scope);
                listed.stages.insert(part.name.clone());
                listed.needs.extend(one.needs.iter().filter_map(|n| ids.get(*n).cloned()));
            }
        }
        Ok(())
    }
}

impl Listed {
    fn component(&self, id: &str) -> Component {
        let source = [Property { name: SOURCE, value: self.source.clone() }];
        let stages = self.stages.iter().map(|stage| Property { name: STAGE, value: stage.clone() });
        Component {
            name: self.name.clone(),
            version: Some(self.version.clone()),
            purl: id.starts_with("pkg:").then(|| id.to_owned()),
            scope: Some(match self.scope {
                Scope::Build => "excluded",
                Scope::Runtime => "required",
            }),
            properties: source.into_iter().chain(stages).collect(),
            ..Component::library(id)
        }
    }
}

/// A UUID of version 8 (RFC 9562, section 5.8) with the first bits of a digest.
fn serial(digest: &Digest) -> String {
    let hex = digest.hex();
    let variant = match hex.as_bytes()[16] {
        b'0' | b'4' | b'8' | b'c' => '8',
        b'1' | b'5' | b'9' | b'd' => '9',
        b'2' | b'6' | b'a' | b'e' => 'a',
        _ => 'b',
    };
    let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32]);
    format!("urn:uuid:{a}-{b}-8{c}-{variant}{d}-{e}")
}

fn timestamp(seconds: u32) -> Option<String> {
    let time = DateTime::from_timestamp(i64::from(seconds), 0)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests;
