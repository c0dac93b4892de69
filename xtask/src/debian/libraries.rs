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

/// Where programs are in a package; a compiler keeps its own below `gcc-cross`.
const PROGRAMS: [&str; 5] = ["usr/bin", "usr/sbin", "bin", "sbin", "usr/lib/gcc-cross"];

/// Unpacks into `tree` what its programs need beside the machine's libraries.
pub(super) fn complete(
    apt: &Apt,
    packages: &[&str],
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
    let mut offered: Vec<_> = apt.lacking(packages)?.into_iter().filter(library).collect();
    // Libraries need others: each turn finds what the last one brought to light.
    while !absent.is_empty() && !offered.is_empty() {
        let (named, rest): (Vec<_>, _) = offered.into_iter().partition(|p| is_of(p, &absent));
        let (turn, rest) = if named.is_empty() { (rest, Vec::new()) } else { (named, rest) };
        apt.unpack(&turn, aside, tree, step)?;
        offered = rest;
        absent = missing(tree)?;
    }
    if absent.is_empty() {
        return Ok(());
    }
    Err(DebianError::Libraries { package: packages.join(", "), missing: absent })
}

/// Whether `package` is called after one of the libraries `absent`, as Debian's
/// policy (8.1) wants it: `libfdt1` has `libfdt.so.1`, and `libusb-1.0-0` has
/// `libusb-1.0.so.0`.
fn is_of(package: &str, absent: &[String]) -> bool {
    // Those that were built anew for longer times are marked.
    let package = package.strip_suffix("t64").unwrap_or(package);
    absent.iter().any(|library| {
        let Some((stem, number)) = library.split_once(".so.") else { return false };
        let stem = stem.to_lowercase().replace('_', "-");
        let dash = if stem.ends_with(|c: char| c.is_ascii_digit()) { "-" } else { "" };
        package == format!("{stem}{dash}{number}")
    })
}

/// The names of the libraries that the loader does not find for the programs
/// in `tree`.
fn missing(tree: &Path) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for program in PROGRAMS.iter().flat_map(|folder| programs(&tree.join(folder))) {
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

/// The programs in `folder` and below: files that may be run, and no links,
/// which would name them twice.
fn programs(folder: &Path) -> Vec<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.metadata() {
            Ok(is) if is.is_dir() => found.extend(programs(&entry.path())),
            Ok(is) if is.is_file() && is.permissions().mode() & 0o111 != 0 => {
                found.push(entry.path());
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn packages_are_called_after_their_libraries() {
        let cases = [
            ("libfdt1", "libfdt.so.1"),
            ("libusb-1.0-0", "libusb-1.0.so.0"),
            ("libnl-route-3-200", "libnl-route-3.so.200"),
            ("libfdt1t64", "libfdt.so.1"),
        ];
        for (package, library) in cases {
            assert!(is_of(package, &[library.to_owned()]), "{package}");
            assert!(!is_of(package, &["libother.so.1".to_owned()]), "{package}");
        }
    }
}
