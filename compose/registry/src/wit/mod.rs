//! WIT packages: from a folder to the bytes that are published, the form that
//! `wkg` fetches (a component without code, as `wasm-tools component wit --wasm`
//! writes it).

mod error;
mod folder;

use std::path::Path;

use wit_parser::{Resolve, UnresolvedPackageGroup};

pub use error::WitError;

use crate::package::PackageName;

/// A WIT package, encoded. The same files give the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitPackage {
    /// Its name, with its version.
    pub name: PackageName,
    /// Its documentation's first sentence, if it has any.
    pub summary: Option<String>,
    /// What is published.
    pub bytes: Vec<u8>,
}

/// Encodes the WIT package in the folder `folder`. Packages that it uses are
/// looked for in the folder's `deps`, and in the folders beside it.
pub fn encode(folder: &Path) -> Result<WitPackage, WitError> {
    let main = folder::parse(folder)?;
    let name = &main.main.name;
    let Some(version) = name.version.clone() else {
        return Err(WitError::NoVersion { name: name.to_string() });
    };
    let plain = PackageName {
        namespace: name.namespace.clone(),
        name: name.name.clone(),
        version: Some(version),
    };
    // Names in WIT may say more than names in a registry.
    let name: PackageName = plain.to_string().parse()?;
    let summary = main.main.docs.contents.as_deref().and_then(first_sentence);
    let uses = used(&main, folder)?;

    let failed = |message| WitError::Rejected { folder: folder.to_owned(), message };
    // What is marked unstable stays in it, marked.
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let package = resolve.push_groups(main, uses).map_err(|e| failed(e.to_string()))?;
    let bytes = wit_component::encode(&resolve, package, false)
        .map_err(|error| failed(format!("{error:#}")))?;
    Ok(WitPackage { name, summary, bytes })
}

/// The packages that `main` uses, and those that they use.
fn used(
    main: &UnresolvedPackageGroup,
    folder: &Path,
) -> Result<Vec<UnresolvedPackageGroup>, WitError> {
    let mut candidates = folder::beside(folder)?;
    let (mut found, mut wanted) = (Vec::<UnresolvedPackageGroup>::new(), missing(main));
    while let Some(next) = wanted.pop() {
        if found.iter().any(|group| defines(group, &next)) || defines(main, &next) {
            continue;
        }
        let Some(at) = candidates.iter().position(|group| defines(group, &next)) else {
            return Err(WitError::Missing { package: next, folder: folder.to_owned() });
        };
        let group = candidates.swap_remove(at);
        wanted.extend(missing(&group));
        found.push(group);
    }
    Ok(found)
}

fn missing(group: &UnresolvedPackageGroup) -> Vec<String> {
    let packages = [&group.main].into_iter().chain(&group.nested);
    packages.flat_map(|package| package.foreign_deps.keys().map(ToString::to_string)).collect()
}

fn defines(group: &UnresolvedPackageGroup, package: &str) -> bool {
    [&group.main].into_iter().chain(&group.nested).any(|one| one.name.to_string() == package)
}

fn first_sentence(text: &str) -> Option<String> {
    let paragraph = text.split("\n\n").next()?.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = paragraph.find(". ").map_or(paragraph.len(), |end| end + 1);
    (end > 0).then(|| paragraph[..end].to_owned())
}

#[cfg(test)]
mod tests;
