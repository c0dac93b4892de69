//! apt with lists and a configuration of its own, so that the machine's are
//! neither read nor changed. Only its settings for HTTP are taken over, which
//! is where proxies are.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Suite;
use super::config::{KEYRING, STATUS, config, sources};
use super::error::DebianError;
use super::packages::{locked, own_architecture};
use super::said::{dependencies, is_unknown, sizes};
use crate::steps::{Step, size};

type Result<T> = std::result::Result<T, DebianError>;

const MIRROR: &str = "http://deb.debian.org/debian";

/// apt for one suite and one architecture.
pub(super) struct Apt {
    home: PathBuf,
    suite: Suite,
    mirror: String,
}

impl Apt {
    /// Writes the configuration into `folder`, and fetches the lists when there
    /// are none.
    pub(super) fn open(folder: &Path, suite: Suite, architecture: &str) -> Result<Self> {
        let found = |program| Command::new(program).arg("--version").output().is_ok();
        for program in ["apt-get", "apt-config", "dpkg-deb", "ldd"] {
            if !found(program) {
                return Err(DebianError::Missing { what: program });
            }
        }
        for file in [KEYRING, STATUS] {
            if !Path::new(file).is_file() {
                return Err(DebianError::Missing { what: file });
            }
        }
        let mirror = std::env::var("PERIPLASM_DEBIAN_MIRROR").unwrap_or_else(|_| MIRROR.into());
        let home = if architecture == own_architecture() {
            folder.join("apt")
        } else {
            folder.join(format!("apt-{architecture}"))
        };
        let lists = home.join("lists");
        for needed in [lists.join("partial"), home.join("archives/partial"), home.join("none")] {
            std::fs::create_dir_all(&needed).map_err(|e| DebianError::file(&needed, e))?;
        }
        // Two at once would fetch the same, and apt lets only one.
        let held = locked(&home.join("lock"))?;
        let write = |name: &str, text: &str| {
            let path = home.join(name);
            std::fs::write(&path, text).map_err(|e| DebianError::file(&path, e))
        };
        write("sources.list", &sources(&mirror, suite))?;
        write("none/status", "")?;
        write("config", &(http_settings()? + &config(&home, suite, architecture)))?;
        let apt = Self { home: home.clone(), suite, mirror };
        let fetched = std::fs::read_dir(&lists).map_err(|e| DebianError::file(&lists, e))?;
        if !fetched.flatten().any(|e| e.file_name().to_string_lossy().contains("_Packages")) {
            apt.update()?;
        }
        drop(held);
        Ok(apt)
    }

    /// Fetches the packages `names` into `aside` and unpacks them into `tree`.
    /// Gives the names of the files, in no order.
    pub(super) fn unpack(
        &self,
        names: &[String],
        aside: &Path,
        tree: &Path,
        step: &Step,
    ) -> Result<Vec<String>> {
        // Of a package that is installed here apt would fetch that version, which
        // the suite may not have.
        let nothing = self.home.join("none/status");
        let fresh = ["-o".to_owned(), format!("Dir::State::status={}", nothing.display())];
        let download = || {
            let mut ask = self.command("apt-get");
            ask.args(&fresh).args(["--quiet", "--print-uris", "download"]).args(names);
            let files = sizes(&run(ask)?);
            let bytes = files.iter().map(|(_, bytes)| bytes).sum();
            step.detail(format!("apt-get download {}, {}", names.join(" "), size(bytes)));
            let mut download = self.command("apt-get");
            download.args(&fresh).args(["--quiet", "download"]).args(names).current_dir(aside);
            run(download)?;
            Ok(files.into_iter().map(|(file, _)| file).collect::<Vec<_>>())
        };
        // The lists may be older than what the mirror has now.
        let files = download().or_else(|_| self.updated().and_then(|()| download()));
        let files = files.map_err(|error| self.refused(error, names))?;
        for file in &files {
            step.detail(format!("dpkg-deb --extract {file}"));
            let mut extract = Command::new("dpkg-deb");
            extract.arg("--extract").args([&aside.join(file), tree]);
            run(extract)?;
        }
        Ok(files)
    }

    /// The packages that `names` depend on directly, in the first of
    /// alternatives.
    pub(super) fn dependencies(&self, names: &[&str]) -> Result<Vec<String>> {
        let ask = || {
            let mut depends = self.command("apt-cache");
            depends.args(["--no-recommends", "--no-suggests", "--important", "depends"]);
            run({
                depends.args(names);
                depends
            })
        };
        let said = ask().map_err(|error| {
            let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
            self.refused(error, &names)
        })?;
        Ok(dependencies(&said))
    }

    /// The packages that an installation of `names` would add to this machine
    /// or replace, themselves not among them.
    pub(super) fn lacking(&self, names: &[&str]) -> Result<Vec<String>> {
        let mut simulate = self.command("apt-get");
        simulate.args(["--simulate", "--no-install-recommends", "install"]).args(names);
        let output = run(simulate)?;
        let lacking =
            output.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
        Ok(lacking.filter(|name| !names.contains(name)).map(str::to_owned).collect())
    }

    fn updated(&self) -> Result<()> {
        let held = locked(&self.home.join("lock"))?;
        let updated = self.update();
        drop(held);
        updated
    }

    fn update(&self) -> Result<()> {
        let mut update = self.command("apt-get");
        update.args(["--quiet", "update", "--error-on=any"]);
        run(update).map(drop).map_err(|error| match error {
            DebianError::Failed { said, .. } => {
                DebianError::Lists { suite: self.suite.name(), mirror: self.mirror.clone(), said }
            }
            other => other,
        })
    }

    /// The error of a command that asked for packages.
    fn refused(&self, error: DebianError, names: &[String]) -> DebianError {
        let DebianError::Failed { said, .. } = error else { return error };
        let (package, suite, mirror) = (names.join(", "), self.suite.name(), self.mirror.clone());
        if is_unknown(&said) {
            DebianError::Package { package, suite, mirror, said }
        } else {
            DebianError::Download { package, suite, mirror, said }
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("APT_CONFIG", self.home.join("config")).env("LC_ALL", "C");
        command
    }
}

/// The machine's settings for HTTP, in the form of a configuration.
fn http_settings() -> Result<String> {
    let mut dump = Command::new("apt-config");
    dump.args(["dump", "Acquire"]);
    let output = run(dump)?;
    let http = |line: &&str| line.starts_with("Acquire::http");
    Ok(output.lines().filter(http).map(|line| format!("{line}\n")).collect())
}

/// Runs `command` and gives what it wrote.
pub(super) fn run(mut command: Command) -> Result<String> {
    let line = crate::cargo::line(&command);
    match command.output() {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(DebianError::Failed { command: line, said })
        }
        Err(error) => Err(DebianError::Failed { command: line, said: error.to_string() }),
    }
}
