//! Whether the toolchain has the standard library for a target.

use std::path::PathBuf;
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

/// Asks the compiler that will build the crate, before cargo fails in the
/// middle of the first dependency.
pub(super) fn require(package: &Package) -> Result<(), BuildError> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let shown = rustc.to_string_lossy().into_owned();
    let output = Command::new(&rustc)
        .args(["--print", "sysroot"])
        .current_dir(&package.directory)
        .output()
        .map_err(|source| BuildError::NoProgram { program: shown.clone(), source })?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
        return Err(BuildError::Sysroot { rustc: shown, output });
    }
    let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end());
    has(package, sysroot)
}

fn has(package: &Package, sysroot: PathBuf) -> Result<(), BuildError> {
    if sysroot.join("lib/rustlib").join(package.target).join("lib").is_dir() {
        return Ok(());
    }
    let target = package.target.to_owned();
    let directory = package.directory.clone();
    Err(MissingTarget { target, sysroot, directory }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toolchain_without_the_target_is_told_before_cargo_runs() {
        let sysroot = tempfile::tempdir().unwrap();
        let package = Package {
            name: "climate".into(),
            manifest: "climate/Cargo.toml".into(),
            directory: "climate".into(),
            workspace: ".".into(),
            target_dir: "target".into(),
            is_app: false,
            target: "wasm32-unknown-unknown",
        };
        let error = has(&package, sysroot.path().to_owned()).unwrap_err();
        let BuildError::MissingTarget(missing) = &error else { panic!("{error}") };
        assert_eq!(missing.target, "wasm32-unknown-unknown");
        let help = error.help().unwrap().to_string();
        assert_eq!(help, "run `rustup target add wasm32-unknown-unknown` in climate");

        let library = sysroot.path().join("lib/rustlib/wasm32-unknown-unknown/lib");
        std::fs::create_dir_all(library).unwrap();
        has(&package, sysroot.path().to_owned()).unwrap();
    }
}
