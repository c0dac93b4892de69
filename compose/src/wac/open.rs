//! From a path to a manifest, with its `.wac` file if it has one.

use std::path::{Path, PathBuf};

use super::Script;
use super::script::{self, Names};
use crate::manifest::{self, At, Manifest, Text};
use crate::problem::ComposeError;

/// The manifest that `path` means, and the script that wires it, if one does.
/// A `.wac` file is the script of the manifest beside it that names it, or
/// stands alone.
pub(crate) fn open(path: &Path) -> Result<(Text, Manifest, Option<Script>), ComposeError> {
    let path = manifest_of(path);
    if !is_script(&path) {
        return with_manifest(&path);
    }
    let text = Text::read(&path)?;
    let (manifest, script) = alone(&text, &path).map_err(|problems| text.error(problems))?;
    Ok((text, manifest, Some(script)))
}

/// The manifest that a path means: for a `.wac` file, the `pipeline.toml` beside
/// it that names it, if there is one; otherwise the path itself. What belongs to
/// the manifest, such as its lock, is beside that.
pub fn manifest_of(path: &Path) -> PathBuf {
    let beside = path.with_file_name(manifest::FILE_NAME);
    let named = is_script(path) && beside.is_file() && names(&beside, path);
    if named { beside } else { path.to_owned() }
}

fn is_script(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "wac")
}

fn with_manifest(path: &Path) -> Result<(Text, Manifest, Option<Script>), ComposeError> {
    let text = Text::read(path)?;
    let (manifest, script) = read(&text).map_err(|problems| text.error(problems))?;
    Ok((text, manifest, script))
}

type Problems = Vec<crate::problem::Problem>;

fn read(text: &Text) -> Result<(Manifest, Option<Script>), Problems> {
    let mut manifest = manifest::parse(text)?;
    let Some(wac) = manifest.wac.clone() else { return Ok((manifest, None)) };
    let (shown, content) = script::read(text, &wac).map_err(|problem| vec![problem.into()])?;
    let script = Script::new(shown, wac.value, content, &mut manifest, Names::InManifest(wac.at))?;
    Ok((manifest, Some(script)))
}

/// A pipeline without a manifest: all its stages are files.
fn alone(text: &Text, path: &Path) -> Result<(Manifest, Script), Problems> {
    let name = PathBuf::from(path.file_name().unwrap_or_default());
    // Replaced by the name that the file gives itself.
    let pipeline = At::new(String::new(), (0, 0).into());
    let wac = Some(At::new(name.clone(), (0, 0).into()));
    let mut manifest = Manifest {
        name: pipeline,
        stages: Vec::new(),
        exports: Vec::new(),
        chains: Vec::new(),
        wac,
    };
    let script =
        Script::new(path.to_owned(), name, text.as_str().into(), &mut manifest, Names::InScript)?;
    Ok((manifest, script))
}

/// Whether a manifest is wired by this file. If it cannot be read, its errors
/// are those to tell.
fn names(manifest: &Path, wac: &Path) -> bool {
    let Ok(text) = Text::read(manifest) else { return true };
    match manifest::parse(&text) {
        Err(_) => true,
        Ok(manifest) => manifest.wac.is_some_and(|named| {
            let same = text.resolve(&named.value);
            same.canonicalize().ok() == wac.canonicalize().ok()
        }),
    }
}
