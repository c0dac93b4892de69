//! Who depends on whom: Cargo.lock.

use std::path::Path;

use auditable_serde::Source;
use semver::Version;
use serde::Deserialize;

use super::id::{Id, source};

/// A Cargo.lock. Empty if it cannot be read: the crates are then listed without
/// saying who needs whom.
#[derive(Default, Deserialize)]
pub(super) struct Locked {
    #[serde(default, rename = "package")]
    packages: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: Version,
    source: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

/// A dependency as Cargo.lock names it: with no more than is needed to tell it
/// from others.
pub(super) struct Needed {
    pub(super) name: String,
    version: Option<Version>,
    source: Option<Source>,
}

impl Locked {
    pub(super) fn read(workspace: &Path) -> Self {
        let path = workspace.join("Cargo.lock");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        toml::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, path = %path.display(), "cannot be read");
            Self::default()
        })
    }

    /// All that a package depends on, in any build: tests and other targets too.
    pub(super) fn dependencies(&self, id: &Id) -> impl Iterator<Item = Needed> {
        let is = |entry: &&Entry| {
            // A git source ends with the commit here, so only its kind is told.
            let of = source(entry.source.as_deref());
            entry.name == id.name && entry.version == id.version && of == id.source
        };
        let found = self.packages.iter().find(is);
        found.into_iter().flat_map(|entry| &entry.dependencies).map(|text| Needed::read(text))
    }
}

impl Needed {
    /// `name`, `name version`, or `name version (source)`.
    fn read(text: &str) -> Self {
        let mut words = text.splitn(3, ' ');
        let name = words.next().unwrap_or_default().to_owned();
        let version = words.next().and_then(|version| version.parse().ok());
        let of = words.next().map(|of| of.trim_matches(['(', ')']));
        Self { name, version, source: of.map(|of| source(Some(of))) }
    }

    pub(super) fn is(&self, id: &Id) -> bool {
        self.name == id.name
            && self.version.as_ref().is_none_or(|version| *version == id.version)
            && self.source.as_ref().is_none_or(|source| *source == id.source)
    }
}
