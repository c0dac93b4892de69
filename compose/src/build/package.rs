//! What a crate is: a driver or an app, and for which target.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, TargetKind};

use super::error::BuildError;
use crate::options::Options;

pub(super) const DRIVER_TARGET: &str = "wasm32-unknown-unknown";
pub(super) const APP_TARGET: &str = "wasm32-wasip2";

/// A crate that can be built.
pub(super) struct Package {
    pub(super) name: String,
    pub(super) manifest: PathBuf,
    pub(super) directory: PathBuf,
    pub(super) workspace: PathBuf,
    /// Where cargo puts what it builds.
    pub(super) target_dir: PathBuf,
    pub(super) is_app: bool,
    /// The target triple.
    pub(super) target: &'static str,
    /// Crates of the workspace, with those that only their tests need.
    tests: BTreeSet<(String, String)>,
}

impl Package {
    /// Whether a crate of the workspace needs another one only for its tests.
    pub(super) fn is_only_for_tests(&self, name: &str, needed: &str) -> bool {
        self.tests.contains(&(name.to_owned(), needed.to_owned()))
    }
}

/// The cargo that runs us, or the one in the path.
pub(super) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

pub(super) fn find(directory: &Path, options: &Options) -> Result<Package, BuildError> {
    let no_crate = || BuildError::NoCrate { directory: directory.to_owned() };
    let absolute = directory.canonicalize().map_err(|_| no_crate())?;
    let manifest = absolute.join("Cargo.toml");
    if !manifest.is_file() {
        return Err(no_crate());
    }
    let metadata = metadata(&manifest, options)?;
    let package = metadata.packages.iter().find(|p| p.manifest_path.as_std_path() == manifest);
    let Some(package) = package else { return Err(BuildError::Workspace { manifest }) };

    let name = package.name.to_string();
    let of_kind = |kind: TargetKind| {
        package.targets.iter().filter(move |t| t.kind.contains(&kind)).map(|t| t.name.clone())
    };
    let drivers: Vec<String> = of_kind(TargetKind::CDyLib).collect();
    let apps: Vec<String> = of_kind(TargetKind::Bin).collect();
    let is_app = match (drivers.len(), apps.len()) {
        (1, 0) => false,
        (0, 1) => true,
        (0, 0) => return Err(BuildError::NoTarget { package: name }),
        (_, _) => {
            let libraries = drivers.iter().map(|name| format!("the library `{name}`"));
            let programs = apps.iter().map(|name| format!("the program `{name}`"));
            let names: Vec<String> = libraries.chain(programs).collect();
            let count = names.len();
            return Err(BuildError::SeveralTargets {
                package: name,
                count,
                names: names.join(", "),
            });
        }
    };
    let target = match package.metadata.pointer("/periplasm/target") {
        None if is_app => APP_TARGET,
        None => DRIVER_TARGET,
        Some(written) => match written.as_str() {
            Some(DRIVER_TARGET) => DRIVER_TARGET,
            Some(APP_TARGET) => APP_TARGET,
            _ => {
                let target = written.to_string();
                return Err(BuildError::UnsupportedTarget { package: name, target });
            }
        },
    };
    let target_dir = match &options.target_dir {
        Some(chosen) => std::path::absolute(chosen).unwrap_or_else(|_| chosen.clone()),
        None => metadata.target_directory.clone().into_std_path_buf(),
    };
    let workspace = metadata.workspace_root.clone().into_std_path_buf();
    let (directory, tests) = (absolute, tests(&metadata));
    Ok(Package { name, manifest, directory, workspace, target_dir, is_app, target, tests })
}

/// Cargo.lock tells these from others by nothing.
fn tests(metadata: &Metadata) -> BTreeSet<(String, String)> {
    let mut tests = BTreeSet::new();
    for package in &metadata.packages {
        let needs = |name: &str, tests: bool| {
            let mut needs = package.dependencies.iter().filter(|needed| needed.name == name);
            needs.any(|needed| (needed.kind == DependencyKind::Development) == tests)
        };
        for needed in package.dependencies.iter().map(|needed| &needed.name) {
            if needs(needed, true) && !needs(needed, false) {
                tests.insert((package.name.to_string(), needed.clone()));
            }
        }
    }
    tests
}

fn metadata(manifest: &Path, options: &Options) -> Result<Metadata, BuildError> {
    let cargo = cargo();
    let mut command = MetadataCommand::new();
    command.cargo_path(PathBuf::from(&cargo)).manifest_path(manifest).no_deps();
    if let Some(directory) = manifest.parent() {
        command.current_dir(directory);
    }
    // A relative one is meant from where we were called, not from each crate.
    if let Some(chosen) = std::env::var_os("CARGO_TARGET_DIR")
        && let Ok(chosen) = std::path::absolute(chosen)
    {
        command.env("CARGO_TARGET_DIR", chosen);
    }
    if options.offline {
        command.other_options(["--offline".to_owned()]);
    }
    command.exec().map_err(|error| match error {
        cargo_metadata::Error::Io(source) => {
            BuildError::NoProgram { program: cargo.to_string_lossy().into_owned(), source }
        }
        cargo_metadata::Error::CargoMetadata { stderr } => {
            BuildError::Metadata { manifest: manifest.to_owned(), output: stderr.trim_end().into() }
        }
        other => BuildError::Metadata { manifest: manifest.to_owned(), output: other.to_string() },
    })
}
