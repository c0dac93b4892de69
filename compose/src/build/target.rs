//! Whether the toolchain has the standard library for a target.

use std::path::{Path, PathBuf};
use std::process::Command;

use miette::Diagnostic;

use super::error::BuildError;
use super::package::Package;

/// A toolchain without a target that is needed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
#[error("the toolchain in {} cannot build for {target} yet", sysroot.display())]
#[diagnostic(help("run `rustup target add {target}` in {}", directory.display()))]
pub struct MissingTarget {
    /// The target triple to add.
    pub target: String,
    /// Where the toolchain is.
    pub sysroot: PathBuf,
    /// The crate's folder: rustup chooses the toolchain by it.
    pub directory: PathBuf,
}

/// Which of `targets` the toolchain for `directory` cannot build for. Asks the
/// compiler that cargo would use there.
pub fn missing_targets(
    directory: &Path,
    targets: &[&str],
) -> Result<Vec<MissingTarget>, BuildError> {
    Ok(missing(&sysroot(directory)?, directory, targets))
}

/// The compiler that builds a crate.
pub(super) struct Toolchain {
    /// Where it is.
    pub(super) sysroot: PathBuf,
    /// Which one it is: the commit that it was built from.
    pub(super) commit: String,
}

/// Before cargo fails in the middle of the first dependency.
pub(super) fn require(package: &Package) -> Result<Toolchain, BuildError> {
    let sysroot = sysroot(&package.directory)?;
    match missing(&sysroot, &package.directory, &[package.target]).pop() {
        Some(missing) => Err(missing.into()),
        None => Ok(Toolchain { commit: commit(&package.directory)?, sysroot }),
    }
}

fn sysroot(directory: &Path) -> Result<PathBuf, BuildError> {
    Ok(PathBuf::from(rustc(directory, &["--print", "sysroot"])?.trim_end()))
}

fn commit(directory: &Path) -> Result<String, BuildError> {
    let version = rustc(directory, &["--version", "--verbose"])?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: "));
    // A compiler that somebody built from an archive does not know.
    Ok(commit.unwrap_or("unknown").to_owned())
}

/// What the compiler says in this folder.
fn rustc(directory: &Path, args: &[&str]) -> Result<String, BuildError> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let shown = rustc.to_string_lossy().into_owned();
    let output = Command::new(&rustc)
        .args(args)
        .current_dir(directory)
        .output()
        .map_err(|source| BuildError::NoProgram { program: shown.clone(), source })?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
        return Err(BuildError::Sysroot { rustc: shown, output });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn missing(sysroot: &Path, directory: &Path, targets: &[&str]) -> Vec<MissingTarget> {
    let absent = |target: &&&str| !sysroot.join("lib/rustlib").join(target).join("lib").is_dir();
    let missing = targets.iter().filter(absent).map(|target| MissingTarget {
        target: (*target).to_owned(),
        sysroot: sysroot.to_owned(),
        directory: directory.to_owned(),
    });
    missing.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_targets_that_the_toolchain_lacks_are_told() {
        let sysroot = tempfile::tempdir().unwrap();
        let library = sysroot.path().join("lib/rustlib/wasm32-wasip2/lib");
        std::fs::create_dir_all(library).unwrap();
        let targets = ["wasm32-unknown-unknown", "wasm32-wasip2"];
        let found = missing(sysroot.path(), Path::new("climate"), &targets);
        let [missing] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(missing.target, "wasm32-unknown-unknown");
        let help = missing.help().unwrap().to_string();
        assert_eq!(help, "run `rustup target add wasm32-unknown-unknown` in climate");
    }
}
