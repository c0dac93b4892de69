//! From Cargo.toml.

use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use super::{About, AboutError, git};

impl About {
    /// What the crate in `folder` says of itself, with the revision of its
    /// source, where git knows one.
    pub fn of_crate(folder: &Path) -> Result<Self, AboutError> {
        let fail = |why: String| AboutError { folder: folder.to_owned(), why };
        let manifest = std::path::absolute(folder)
            .and_then(|folder| folder.canonicalize())
            .map_err(|error| fail(error.to_string()))?
            .join("Cargo.toml");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let metadata = MetadataCommand::new()
            .cargo_path(PathBuf::from(cargo))
            .manifest_path(&manifest)
            .no_deps()
            .exec()
            .map_err(|error| fail(error.to_string()))?;
        let of_folder = |package: &&cargo_metadata::Package| package.manifest_path == manifest;
        let package = metadata.packages.iter().find(of_folder);
        let package = package.ok_or_else(|| fail("its Cargo.toml has no package".to_owned()))?;
        Ok(Self {
            title: Some(package.name.to_string()),
            description: package.description.clone(),
            licenses: package.license.clone(),
            source: package.repository.clone(),
            url: package.homepage.clone(),
            documentation: package.documentation.clone(),
            authors: package.authors.clone(),
            version: Some(package.version.clone()),
            revision: git::revision(folder),
        })
    }

    /// The same with the revision of what is in `folder`.
    #[must_use]
    pub fn revision_of(mut self, folder: &Path) -> Self {
        self.revision = git::revision(folder);
        self
    }
}
