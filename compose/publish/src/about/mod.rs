//! What is said of an artifact, from where it is said already: a crate's
//! Cargo.toml, the documentation of a WIT package, the revision of the source.

mod error;
mod git;
mod manifest;

use periplasm_registry::artifact::{Artifact, annotation};
use periplasm_registry::wit::WitPackage;

pub use error::AboutError;

/// What people want to know of an artifact. What is not known is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// What it is called.
    pub title: Option<String>,
    /// What it is, in a sentence.
    pub description: Option<String>,
    /// Its licence, as an SPDX expression.
    pub licenses: Option<String>,
    /// Where its source is.
    pub source: Option<String>,
    /// Where more is said of it.
    pub url: Option<String>,
    /// Where its documentation is.
    pub documentation: Option<String>,
    /// Who made it.
    pub authors: Vec<String>,
    /// Its version.
    pub version: Option<semver::Version>,
    /// The revision of its source; with `-dirty` behind it if what was built
    /// differs from that.
    pub revision: Option<String>,
}

impl About {
    /// What a WIT package says of itself.
    pub fn of_wit(package: &WitPackage) -> Self {
        let name = &package.name;
        Self {
            title: Some(format!("{}:{}", name.namespace, name.name)),
            description: package.summary.clone(),
            version: name.version.clone(),
            ..Self::default()
        }
    }

    /// Says it of `artifact`, in annotations.
    #[must_use]
    pub fn annotate(&self, artifact: Artifact) -> Artifact {
        let version = self.version.as_ref().map(ToString::to_string);
        let authors = (!self.authors.is_empty()).then(|| self.authors.join(", "));
        let said = [
            (annotation::TITLE, &self.title),
            (annotation::DESCRIPTION, &self.description),
            (annotation::LICENSES, &self.licenses),
            (annotation::SOURCE, &self.source),
            (annotation::URL, &self.url),
            (annotation::DOCUMENTATION, &self.documentation),
            (annotation::AUTHORS, &authors),
            (annotation::VERSION, &version),
            (annotation::REVISION, &self.revision),
        ];
        let artifact = artifact.author(authors.clone());
        said.into_iter().fold(artifact, |artifact, (key, value)| {
            artifact.annotate(key, value.clone().unwrap_or_default())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_says_it_in_its_manifest() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let about = About::of_crate(folder).unwrap();
        let artifact = Artifact::new(b"\0asm\x0d\0\x01\0".to_vec()).unwrap();
        let artifact = about.annotate(artifact);
        let said = |key| artifact.annotations().get(key).map(String::as_str);
        assert_eq!(said(annotation::TITLE), Some("periplasm-publish"));
        assert_eq!(said(annotation::VERSION), Some(env!("CARGO_PKG_VERSION")));
        assert_eq!(said(annotation::LICENSES), Some("MIT OR Apache-2.0"));
        assert_eq!(said(annotation::DESCRIPTION), Some(env!("CARGO_PKG_DESCRIPTION")));
        // Not known, and so not there.
        assert_eq!(said(annotation::URL), None);
        assert!(About::of_crate(&folder.join("src")).is_err());
    }
}
