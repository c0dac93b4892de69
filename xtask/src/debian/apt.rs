//! apt with lists and a configuration of its own, so that the machine's are
//! neither read nor changed. Only its settings for HTTP are taken over, which
//! is where proxies are.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Suite;
use super::error::DebianError;

type Result<T> = std::result::Result<T, DebianError>;

const MIRROR: &str = "http://deb.debian.org/debian";

/// Debian's own keys, on Debian and on Ubuntu.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// What dpkg has installed: apt reads it to say what a package lacks here.
const STATUS: &str = "/var/lib/dpkg/status";

/// apt for one suite.
pub(super) struct Apt {
    config: PathBuf,
    suite: Suite,
    mirror: String,
}

impl Apt {
    /// Writes the configuration into `folder`, and fetches the lists when there
    /// are none.
    pub(super) fn open(folder: &Path, suite: Suite) -> Result<Self> {
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
        let home = folder.join("apt");
        let lists = home.join("lists");
        for needed in [lists.join("partial"), home.join("archives/partial"), home.join("none")] {
            std::fs::create_dir_all(&needed).map_err(|e| DebianError::file(&needed, e))?;
        }
        let write = |name: &str, text: &str| {
            let path = home.join(name);
            std::fs::write(&path, text).map_err(|e| DebianError::file(&path, e))
        };
        write("sources.list", &sources(&mirror, suite))?;
        write("config", &(http_settings()? + &config(&home)))?;
        let apt = Self { config: home.join("config"), suite, mirror };
        let fetched = std::fs::read_dir(&lists).map_err(|e| DebianError::file(&lists, e))?;
        if !fetched.flatten().any(|e| e.file_name().to_string_lossy().contains("_Packages")) {
            apt.update()?;
        }
        Ok(apt)
    }

    /// Fetches `package` and unpacks it into `tree`, by way of `aside`. Gives
    /// the name of the file, without its ending.
    pub(super) fn unpack(&self, package: &str, aside: &Path, tree: &Path) -> Result<String> {
        let download = || {
            let mut download = self.command("apt-get");
            download.args(["--quiet", "download", package]).current_dir(aside);
            run(download)
        };
        // The lists may be older than what the mirror has now.
        let downloaded = download().or_else(|_| self.update().and_then(|()| download()));
        downloaded.map_err(|error| match error {
            DebianError::Failed { said, .. } => DebianError::Package {
                package: package.into(),
                suite: self.suite.name(),
                mirror: self.mirror.clone(),
                said,
            },
            other => other,
        })?;
        let deb = deb_of(aside, package)?;
        let mut extract = Command::new("dpkg-deb");
        extract.arg("--extract").args([&deb, tree]);
        run(extract)?;
        Ok(deb.file_stem().unwrap_or_default().to_string_lossy().into_owned())
    }

    /// The packages that an installation of `package` would add to this
    /// machine or replace, itself not among them.
    pub(super) fn lacking(&self, package: &str) -> Result<Vec<String>> {
        let mut simulate = self.command("apt-get");
        simulate.args(["--simulate", "--no-install-recommends", "install", package]);
        let output = run(simulate)?;
        let names = output.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
        Ok(names.filter(|name| *name != package).map(str::to_owned).collect())
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

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("APT_CONFIG", &self.config).env("LC_ALL", "C");
        command
    }
}

fn sources(mirror: &str, suite: Suite) -> String {
    let mut options = format!("signed-by={KEYRING}");
    // The lists of a suite that is being made are good for a week, and a mirror
    // or a clock may be further behind. Who signed them is checked all the same.
    if suite == Suite::Forky {
        options.push_str(" check-valid-until=no");
    }
    format!("deb [{options}] {mirror} {} main\n", suite.name())
}

/// A path in it is quoted: apt has no escapes, and cargo's folder no quotes.
fn config(home: &Path) -> String {
    let home = home.display();
    format!(
        r#"Dir::Etc::main "{home}/none/apt.conf";
Dir::Etc::parts "{home}/none";
Dir::Etc::sourcelist "{home}/sources.list";
Dir::Etc::sourceparts "{home}/none";
Dir::Etc::preferences "{home}/none/preferences";
Dir::Etc::preferencesparts "{home}/none";
Dir::State "{home}";
Dir::State::lists "{home}/lists";
Dir::State::status "{STATUS}";
Dir::Cache "{home}";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Sandbox::User "root";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::GzipIndexes "true";
Acquire::Languages "none";
Acquire::Retries "3";
"#
    )
}

/// The machine's settings for HTTP, in the form of a configuration.
fn http_settings() -> Result<String> {
    let mut dump = Command::new("apt-config");
    dump.args(["dump", "Acquire"]);
    let output = run(dump)?;
    let http = |line: &&str| line.starts_with("Acquire::http");
    Ok(output.lines().filter(http).map(|line| format!("{line}\n")).collect())
}

/// The file of `package` in `folder`.
fn deb_of(folder: &Path, package: &str) -> Result<PathBuf> {
    let entries = std::fs::read_dir(folder).map_err(|e| DebianError::file(folder, e))?;
    let paths = entries.flatten().map(|e| e.path());
    let of_package = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.ends_with(".deb") && name.split('_').next() == Some(package)
    };
    paths.into_iter().find(of_package).ok_or_else(|| DebianError::Failed {
        command: format!("apt-get download {package}"),
        said: "it wrote no package".into(),
    })
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
