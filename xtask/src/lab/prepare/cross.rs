//! The host, compiled for a machine.
//!
//! Rust links it itself (rust-lld, and the C library that comes with the
//! target); parts that are C and assembler, in ring, need a C compiler: of a
//! machine of another architecture Debian's cross compiler.

use std::path::{Path, PathBuf};

use super::error::PrepareError;
use super::files::write_program;
use crate::cargo::{cargo, quiet, root, shown, target_dir};
use crate::debian::{Tool, own_architecture};
use crate::error::Result;
use crate::lab::machine::Machine;
use crate::steps::Step;
use crate::toolchain;

/// The profile of the root's manifest that the host is built with.
const PROFILE: &str = "lab";

/// The package of the programs that measure beside the host.
const NATIVE: &str = "tests/lab/overhead";

/// The names of the packages of the cross compiler for `machine`; none where the
/// machine is of this computer's architecture.
pub(super) fn packages(machine: Machine) -> Result<Option<Vec<String>>> {
    let (target, architecture, own) =
        (machine.target(), machine.architecture(), own_architecture());
    match (own, gnu(architecture)) {
        (own, _) if own == architecture => Ok(None),
        ("amd64" | "arm64", Some(gnu)) => {
            // In names of packages there is no underscore.
            let gnu = gnu.replace('_', "-");
            Ok(Some(vec![
                format!("gcc-12-{gnu}"),
                format!("cpp-12-{gnu}"),
                format!("binutils-{gnu}"),
                format!("libc6-dev-{architecture}-cross"),
                format!("linux-libc-dev-{architecture}-cross"),
                format!("libgcc-12-dev-{architecture}-cross"),
            ]))
        }
        _ => Err(PrepareError::Cross { own, target }.into()),
    }
}

/// The C compiler's name of an architecture.
fn gnu(architecture: &str) -> Option<&'static str> {
    match architecture {
        "arm64" => Some("aarch64-linux-gnu"),
        "amd64" => Some("x86_64-linux-gnu"),
        _ => None,
    }
}

/// Where programs are that were built before, elsewhere: in a folder a target.
const BUILT: &str = "PERIPLASM_LAB_PROGRAMS";

/// Builds the programs for `machine` and gives where they are. `compiler` is the
/// folder of the cross compiler, if one is needed.
pub(super) fn programs(machine: Machine, compiler: Option<&Path>) -> Result<Vec<PathBuf>> {
    let target = machine.target();
    if let Some(built) = std::env::var_os(BUILT) {
        return Ok(built_before(&Path::new(&built).join(target))?);
    }
    toolchain::ensure(&[target])?;
    let step = Step::start("host");
    let mut names = vec!["periplasm"];
    let mut build = cargo(["build", "--profile", PROFILE, "--target", target]);
    build.args(["--package", "periplasm-host", "--bin", "periplasm"]);
    if root().join(NATIVE).join("Cargo.toml").is_file() {
        names.push("overhead");
        build.args(["--package", "periplasm-lab", "--bin", "overhead"]);
    }
    let variable = target.replace('-', "_");
    // Rust's own linker: no other is needed for a program without libraries.
    build.env(format!("CARGO_TARGET_{}_LINKER", variable.to_uppercase()), "rust-lld");
    match compiler.zip(gnu(machine.architecture())) {
        Some((folder, gnu)) => {
            let (cc, ar) = wrapped(folder, gnu)?;
            build.env(format!("CC_{variable}"), cc).env(format!("AR_{variable}"), ar);
        }
        // Otherwise a compiler by musl's own name would be looked for.
        None => drop(build.env(format!("CC_{variable}"), "cc")),
    }
    quiet(build, &step)?;
    let folder = target_dir()?.join(target).join(PROFILE);
    step.done(format!("{}, {target}", shown(&folder.join("periplasm"))));
    Ok(names.into_iter().map(|name| folder.join(name)).collect())
}

/// The programs in `folder`.
fn built_before(folder: &Path) -> std::result::Result<Vec<PathBuf>, PrepareError> {
    let file = |e| PrepareError::file(folder, e);
    let entries = std::fs::read_dir(folder).map_err(file)?.flatten().map(|e| e.path());
    let mut programs: Vec<_> = entries.filter(|path| path.is_file()).collect();
    programs.sort();
    if programs.iter().any(|path| path.file_name().is_some_and(|name| name == "periplasm")) {
        return Ok(programs);
    }
    let missing = std::io::Error::new(std::io::ErrorKind::NotFound, "it has no `periplasm`");
    Err(file(missing))
}

/// Scripts that call the compiler and the archiver in the folder `tree`, where
/// they do not find their own parts.
fn wrapped(tree: &Path, gnu: &str) -> std::result::Result<(PathBuf, PathBuf), PrepareError> {
    // However the folder is reached, what was built with it stays good.
    let tree = tree.canonicalize().map_err(|e| PrepareError::file(tree, e))?;
    let tool = Tool::new(tree.join("usr/bin").join(format!("{gnu}-gcc-12")), &tree);
    let parts = quoted(&tree.join("usr/bin").join(format!("{gnu}-")));
    let headers = quoted(&tree.join("usr").join(gnu).join("include"));
    let program = quoted(&tool.path);
    let libraries: Vec<_> = tool.library_path.iter().map(|path| quoted(path)).collect();
    let libraries = format!("LD_LIBRARY_PATH={}", libraries.join(":"));
    let (cc, ar) = (tree.join("cc"), tree.join("ar"));
    write_program(
        &cc,
        &format!("#!/bin/sh\n{libraries} exec {program} -B{parts} -isystem {headers} \"$@\"\n"),
    )?;
    write_program(&ar, &format!("#!/bin/sh\n{libraries} exec {parts}ar \"$@\"\n"))?;
    Ok((cc, ar))
}

/// `path` as a word of a shell's.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{packages, quoted};
    use crate::debian::own_architecture;
    use crate::lab::machine::Machine;

    #[test]
    fn only_another_architecture_needs_a_compiler() {
        for machine in Machine::ALL {
            let Ok(found) = packages(machine) else { continue };
            assert_eq!(found.is_none(), machine.architecture() == own_architecture());
            if let Some(found) = found {
                assert!(found.iter().all(|name| !name.contains('_')), "{found:?}");
            }
        }
    }

    #[test]
    fn a_path_is_one_word() {
        assert_eq!(quoted(Path::new("/a b/it's")), r"'/a b/it'\''s'");
    }
}
