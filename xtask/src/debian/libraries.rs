//! The shared libraries of a package's programs: which of them the machine
//! lacks, and where they lie once they are unpacked.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::apt::{Apt, run};
use super::error::DebianError;
use super::search_path;
use crate::steps::Step;

type Result<T> = std::result::Result<T, DebianError>;

/// Those of the C library: one that is not the machine's own does not start.
const NEVER: [&str; 3] = ["libc6", "libc-bin", "libgcc-s1"];

/// Unpacks into `tree` what its programs need beside the machine's libraries.
pub(super) fn complete(
    apt: &Apt,
    package: &str,
    aside: &Path,
    tree: &Path,
    step: &Step,
) -> Result<()> {
    let mut absent = missing(tree)?;
    if absent.is_empty() {
        return Ok(());
    }
    // Programs beside it, such as iptables for skopeo, are of no use here.
    let library = |name: &String| name.starts_with("lib") && !NEVER.contains(&name.as_str());
    for library in apt.lacking(package)?.into_iter().filter(library) {
        step.detail(format!("apt-get download {library}"));
        apt.unpack(&library, aside, tree)?;
        absent = missing(tree)?;
        if absent.is_empty() {
            return Ok(());
        }
    }
    Err(DebianError::Libraries { package: package.into(), missing: absent })
}

/// The names of the libraries that the loader does not find for the programs
/// in `tree`.
fn missing(tree: &Path) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for program in files(&tree.join("usr/bin")).chain(files(&tree.join("usr/sbin"))) {
        let mut ldd = Command::new("ldd");
        ldd.arg(&program).env("LC_ALL", "C");
        if let Some(path) = search_path(&folders(tree)) {
            ldd.env("LD_LIBRARY_PATH", path);
        }
        // A script, or a program without libraries, is not for it.
        let Ok(said) = run(ldd) else { continue };
        let absent = said.lines().filter_map(|line| line.trim().strip_suffix(" => not found"));
        missing.extend(absent.map(str::to_owned));
    }
    missing.sort();
    missing.dedup();
    Ok(missing)
}

/// The folders with libraries in `tree`.
pub(super) fn folders(tree: &Path) -> Vec<PathBuf> {
    let triples = ["usr/lib", "lib"].map(|lib| tree.join(lib));
    let entries = triples.iter().filter_map(|lib| std::fs::read_dir(lib).ok()).flatten().flatten();
    let mut folders: Vec<_> = entries
        .map(|e| e.path())
        .filter(|path| path.is_dir() && path.to_string_lossy().contains("-linux-"))
        .collect();
    folders.sort();
    folders
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|e| e.path()).filter(|path| path.is_file())
}
