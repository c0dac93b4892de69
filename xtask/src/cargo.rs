//! Running cargo, and what it builds.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, OnceLock};

use crate::error::{Error, Result};
use crate::steps::Step;

/// The project's root.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        // `cargo run` says where xtask is now; where it was compiled may have
        // been moved since.
        let xtask = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let xtask = xtask.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        // It stands directly below the root.
        xtask.parent().unwrap_or(Path::new(".")).to_owned()
    });
    &ROOT
}

/// The folders of the project's workspaces, its root first. What uses a drop-in
/// for another crate has a workspace of its own: `exclude` in the root's
/// Cargo.toml.
pub(crate) fn workspaces() -> Vec<PathBuf> {
    let excluded = manifest(root()).and_then(|manifest| {
        let excluded = manifest.get("workspace")?.get("exclude")?.as_array()?.clone();
        Some(excluded.iter().filter_map(|e| e.as_str()).map(|e| root().join(e)).collect::<Vec<_>>())
    });
    // A package may also name the workspace that it is a member of.
    let own = |folder: &PathBuf| {
        let manifest = manifest(folder);
        manifest.is_some_and(|m| m.get("package").is_none_or(|p| p.get("workspace").is_none()))
    };
    let nested = excluded.unwrap_or_default().into_iter().filter(own);
    [root().to_owned()].into_iter().chain(nested).collect()
}

/// The manifest in `folder`, if there is one that is TOML. About one that is
/// not, cargo speaks.
pub(crate) fn manifest(folder: &Path) -> Option<toml::Table> {
    toml::from_str(&std::fs::read_to_string(folder.join("Cargo.toml")).ok()?).ok()
}

/// Where everything that is built goes: the environment and cargo's own
/// configuration have a say in it, so cargo is asked.
pub(crate) fn target_dir() -> Result<PathBuf> {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return Ok(found.clone());
    }
    let metadata = metadata(&["--no-deps"])?;
    let found = metadata["target_directory"].as_str().map_or(root().join("target"), PathBuf::from);
    Ok(FOUND.get_or_init(|| found).clone())
}

/// What `cargo metadata` says of the project.
pub(crate) fn metadata(args: &[&str]) -> Result<serde_json::Value> {
    let mut command = cargo(["metadata", "--format-version", "1"]);
    let output = command.args(args).output().map_err(|e| start(&command, e))?;
    if !output.status.success() {
        return Err(failed(&command, &output.stderr));
    }
    serde_json::from_slice(&output.stdout).map_err(|e| failed(&command, e.to_string().as_bytes()))
}

/// cargo in the project's root, with `args`.
pub(crate) fn cargo<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    cargo_in(root(), args)
}

/// cargo in `folder`, with `args`.
pub(crate) fn cargo_in<'a>(folder: &Path, args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.current_dir(folder).args(args);
    // A relative one is meant from where xtask was called.
    if let Some(chosen) = std::env::var_os("CARGO_TARGET_DIR")
        && let Ok(chosen) = std::path::absolute(chosen)
    {
        command.env("CARGO_TARGET_DIR", chosen);
    }
    command
}

/// Runs `command` with its output shown as it comes.
pub(crate) fn show(mut command: Command) -> Result<()> {
    let status = command.status().map_err(|e| start(&command, e))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Failed { command: line(&command), output: String::new() })
}

/// Runs what `command` makes of each workspace's folder, with its output shown
/// as it comes. All run, even after one failed.
pub(crate) fn show_each(command: impl Fn(&Path) -> Command) -> Result<()> {
    let folders = workspaces();
    let mut result = Ok(());
    for folder in &folders {
        if folder != root() {
            eprintln!("── in {}", shown(folder));
        }
        let done = show(command(folder));
        result = result.and(done);
    }
    result
}

/// Runs `command` behind `step`, which shows the newest line it writes to
/// standard error. What it wrote is shown only if it fails.
pub(crate) fn quiet(mut command: Command, step: &Step) -> Result<()> {
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|e| start(&command, e))?;
    let mut output = String::new();
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines().map_while(std::result::Result::ok) {
            step.detail(line.trim());
            output.push_str(&line);
            output.push('\n');
        }
    }
    let status = child.wait().map_err(|e| start(&command, e))?;
    if status.success() { Ok(()) } else { Err(failed(&command, output.as_bytes())) }
}

/// Builds the host's binary `periplasm` and gives its path. `profile` is one
/// of the root manifest's.
pub(crate) fn build_host(profile: &str) -> Result<PathBuf> {
    let step = Step::start("host");
    let args = ["build", "--package", "periplasm-host", "--bin", "periplasm", "--profile", profile];
    quiet(cargo(args), &step)?;
    let folder = if profile == "dev" { "debug" } else { profile };
    let binary = target_dir()?.join(folder).join("periplasm");
    step.done(shown(&binary));
    Ok(binary)
}

/// `path` from the project's root on, where it lies below it.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The error of a command that ran and did not end well.
pub(crate) fn failed(command: &Command, output: &[u8]) -> Error {
    let output = String::from_utf8_lossy(output).into_owned();
    Error::Failed { command: line(command), output }
}

fn start(command: &Command, source: std::io::Error) -> Error {
    let program = command.get_program().to_string_lossy().into_owned();
    let help = format!("is `{program}` installed and on the PATH?");
    Error::Start { program, source, help }
}

/// `command` as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut line = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}
