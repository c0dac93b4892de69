//! The place where programs meet: two registries on loopback, and a folder that
//! is home to all of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::server::Server;
use crate::cargo::{failed, line, target_dir};
use crate::debian::Tool;
use crate::error::{Error, Result};

/// The password of every key here.
pub(super) const PASSWORD: &str = "interop";

/// Where it all happens.
pub(super) struct Lab {
    /// `target/interop`, empty at the start.
    pub(super) folder: PathBuf,
    /// Where is published.
    pub(super) first: Server,
    /// Where is copied to.
    pub(super) second: Server,
}

impl Lab {
    /// Empties the folder, and starts the servers in it.
    pub(super) fn open(docker_registry: &Tool) -> Result<Self> {
        let folder = target_dir()?.join("interop");
        match std::fs::remove_dir_all(&folder) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Write { path: folder, source });
            }
            _ => {}
        }
        let home = folder.join("home");
        std::fs::create_dir_all(&home)
            .map_err(|source| Error::Write { path: home.clone(), source })?;
        let server = |name| Server::start(docker_registry, &folder.join(name));
        let (first, second) = (server("first")?, server("second")?);
        Ok(Self { folder, first, second })
    }

    /// A file or folder of the lab.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// `tool`, at home in the lab: it sees no settings or secrets of the user,
    /// and reaches nothing but loopback.
    pub(super) fn command(&self, tool: &Tool) -> Command {
        let mut command = tool.command();
        self.seclude(&mut command);
        command.env("HOME", self.path("home"));
        command
    }

    /// Settings of the lab instead of the user's, for a program that needs the
    /// user's home for other things.
    pub(super) fn seclude(&self, command: &mut Command) {
        let home = self.path("home");
        command.current_dir(&self.folder).env("COSIGN_PASSWORD", PASSWORD);
        for (variable, folder) in [
            ("DOCKER_CONFIG", "docker"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
            ("XDG_DATA_HOME", "data"),
        ] {
            command.env(variable, home.join(folder));
        }
        command.env_remove("REGISTRY_AUTH_FILE");
        for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
            // The port `discard`: whoever asks for another host is refused at once.
            command.env(proxy, "http://127.0.0.1:9");
        }
        for direct in ["NO_PROXY", "no_proxy"] {
            command.env(direct, "127.0.0.1");
        }
    }
}

/// What `command` writes, if it ends well.
pub(super) fn output(mut command: Command) -> Result<Vec<u8>> {
    let output = run(&mut command)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(failed(&command, &[output.stdout, output.stderr].concat()))
}

/// The same, as lines without blanks around them.
pub(super) fn text(command: Command) -> Result<String> {
    Ok(String::from_utf8_lossy(&output(command)?).trim().to_owned())
}

/// Fails unless `command` refuses, and says one of `reasons`.
pub(super) fn refuses(mut command: Command, reasons: &[&str]) -> Result<()> {
    let output = run(&mut command)?;
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() {
        return Err(Error::Disagree {
            what: line(&command),
            found: format!("it was accepted:\n{}", said.trim()),
            expected: "a refusal".into(),
        });
    }
    if reasons.iter().any(|reason| said.contains(reason)) {
        return Ok(());
    }
    Err(Error::Disagree {
        what: line(&command),
        found: format!("a refusal for another reason:\n{}", said.trim()),
        expected: reasons.join(", or "),
    })
}

/// Fails unless both are the same.
pub(super) fn same<T: PartialEq + std::fmt::Display>(
    what: &str,
    found: T,
    expected: T,
) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::Disagree {
        what: what.into(),
        found: found.to_string(),
        expected: expected.to_string(),
    })
}

/// `path`, read.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|source| Error::Input {
        path: path.to_owned(),
        found: source.to_string(),
        help: "an earlier step was to write it".into(),
    })
}

/// Writes `path`, and the folder that it is in.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let wrong = |source| Error::Write { path: path.to_owned(), source };
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(wrong)?;
    std::fs::write(path, bytes).map_err(wrong)
}

fn run(command: &mut Command) -> Result<std::process::Output> {
    command.stdin(Stdio::null());
    command.output().map_err(|source| Error::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
        help: "is it there, and of this machine's kind?".into(),
    })
}
