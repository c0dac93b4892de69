//! What is published.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use periplasm_compose::{Lock, SourceReport, StageKind, build_stage};
use periplasm_publish::About;
use periplasm_registry::artifact::MAX_LAYER_BYTES;
use periplasm_registry::wit;

use crate::cargo::shown;
use crate::commands::compose::{BuildOptions, compose};
use crate::error::{Error, Result};
use crate::remote::RemoteError;
use crate::steps::{Step, size};
use crate::toolchain;

/// Where it comes from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The manifest of a pipeline.
    Pipeline(PathBuf),
    /// The folder of a crate.
    Crate(PathBuf),
    /// A component's file.
    Wasm(PathBuf),
    /// The folder of a WIT package.
    Wit(PathBuf),
}

/// What it is.
pub(super) struct Given {
    /// For a file's name.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) about: About,
    /// Where it was built, if it was.
    pub(super) folder: Option<PathBuf>,
    /// What it was composed of, if it was.
    pub(super) lock: Option<Lock>,
}

impl Source {
    /// What `path` means.
    pub(super) fn of(path: &Path, wit: bool) -> Result<Self> {
        let path = path.to_owned();
        if path.is_file() {
            let is_manifest = path.extension().is_some_and(|extension| extension == "toml");
            return Ok(if is_manifest { Self::Pipeline(path) } else { Self::Wasm(path) });
        }
        if !wit && path.join("pipeline.toml").is_file() {
            return Ok(Self::Pipeline(path.join("pipeline.toml")));
        }
        if !wit && path.join("Cargo.toml").is_file() {
            return Ok(Self::Crate(path));
        }
        let is_wit = |entry: std::fs::DirEntry| {
            entry.path().extension().is_some_and(|extension| extension == "wit")
        };
        let mut entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
        if wit || entries.any(is_wit) {
            return Ok(Self::Wit(path));
        }
        let found = if path.is_dir() { "nothing in it can be published" } else { "is not there" };
        Err(Error::Input {
            path,
            found: found.into(),
            help: "name a folder with a pipeline.toml, a Cargo.toml or WIT, or a component's file"
                .into(),
        })
    }

    /// Builds or reads it.
    pub(super) fn get(&self, options: &BuildOptions) -> Result<Given> {
        match self {
            Self::Pipeline(manifest) => pipeline(manifest, options),
            Self::Crate(folder) => {
                toolchain::ensure_targets()?;
                let about = About::of_crate(folder).map_err(RemoteError::from)?;
                let name = about.title.clone().unwrap_or_default();
                let step = Step::start("build");
                step.detail(&name);
                let bytes = build_stage(folder, &options.into())?.into_bytes();
                step.done(format!("{}  {}", shown(folder), size(bytes.len())));
                Ok(Given { name, bytes, about, folder: Some(folder.clone()), lock: None })
            }
            Self::Wasm(path) => {
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let about = About { title: Some(name.clone()), ..About::default() };
                Ok(Given { name, bytes: read(path)?, about, folder: None, lock: None })
            }
            Self::Wit(folder) => {
                let package = wit::encode(folder).map_err(RemoteError::from)?;
                let about = About::of_wit(&package).revision_of(folder);
                let (name, bytes) = (package.name.name, package.bytes);
                Ok(Given { name, bytes, about, folder: None, lock: None })
            }
        }
    }
}

/// Composes it. Its app says what it is; without one, its first crate.
fn pipeline(manifest: &Path, options: &BuildOptions) -> Result<Given> {
    let (composed, _) = compose(manifest, None, options)?;
    let report = composed.report;
    let folder = manifest.parent().unwrap_or(Path::new(""));
    let crate_of = |stage: &periplasm_compose::StageReport| match &stage.source {
        Some(SourceReport::Crate(path)) => Some(folder.join(path)),
        _ => None,
    };
    let app = report.stages.iter().filter(|stage| stage.kind == StageKind::App).find_map(crate_of);
    let about = match app.or_else(|| report.stages.iter().find_map(crate_of)) {
        Some(folder) => About::of_crate(&folder).map_err(RemoteError::from)?,
        None => About::default(),
    };
    let about = About { title: Some(report.pipeline.clone()), ..about.revision_of(folder) };
    // What others can ask for by a digest, its publisher can make again.
    composed.lock.write(&Lock::beside(manifest))?;
    Ok(Given {
        name: report.pipeline,
        bytes: composed.component,
        about,
        folder: Some(folder.to_owned()),
        lock: Some(composed.lock),
    })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let fail = |found: String| Error::Input {
        path: path.to_owned(),
        found,
        help: "name a component that you may read".into(),
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| fail(error.to_string()))?;
    // One more than is taken: the artifact says how many are too many.
    let read = file.take(MAX_LAYER_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| fail(error.to_string()))?;
    Ok(bytes)
}
