//! Where a component comes from: an in-toto statement (v1) with the predicate
//! of SLSA provenance (v1).
//!
//! ```text
//! subject                the artifact in a registry, by the digest of its manifest
//! buildDefinition
//!   buildType            BUILD_TYPE: built by compose, as this documentation says
//!   externalParameters   what whoever built it chose: the manifest, the reference
//!   resolvedDependencies the source's revision; each stage, with the digest of its
//!                        component; the lock; the WIT packages
//! runDetails
//!   builder.id           LOCAL_BUILDER, unless whoever builds says otherwise
//!   builder.version      of rustc, cargo and periplasm
//! ```
//!
//! # What it is worth
//!
//! It is a claim of whoever wrote it. Nothing in it is checked by the program
//! that makes it, but the digests of what it has built from; a revision whose
//! files were changed is said to be so, and what is not known is left out. It is
//! believed as far as the signature over it is ([`attest()`](crate::attest())):
//! unsigned, and with [`LOCAL_BUILDER`], it is what SLSA calls build level 1.
//!
//! There is no time and no number of the run in it: the same inputs give the
//! same bytes.

mod input;

use std::collections::BTreeMap;

use periplasm_registry::Digest;
use serde_json::{Map, Value, json};

use crate::statement::Statement;
pub use input::{Input, Revision};

/// The type of the predicate (SLSA 1.0, "Provenance").
pub const PREDICATE_TYPE: &str = "https://slsa.dev/provenance/v1";
/// How it is built: by compose. What the parameters mean is told in
/// [the module's documentation](self).
pub const BUILD_TYPE: &str = "urn:periplasm:compose:v1";
/// The machine of whoever published it, for which nobody else vouches.
pub const LOCAL_BUILDER: &str = "urn:periplasm:builder:local";

/// Where a component comes from, put together piece by piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    builder: String,
    parameters: BTreeMap<String, String>,
    revision: Option<Revision>,
    inputs: Vec<Input>,
    versions: BTreeMap<String, String>,
}

impl Default for Provenance {
    fn default() -> Self {
        Self::new()
    }
}

impl Provenance {
    /// Nothing is known, but that it was built by [`LOCAL_BUILDER`].
    pub fn new() -> Self {
        Self {
            builder: LOCAL_BUILDER.to_owned(),
            parameters: BTreeMap::new(),
            revision: None,
            inputs: Vec::new(),
            versions: BTreeMap::new(),
        }
    }

    /// Who built it, as a URI: a service that others trust to say so.
    #[must_use]
    pub fn builder(mut self, id: impl Into<String>) -> Self {
        self.builder = id.into();
        self
    }

    /// What was chosen from outside: `manifest`, `reference`.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: impl Into<String>) -> Self {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    /// The revision of the source, if it is known.
    #[must_use]
    pub fn revision(mut self, revision: Option<Revision>) -> Self {
        self.revision = revision;
        self
    }

    /// Something that it was built from.
    #[must_use]
    pub fn input(mut self, input: Input) -> Self {
        self.inputs.push(input);
        self
    }

    /// The version of a tool: `rustc`, as it says it itself.
    #[must_use]
    pub fn version(mut self, tool: &str, version: impl Into<String>) -> Self {
        self.versions.insert(tool.to_owned(), version.into());
        self
    }

    /// Says it about the artifact whose manifest has this digest. The name is for
    /// people.
    pub fn about(&self, artifact: &Digest, name: &str) -> Statement {
        let mut builder = Map::new();
        builder.insert("id".to_owned(), self.builder.as_str().into());
        if !self.versions.is_empty() {
            builder.insert("version".to_owned(), json!(self.versions));
        }
        let source = self.revision.iter().map(Revision::to_value);
        let inputs = self.inputs.iter().map(Input::to_value);
        let predicate = json!({
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": self.parameters,
                "resolvedDependencies": source.chain(inputs).collect::<Value>(),
            },
            "runDetails": { "builder": builder },
        });
        Statement::about(artifact, name, PREDICATE_TYPE, predicate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provenance() -> Provenance {
        let revision = Revision {
            repository: Some("https://git.example/weather".to_owned()),
            commit: "1".repeat(40),
            changed: true,
        };
        Provenance::new()
            .parameter("manifest", "weather/pipeline.toml")
            .parameter("reference", "registry.example/weather:1.2.0")
            .revision(Some(revision))
            .input(Input::new("pipeline.lock", Digest::of(b"lock")))
            .input(
                Input::new("stage:climate", Digest::of(b"climate"))
                    .uri("oci://registry.example/climate@sha256:00")
                    .note("kind", "driver"),
            )
            .version("rustc", "rustc 1.95.0")
    }

    #[test]
    fn it_has_the_shape_of_slsa_provenance_1() {
        let artifact = Digest::of(b"artifact");
        let statement = provenance().about(&artifact, "registry.example/weather");
        let value: Value = serde_json::from_slice(&statement.to_json()).unwrap();
        let expected = json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{
                "name": "registry.example/weather",
                "digest": { "sha256": artifact.hex() },
            }],
            "predicateType": "https://slsa.dev/provenance/v1",
            "predicate": {
                "buildDefinition": {
                    "buildType": "urn:periplasm:compose:v1",
                    "externalParameters": {
                        "manifest": "weather/pipeline.toml",
                        "reference": "registry.example/weather:1.2.0",
                    },
                    "resolvedDependencies": [
                        {
                            "name": "source",
                            "uri": "git+https://git.example/weather",
                            "digest": { "gitCommit": "1".repeat(40) },
                            "annotations": { "changed": true },
                        },
                        {
                            "name": "pipeline.lock",
                            "digest": { "sha256": Digest::of(b"lock").hex() },
                        },
                        {
                            "name": "stage:climate",
                            "uri": "oci://registry.example/climate@sha256:00",
                            "digest": { "sha256": Digest::of(b"climate").hex() },
                            "annotations": { "kind": "driver" },
                        },
                    ],
                },
                "runDetails": {
                    "builder": {
                        "id": "urn:periplasm:builder:local",
                        "version": { "rustc": "rustc 1.95.0" },
                    },
                },
            },
        });
        assert_eq!(value, expected);
        assert_eq!(statement.digests().collect::<Vec<_>>(), [artifact]);
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let statement = Provenance::new().builder("urn:b").about(&Digest::of(b""), "");
        let predicate = statement.predicate();
        let expected = json!({
            "buildDefinition": {
                "buildType": BUILD_TYPE, "externalParameters": {}, "resolvedDependencies": [],
            },
            "runDetails": { "builder": { "id": "urn:b" } },
        });
        assert_eq!(*predicate, expected);
    }

    #[test]
    fn a_revision_is_read_as_git_shows_it() {
        let commit = "a".repeat(40);
        let read = |text: &str| Revision::read(text, None).map(|read| (read.commit, read.changed));
        assert_eq!(read(&commit), Some((commit.clone(), false)));
        assert_eq!(read(&format!("{commit}-dirty")), Some((commit, true)));
        assert_eq!(read("main"), None);
        assert_eq!(read(""), None);
    }
}
