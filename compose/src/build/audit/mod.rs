//! The section `.dep-v0`: which crates a stage was built from.
//!
//! The form is cargo-auditable's, so that its readers know it: JSON
//! (`auditable_serde::VersionInfo`, format 1), compressed with zlib. What is in
//! it is more exact than what `cargo metadata` says, which unifies the features
//! of a workspace: the crates are those that cargo named while it built this
//! one, what was compiled for the stage's target is `runtime`, and all else
//! (build scripts, macros, and what they need) is `build`. Who depends on whom
//! is in Cargo.lock.
//!
//! The section comes first in the component, before its modules: readers stop
//! at the end of the first module. Sixty crates, most of them behind macros, are
//! 0.9 KB.

mod id;
mod locked;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use auditable_serde::{DependencyKind, Package as Audited, VersionInfo};
use cargo_metadata::Artifact;
use miniz_oxide::deflate::compress_to_vec_zlib;
use wasm_encoder::{CustomSection, Encode, Section};
use wasmparser::{Parser, Payload};

use super::cargo::PROFILE_NAME;
use super::package::Package;
use id::Id;
use locked::Locked;

/// What readers look for.
pub(crate) const SECTION: &str = ".dep-v0";

/// The data source as readers know it: macros are build-time dependencies
/// (auditable-serde, `VersionInfo::format`).
const FORMAT: u32 = 1;

/// How hard zlib tries: cargo-auditable's own choice.
const LEVEL: u8 = 7;

/// The bytes before the first section: magic, version and layer.
const HEADER: usize = 8;

/// The component with the section in it. As it is, if it has one already: then
/// it was built with cargo-auditable.
pub(super) fn put_in(component: Vec<u8>, package: &Package, artifacts: &[Artifact]) -> Vec<u8> {
    if has_section(&component) {
        return component;
    }
    let Some(data) = data(package, artifacts) else { return component };
    let (header, rest) = component.split_at(HEADER.min(component.len()));
    let mut made = header.to_vec();
    let section = CustomSection { name: Cow::Borrowed(SECTION), data: Cow::Owned(data) };
    made.push(section.id());
    section.encode(&mut made);
    made.extend_from_slice(rest);
    made
}

/// Whether there is such a section, at any depth.
fn has_section(component: &[u8]) -> bool {
    Parser::new(0).parse_all(component).map_while(Result::ok).any(
        |payload| matches!(payload, Payload::CustomSection(section) if section.name() == SECTION),
    )
}

fn data(package: &Package, artifacts: &[Artifact]) -> Option<Vec<u8>> {
    let info = VersionInfo { packages: packages(package, artifacts), format: FORMAT };
    match serde_json::to_vec(&info) {
        Ok(json) => Some(compress_to_vec_zlib(&json, LEVEL)),
        Err(error) => {
            tracing::warn!(%error, "the stage's crates cannot be listed");
            None
        }
    }
}

/// The crates that were built, sorted, each with the indices of those that it
/// depends on.
fn packages(package: &Package, artifacts: &[Artifact]) -> Vec<Audited> {
    let mut kinds: BTreeMap<Id, DependencyKind> = BTreeMap::new();
    let mut root = None;
    for artifact in artifacts {
        let Some(id) = Id::parse(&artifact.package_id.repr) else { continue };
        if artifact.manifest_path.as_std_path() == package.manifest {
            root = Some(id.clone());
        }
        let kind = kind(package, artifact);
        // `Build` is less than `Runtime`.
        let known = kinds.entry(id).or_insert(kind);
        *known = kind.max(*known);
    }
    let locked = Locked::read(&package.workspace);
    let ids: Vec<Id> = kinds.keys().cloned().collect();
    let audited = kinds.into_iter().map(|(id, kind)| {
        let needs: BTreeSet<usize> = locked
            .dependencies(&id)
            .filter(|needed| !package.is_only_for_tests(&id.name, &needed.name))
            .filter_map(|needed| ids.iter().position(|id| needed.is(id)))
            .collect();
        Audited {
            root: root.as_ref() == Some(&id),
            name: id.name,
            version: id.version,
            source: id.source,
            kind,
            dependencies: needs.into_iter().collect(),
        }
    });
    audited.collect()
}

/// What was compiled for the target lies in `<target>/<profile>`; the rest was
/// compiled for this machine.
fn kind(package: &Package, artifact: &Artifact) -> DependencyKind {
    let is_there = |file: &cargo_metadata::camino::Utf8PathBuf| {
        let folders: Vec<&str> = file.iter().collect();
        folders.windows(2).any(|pair| pair == [package.target, PROFILE_NAME])
    };
    match artifact.filenames.iter().any(is_there) {
        true => DependencyKind::Runtime,
        false => DependencyKind::Build,
    }
}
