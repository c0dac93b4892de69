//! Programs of other people, from Debian's packages, unpacked into the target
//! folder: nothing is installed and nobody need be root. Debian's keys are
//! checked by apt, as for an installation.
//!
//! A package goes into `target/tools/debian/<suite>/<package>_<version>_<arch>`,
//! together with those that are wanted with it and the libraries that this
//! machine lacks, and stays until it is deleted. Where there is no apt, or no network, the program on the PATH is
//! taken, whatever its version.

mod apt;
mod config;
mod error;
mod libraries;
mod packages;
mod said;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Result;

pub(crate) use error::DebianError;
pub(crate) use packages::{Packages, own_architecture, unpack_all, version_of};

/// A suite of Debian. Its packages run on an older Debian too, as long as they
/// ask for no newer C library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suite {
    /// Debian 12.
    Bookworm,
    /// Newer programs, made for Debian 12.
    BookwormBackports,
    /// Debian 13.
    Trixie,
    /// Debian 14, which is still being made: its versions change.
    Forky,
}

impl Suite {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bookworm => "bookworm",
            Self::BookwormBackports => "bookworm-backports",
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
    /// The program `path`, whose libraries are in `folder`, without a package.
    pub(crate) fn new(path: PathBuf, folder: &Path) -> Self {
        let library_path = libraries::folders(folder);
        Self { path, library_path, version: version_of(folder), from: "packages" }
    }

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
    let refused = match Packages::new(suite, &[name]).unpacked() {
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

/// The program `name` in `folder`, which has packages of `suite` in it.
pub(crate) fn tool_in(
    folder: &Path,
    name: &str,
    suite: Suite,
) -> std::result::Result<Tool, DebianError> {
    let path = ["usr/bin", "usr/sbin", "bin"].map(|bin| folder.join(bin).join(name));
    let Some(path) = path.into_iter().find(|path| path.is_file()) else {
        return Err(DebianError::Program { name: name.into(), folder: folder.to_owned() });
    };
    Ok(Tool { from: suite.name(), ..Tool::new(path, folder) })
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
