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
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let shown = rustc.to_string_lossy().into_owned();
    let output = Command::new(&rustc)
        .args(["--print", "sysroot"])
        .current_dir(directory)
        .output()
        .map_err(|source| BuildError::NoProgram { program: shown.clone(), source })?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
        return Err(BuildError::Sysroot { rustc: shown, output });
    }
    let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end());
    Ok(missing(&sysroot, directory, targets))
}

/// Before cargo fails in the middle of the first dependency.
pub(super) fn require(package: &Package) -> Result<(), BuildError> {
    let mut missing = missing_targets(&package.directory, &[package.target])?;
    missing.pop().map_or(Ok(()), |missing| Err(missing.into()))
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
