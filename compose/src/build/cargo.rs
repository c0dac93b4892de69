//! Running cargo.

use std::ffi::OsString;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Artifact, Message, TargetKind};

use super::error::BuildError;
use super::package::{APP_TARGET, Package, cargo};
use super::target::Toolchain;
use crate::options::Options;

/// Rust's default of 1 MiB costs 17 pages in every instance. Drivers compute a
/// little and call the host; what is on std formats text, too.
const DRIVER_STACK: u32 = 32 * 1024;
const STD_STACK: u32 = 128 * 1024;

/// The profile that guests are built with.
pub(super) const PROFILE_NAME: &str = "guest";

/// The settings of the profile `guest`, for workspaces that have none.
const PROFILE: [&str; 7] = [
    "profile.guest.inherits=\"release\"",
    "profile.guest.opt-level=\"s\"",
    "profile.guest.lto=\"fat\"",
    "profile.guest.codegen-units=1",
    "profile.guest.panic=\"abort\"",
    "profile.guest.strip=true",
    "profile.guest.debug=false",
];

/// The most of cargo's output that an error carries: its end tells why.
const MAX_OUTPUT: usize = 16 * 1024;

/// What cargo built.
pub(super) struct Built {
    /// The file that the crate made.
    pub(super) file: PathBuf,
    /// All that was built for it, with what was there already.
    pub(super) artifacts: Vec<Artifact>,
}

/// Builds the crate.
pub(super) fn build(
    package: &Package,
    toolchain: &Toolchain,
    options: &Options,
) -> Result<Built, BuildError> {
    let program = cargo();
    let mut command = Command::new(&program);
    command
        .current_dir(&package.directory)
        // What it compiles is of no use to who reads an error.
        .args(["build", "--quiet"])
        .arg("--manifest-path")
        .arg(&package.manifest)
        .args(["--profile", PROFILE_NAME, "--target", package.target])
        .args(["--message-format", "json-render-diagnostics"])
        .arg(if package.is_app { "--bins" } else { "--lib" });
    if options.locked {
        command.arg("--locked");
    }
    if options.offline {
        command.arg("--offline");
    }
    command.arg("--target-dir").arg(&package.target_dir);
    if !has_profile(&package.workspace) {
        PROFILE.iter().for_each(|setting| {
            command.args(["--config", setting]);
        });
    }
    command.arg("--config").arg(rustflags(package, toolchain));
    // These would replace the flags above or add to them, and make the bytes
    // depend on who builds.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let triple = package.target.replace('-', "_").to_ascii_uppercase();
    command.env_remove(format!("CARGO_TARGET_{triple}_RUSTFLAGS"));
    tracing::debug!(?command, "building a stage");

    let shown = program.to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|source| BuildError::NoProgram { program: shown.clone(), source })?;
    let name = || package.name.clone();
    if !output.status.success() {
        let output = end_of(&String::from_utf8_lossy(&output.stderr));
        let help = help(package, &output);
        return Err(BuildError::Cargo { package: name(), output, help });
    }
    let messages = Message::parse_stream(Cursor::new(output.stdout)).filter_map(Result::ok);
    let artifacts = messages.filter_map(|message| match message {
        Message::CompilerArtifact(artifact) => Some(artifact),
        _ => None,
    });
    let artifacts: Vec<Artifact> = artifacts.collect();
    let file = artifacts.iter().filter_map(|artifact| made(package, artifact)).next_back();
    let file = file.ok_or_else(|| BuildError::NoFile { package: name() })?;
    Ok(Built { file, artifacts })
}

/// What to do, by what cargo said.
fn help(package: &Package, output: &str) -> String {
    // Rust's std and the SDK each have a panic handler, and the compiler's
    // words for that are known to few.
    if output.contains("duplicate lang item `panic_impl`") {
        return "begin the driver's src/lib.rs with `#![no_std]`, and turn off the feature `std` of \
                the crates that it depends on. If it needs std, give `periplasm-driver` the \
                feature `std` and write `target = \"wasm32-wasip2\"` below \
                `[package.metadata.periplasm]`"
            .to_owned();
    }
    // For a shell, whatever the path.
    let manifest = package.manifest.display().to_string().replace('\'', r"'\''");
    format!("repeat it alone: cargo build --manifest-path '{manifest}' --target {}", package.target)
}

fn made(package: &Package, artifact: &Artifact) -> Option<PathBuf> {
    let kind = if package.is_app { TargetKind::Bin } else { TargetKind::CDyLib };
    if artifact.manifest_path.as_std_path() != package.manifest
        || !artifact.target.kind.contains(&kind)
    {
        return None;
    }
    let file = artifact.filenames.iter().find(|f| f.extension() == Some("wasm"))?;
    Some(file.clone().into_std_path_buf())
}

/// Whether the workspace has a profile `guest`. If its Cargo.toml cannot be
/// read, cargo says so better.
fn has_profile(workspace: &Path) -> bool {
    let text = std::fs::read_to_string(workspace.join("Cargo.toml")).unwrap_or_default();
    text.parse::<toml::Table>()
        .ok()
        .and_then(|table| table.get("profile")?.as_table()?.get("guest").cloned())
        .is_some()
}

/// The compiler's flags, as a setting of cargo.
fn rustflags(package: &Package, toolchain: &Toolchain) -> OsString {
    let stack = if package.target == APP_TARGET { STD_STACK } else { DRIVER_STACK };
    let mut flags = vec![format!("-Clink-arg=-zstack-size={stack}")];
    // Panic messages name source files. The last rule that fits a path wins,
    // so the wider folders come first.
    let mut remap = |from: &Path, to: &str| {
        flags.push(format!("--remap-path-prefix={}={to}", from.display()));
    };
    if let Some((outer, name)) = outer_workspace(&package.workspace) {
        remap(outer, &name);
    }
    remap(&package.workspace, ".");
    remap(&package.target_dir, "target");
    if let Some(home) = cargo_home() {
        let registries = home.join("registry/src");
        remap(&registries, "registry");
        // One folder for each registry or mirror, named after it.
        let mut folders: Vec<PathBuf> = std::fs::read_dir(&registries)
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        folders.sort();
        folders.iter().for_each(|folder| remap(folder, "registry"));
        remap(&home.join("git/checkouts"), "git");
    }
    // With the toolchain's component rust-src, panics in generic code of std
    // would name the toolchain's folder, and without it they name this.
    let std = toolchain.sysroot.join("lib/rustlib/src/rust");
    remap(&std, &format!("/rustc/{}", toolchain.commit));
    let flags = flags.into_iter().map(toml::Value::String).collect::<Vec<_>>();
    format!("target.{}.rustflags={}", package.target, toml::Value::Array(flags)).into()
}

/// The workspace in whose folders this one lies, and the way there: crates of
/// the one may depend on those of the other.
fn outer_workspace(workspace: &Path) -> Option<(&Path, String)> {
    let is_workspace = |folder: &Path| {
        let text = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        text.parse::<toml::Table>().is_ok_and(|manifest| manifest.contains_key("workspace"))
    };
    let outer = workspace.ancestors().enumerate().skip(1);
    let (up, outer) = outer.into_iter().find(|(_, folder)| is_workspace(folder))?;
    Some((outer, vec![".."; up].join("/")))
}

/// Where cargo keeps what it downloads: the Cargo Book, "Cargo Home".
fn cargo_home() -> Option<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").filter(|home| !home.is_empty());
    set.map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")))
}

fn end_of(output: &str) -> String {
    let output = output.trim_end();
    let Some(mut from) = output.len().checked_sub(MAX_OUTPUT) else { return output.to_owned() };
    while !output.is_char_boundary(from) {
        from += 1;
    }
    let line = output[from..].find('\n').map_or(from, |next| from + next + 1);
    format!("…\n{}", &output[line..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_in_another_knows_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let nested = folder.path().join("drivers/usb");
        std::fs::create_dir_all(&nested).unwrap();
        std::fs::write(folder.path().join("drivers/Cargo.toml"), "[package]").unwrap();
        assert_eq!(outer_workspace(&nested), None);
        std::fs::write(folder.path().join("Cargo.toml"), "[workspace]").unwrap();
        assert_eq!(outer_workspace(&nested), Some((folder.path(), "../..".to_owned())));
        assert_eq!(outer_workspace(folder.path()), None);
    }

    #[test]
    fn long_output_keeps_its_end_and_whole_lines() {
        let long: String = (0..5000).map(|n| format!("line {n} é\n")).collect();
        let kept = end_of(&long);
        assert!(kept.len() <= MAX_OUTPUT + 8 && kept.ends_with("line 4999 é"));
        assert!(kept.lines().skip(1).all(|line| line.starts_with("line ")));
        assert_eq!(end_of("short\n"), "short");
    }
}
