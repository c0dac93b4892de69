//! `cargo xtask build`

use std::path::{Path, PathBuf};

use periplasm_compose::{Options, build_stage};

use super::compose::BuildOptions;
use crate::cargo::{manifest, root, shown, target_dir, workspaces};
use crate::error::{Error, Result};
use crate::steps::{Step, size};
use crate::toolchain;

/// Build drivers and apps into components, in target/components.
///
/// Without a crate it builds all that the project has, one by one.
#[derive(clap::Args)]
pub(crate) struct Build {
    /// The folder of a crate, or the name of one in `drivers` or `drivers/usb`.
    crates: Vec<PathBuf>,
    #[command(flatten)]
    build: BuildOptions,
}

impl Build {
    pub(crate) fn run(self) -> Result<u8> {
        toolchain::ensure_targets()?;
        let crates = if self.crates.is_empty() {
            all()?
        } else {
            self.crates.iter().map(|c| folder(c)).collect::<Result<_>>()?
        };
        build(crates, &self.build).map(|_| 0)
    }
}

/// Builds everything that a plain `cargo xtask build` does, and gives the files.
pub(crate) fn all_components() -> Result<Vec<PathBuf>> {
    toolchain::ensure_targets()?;
    build(all()?, &BuildOptions::default())
}

/// Builds the one that `name` means, and gives the file.
pub(crate) fn component(name: &str) -> Result<PathBuf> {
    toolchain::ensure_targets()?;
    let folder = folder(Path::new(name))?;
    let file = build(vec![folder.clone()], &BuildOptions::default())?.pop();
    file.ok_or_else(|| Error::Input {
        path: folder,
        found: "no component was built".into(),
        help: "build it with `cargo xtask build`".into(),
    })
}

fn build(crates: Vec<PathBuf>, options: &BuildOptions) -> Result<Vec<PathBuf>> {
    let output = target_dir()?.join("components");
    std::fs::create_dir_all(&output)
        .map_err(|source| Error::Write { path: output.clone(), source })?;
    let options = Options::from(options);
    let mut files = Vec::new();
    for folder in crates {
        let name = shown(&folder);
        let step = Step::start("build");
        step.detail(&name);
        let stage = build_stage(&folder, &options)?;
        let file = output.join(format!("{}.wasm", package(&folder)?));
        stage.write(&file)?;
        let kind = stage.kind().as_str();
        step.done(format!("{kind:6}  {:>8}  {}", size(stage.bytes().len()), shown(&file)));
        files.push(file);
    }
    Ok(files)
}

/// The manifests of the example pipelines.
pub(crate) fn manifests() -> Result<Vec<PathBuf>> {
    let folders = folders_in(&root().join("compose/pipelines"))?;
    let manifests = folders.into_iter().map(|folder| folder.join("pipeline.toml"));
    Ok(manifests.filter(|manifest| manifest.is_file()).collect())
}

/// Every crate in `drivers` and in its workspaces, and every app of
/// `compose/pipelines`, by name.
fn all() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in driver_folders() {
        found.extend(crates_in(&folder)?);
    }
    for pipeline in folders_in(&root().join("compose/pipelines"))? {
        found.extend(crates_in(&pipeline)?);
    }
    Ok(found)
}

/// `drivers`, and the workspaces in it.
fn driver_folders() -> Vec<PathBuf> {
    let drivers = root().join("drivers");
    let nested = workspaces().into_iter().filter(|folder| folder.starts_with(&drivers));
    [drivers.clone()].into_iter().chain(nested).collect()
}

fn crates_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let folders = folders_in(folder)?;
    Ok(folders.into_iter().filter(|f| is_crate(f)).collect())
}

/// Whether there is a package, be it a broken one, and not a workspace alone.
fn is_crate(folder: &Path) -> bool {
    folder.join("Cargo.toml").is_file()
        && manifest(folder).is_none_or(|manifest| manifest.contains_key("package"))
}

fn folders_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = |source: std::io::Error| Error::Input {
        path: folder.to_owned(),
        found: source.to_string(),
        help: "is this a whole checkout?".into(),
    };
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

/// The crate that an argument means.
fn folder(argument: &Path) -> Result<PathBuf> {
    let drivers = driver_folders().into_iter().map(|folder| folder.join(argument));
    if let Some(folder) = [argument.to_owned()].into_iter().chain(drivers).find(|f| is_crate(f)) {
        return Ok(folder);
    }
    Err(Error::Input {
        path: argument.to_owned(),
        found: "no crate here".into(),
        help: "name a folder with a Cargo.toml, or a driver in `drivers`".into(),
    })
}

/// The name of the package in `folder`, which cargo has built already.
fn package(folder: &Path) -> Result<String> {
    let manifest = folder.join("Cargo.toml");
    let wrong = |found: String| Error::Input {
        path: manifest.clone(),
        found,
        help: "a crate's manifest has a [package] with a name".into(),
    };
    let text = std::fs::read_to_string(&manifest).map_err(|e| wrong(e.to_string()))?;
    let manifest: toml::Table = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
    let name = manifest.get("package").and_then(|p| p.get("name")).and_then(|n| n.as_str());
    Ok(name.ok_or_else(|| wrong("no package name".into()))?.to_owned())
}
