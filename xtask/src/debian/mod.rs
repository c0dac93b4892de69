//! Programs of other people, from Debian's packages, unpacked into the target
//! folder: nothing is installed and nobody need be root. Debian's keys are
//! checked by apt, as for an installation.
//!
//! A package goes into `target/tools/debian/<suite>/<package>_<version>_<arch>`,
//! together with the libraries that this machine lacks, and stays until it is
//! deleted. Where there is no apt, or no network, the program on the PATH is
//! taken, whatever its version.

mod apt;
mod error;
mod libraries;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::{shown, target_dir};
use crate::error::Result;
use crate::steps::Step;

use apt::Apt;
pub(crate) use error::DebianError;

/// A suite of Debian. Its packages run on an older Debian too, as long as they
/// ask for no newer C library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suite {
    /// Debian 12.
    Bookworm,
    /// Debian 13.
    Trixie,
    /// Debian 14, which is still being made: its versions change.
    Forky,
}

impl Suite {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bookworm => "bookworm",
            Self::Trixie => "trixie",
            Self::Forky => "forky",
        }
    }
}

/// A program that can be run.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    /// The program.
    pub(crate) path: PathBuf,
    /// Folders with the libraries that it needs and the machine lacks.
    pub(crate) library_path: Vec<PathBuf>,
    /// Its package's version; of one on the PATH, what it says itself.
    pub(crate) version: String,
    /// `bookworm`, or `PATH`.
    pub(crate) from: &'static str,
}

impl Tool {
    /// The program, ready for arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        if let Some(path) = search_path(&self.library_path) {
            command.env("LD_LIBRARY_PATH", path);
        }
        command
    }

    /// The program and where it is from: `skopeo 1.9.3, bookworm`.
    pub(crate) fn shown(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        format!("{name} {}, {}", self.upstream_version(), self.from)
    }

    /// The version without Debian's own part: `1.9.3` of `1.9.3+ds1-1+b10`.
    pub(crate) fn upstream_version(&self) -> String {
        let version = self.version.split(['+', '-', '~']).next().unwrap_or_default();
        version.rsplit_once(':').map_or(version, |(_, version)| version).to_owned()
    }
}

/// `name` of the suite that has the version we know: `docker-registry` (the
/// last that has no referrers API), `skopeo`, `oras` or `cosign`.
pub(crate) fn tool(name: &str) -> Result<Tool> {
    let suite = match name {
        "oras" | "cosign" => Suite::Trixie,
        _ => Suite::Bookworm,
    };
    tool_of(name, suite)
}

/// The program `name` of the package of the same name in `suite`.
pub(crate) fn tool_of(name: &str, suite: Suite) -> Result<Tool> {
    let refused = match unpacked(name, suite) {
        Ok(folder) => return Ok(tool_in(&folder, name, suite)?),
        Err(refused) => refused,
    };
    match on_path(name) {
        Some(tool) => {
            eprintln!("{:?}", miette::Report::from(refused));
            eprintln!("using {} instead, version {}", tool.path.display(), tool.version);
            Ok(tool)
        }
        None => Err(refused.into()),
    }
}

/// The folder with the package `package` of `suite`, unpacked. It is fetched
/// the first time.
pub(crate) fn unpacked(package: &str, suite: Suite) -> std::result::Result<PathBuf, DebianError> {
    let base = target_dir().map_err(|e| DebianError::Target(e.to_string()))?.join("tools/debian");
    let folder = base.join(suite.name());
    std::fs::create_dir_all(&folder).map_err(|e| DebianError::file(&folder, e))?;
    // Two at once would fetch the same, and apt lets only one.
    let lock = folder.join("lock");
    let held = std::fs::File::create(&lock).map_err(|e| DebianError::file(&lock, e))?;
    held.lock().map_err(|e| DebianError::file(&lock, e))?;
    if let Some(found) = newest(&folder, package) {
        return Ok(found);
    }
    let step = Step::start(package);
    let apt = Apt::open(&folder, suite)?;
    let found = fetch(&apt, &folder, package, suite, &step)?;
    step.done(shown(&found));
    Ok(found)
}

/// Fetches and unpacks into a folder aside, which gets its name at the end.
fn fetch(
    apt: &Apt,
    folder: &Path,
    package: &str,
    suite: Suite,
    step: &Step,
) -> std::result::Result<PathBuf, DebianError> {
    let aside = folder.join(format!(".{package}"));
    let file = |e| DebianError::file(&aside, e);
    // What a run that was killed has left.
    match std::fs::remove_dir_all(&aside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(file(error)),
        _ => std::fs::create_dir_all(&aside).map_err(file)?,
    }
    let tree = aside.join("tree");
    step.detail(format!("apt-get download {package}, {}", suite.name()));
    let name = apt.unpack(package, &aside, &tree)?;
    libraries::complete(apt, package, &aside, &tree, step)?;
    let done = folder.join(name);
    std::fs::rename(&tree, &done).map_err(|e| DebianError::file(&done, e))?;
    // Only the packages themselves are left in it.
    let _ = std::fs::remove_dir_all(&aside);
    Ok(done)
}

/// The package's folder that was made last.
fn newest(folder: &Path, package: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let of_package = |e: &std::fs::DirEntry| {
        e.file_name().to_str().is_some_and(|n| n.split('_').next() == Some(package))
    };
    let made = |e: &std::fs::DirEntry| e.metadata().and_then(|m| m.modified()).ok();
    entries.filter(of_package).max_by_key(made).map(|e| e.path())
}

fn tool_in(folder: &Path, name: &str, suite: Suite) -> std::result::Result<Tool, DebianError> {
    let path = ["usr/bin", "usr/sbin", "bin"].map(|bin| folder.join(bin).join(name));
    let Some(path) = path.into_iter().find(|path| path.is_file()) else {
        return Err(DebianError::Program { name: name.into(), folder: folder.to_owned() });
    };
    let stem = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let version = stem.split('_').nth(1).unwrap_or_default().to_owned();
    Ok(Tool { path, library_path: libraries::folders(folder), version, from: suite.name() })
}

fn on_path(name: &str) -> Option<Tool> {
    let folders = std::env::var_os("PATH")?;
    let path = std::env::split_paths(&folders).map(|f| f.join(name)).find(|path| path.is_file())?;
    let said = ["--version", "version"].into_iter().find_map(|ask| {
        let output = Command::new(&path).arg(ask).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        version_in(&text)
    });
    let version = said.unwrap_or_else(|| "unknown".into());
    Some(Tool { path, library_path: Vec::new(), version, from: "PATH" })
}

/// The first word of `text` that is shaped like a version.
fn version_in(text: &str) -> Option<String> {
    let shaped = |word: &&str| {
        let digits = word.trim_start_matches('v');
        digits.starts_with(|c: char| c.is_ascii_digit()) && digits.contains('.')
    };
    Some(text.split_whitespace().find(shaped)?.trim_start_matches('v').to_owned())
}

/// `folders` before those that the environment names already.
fn search_path(folders: &[PathBuf]) -> Option<OsString> {
    if folders.is_empty() {
        return None;
    }
    let before = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let before = std::env::split_paths(&before).filter(|p| !p.as_os_str().is_empty());
    std::env::join_paths(folders.iter().cloned().chain(before)).ok()
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn versions_are_found_in_what_programs_say() {
        let cases = [
            ("docker-registry github.com/docker/distribution 2.8.2+ds1", Some("2.8.2+ds1")),
            ("skopeo version 1.9.3", Some("1.9.3")),
            ("Version:    1.2.0\nGo version: go1.24", Some("1.2.0")),
            ("GitVersion: v2.5.0", Some("2.5.0")),
            ("none at all", None),
        ];
        for (said, version) in cases {
            assert_eq!(version_in(said).as_deref(), version, "{said}");
        }
    }
}
