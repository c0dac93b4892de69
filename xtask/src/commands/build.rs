//! `cargo xtask build`

use std::path::{Path, PathBuf};

use periplasm_compose::{Options, build_stage};

use super::compose::BuildOptions;
use crate::cargo::{root, shown, target_dir};
use crate::error::{Error, Result};
use crate::steps::{Step, size};
use crate::toolchain;

/// Build drivers and apps into components, in target/components.
///
/// Without a crate it builds all that the project has, one by one.
#[derive(clap::Args)]
pub(crate) struct Build {
    /// The folder of a crate, or the name of one in `drivers`.
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
        let output = target_dir()?.join("components");
        std::fs::create_dir_all(&output)
            .map_err(|source| Error::Write { path: output.clone(), source })?;
        let options = Options::from(&self.build);
        for folder in crates {
            let name = shown(&folder);
            let step = Step::start("build");
            step.detail(&name);
            let stage = build_stage(&folder, &options)?;
            let file = output.join(format!("{}.wasm", package(&folder)?));
            stage.write(&file)?;
            let kind = stage.kind().as_str();
            step.done(format!("{kind:6}  {:>8}  {}", size(stage.bytes().len()), shown(&file)));
        }
        Ok(0)
    }
}

/// Every crate in `drivers` and every app of `compose/pipelines`, by name.
fn all() -> Result<Vec<PathBuf>> {
    let mut found = crates_in(&root().join("drivers"))?;
    for pipeline in folders_in(&root().join("compose/pipelines"))? {
        found.extend(crates_in(&pipeline)?);
    }
    Ok(found)
}

fn crates_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let folders = folders_in(folder)?;
    Ok(folders.into_iter().filter(|f| f.join("Cargo.toml").is_file()).collect())
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
    let driver = root().join("drivers").join(argument);
    for folder in [argument.to_owned(), driver] {
        if folder.join("Cargo.toml").is_file() {
            return Ok(folder);
        }
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
