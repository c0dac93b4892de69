//! How registries are asked: the file `registries.toml`, and what a command line
//! says beside it.

mod error;
mod file;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use error::{SettingsError, SettingsProblem};

use crate::Repository;
use crate::credentials::Sources;

/// How registries are asked.
///
/// A proxy is taken from the environment (`HTTPS_PROXY`, `HTTP_PROXY`,
/// `NO_PROXY`), except for this machine's own addresses.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) hosts: BTreeMap<String, Host>,
    pub(crate) cache: Option<PathBuf>,
    pub(crate) cache_limit: u64,
    pub(crate) offline: bool,
    pub(crate) credentials: Sources,
    pub(crate) first_wait: Duration,
}

/// One registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    /// Plain http, if anything was said about it.
    pub(crate) plain_http: Option<bool>,
    /// Asked first, in this order.
    pub(crate) mirrors: Vec<Mirror>,
    /// The longest time without any bytes.
    pub(crate) timeout: Duration,
    /// How often a request is sent again.
    pub(crate) retries: u32,
    /// A certificate authority of one's own, as PEM.
    pub(crate) certificate: Option<Vec<u8>>,
}

/// A registry that has copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mirror {
    pub(crate) host: String,
    /// Put before a repository's path; may be empty.
    pub(crate) prefix: String,
    /// It may also say what a tag is.
    pub(crate) resolve: bool,
}

/// The file's name below `$XDG_CONFIG_HOME`.
const FILE: &str = "periplasm/registries.toml";
/// The cache's name below `$XDG_CACHE_HOME`.
const CACHE: &str = "periplasm/registry";

/// How many bytes it may have: many pipelines, and little of a device's disk.
const CACHE_LIMIT: u64 = 2 << 30;

/// How long nothing may come before a request has failed.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often a request that failed is sent again.
const RETRIES: u32 = 3;
/// The first wait before that; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);

impl Default for Host {
    fn default() -> Self {
        let mirrors = Vec::new();
        Self { plain_http: None, mirrors, timeout: TIMEOUT, retries: RETRIES, certificate: None }
    }
}

impl Settings {
    /// Those of the user: what `file` says, or `$XDG_CONFIG_HOME/periplasm/registries.toml`
    /// if there is one; the user's credentials and cache.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        let mut settings = Self {
            cache: home("XDG_CACHE_HOME", ".cache").map(|folder| folder.join(CACHE)),
            credentials: Sources::of_user(),
            ..Self::bare()
        };
        let default = home("XDG_CONFIG_HOME", ".config").map(|folder| folder.join(FILE));
        match (file, default) {
            (Some(file), _) => file::read(file, &mut settings)?,
            (None, Some(file)) if file.exists() => file::read(&file, &mut settings)?,
            (None, _) => {}
        }
        Ok(settings)
    }

    /// No file, no credentials, no cache.
    pub fn bare() -> Self {
        Self {
            hosts: BTreeMap::new(),
            cache: None,
            cache_limit: CACHE_LIMIT,
            offline: false,
            credentials: Sources::none(),
            first_wait: FIRST_WAIT,
        }
    }

    /// Use the cache alone, and no network.
    pub fn offline(mut self, offline: bool) -> Self {
        self.offline |= offline;
        self
    }

    /// Allow plain http for this registry, although it is another machine: what
    /// `--plain-http` says. Credentials are still not sent over it.
    pub fn plain_http(mut self, host: &str) -> Self {
        self.host_mut(host).plain_http = Some(true);
        self
    }

    /// Keep what is pulled in this folder; `None` keeps nothing.
    pub fn cache(mut self, folder: Option<PathBuf>) -> Self {
        self.cache = folder;
        self
    }

    /// Let the cache have so many bytes; what was not used for the longest time
    /// goes when a client begins. 2 GiB if nothing is said.
    pub fn cache_limit(mut self, bytes: u64) -> Self {
        self.cache_limit = bytes;
        self
    }

    /// Look for credentials there.
    pub fn credentials(mut self, sources: Sources) -> Self {
        self.credentials = sources;
        self
    }

    /// Let this registry be silent for so long, and ask again so often.
    pub fn patience(mut self, host: &str, timeout: Duration, retries: u32) -> Self {
        let host = self.host_mut(host);
        (host.timeout, host.retries) = (timeout, retries);
        self
    }

    /// Ask this mirror (`mirror.example/prefix`) before the registry; with
    /// `resolve` also for what its tags are.
    pub fn mirror(mut self, host: &str, mirror: &str, resolve: bool) -> Self {
        let (at, prefix) = mirror.split_once('/').unwrap_or((mirror, ""));
        let mirror = Mirror { host: at.to_owned(), prefix: prefix.to_owned(), resolve };
        self.host_mut(host).mirrors.push(mirror);
        self
    }

    /// Wait so long before a request is sent again, then twice as long, and so on.
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = wait;
        self
    }

    fn host_mut(&mut self, host: &str) -> &mut Host {
        self.hosts.entry(host.to_owned()).or_default()
    }

    /// What is said about a registry.
    pub(crate) fn host(&self, host: &str) -> Host {
        // The port of https may be left out, here and there.
        let short = host.strip_suffix(":443");
        let long = || format!("{host}:443");
        let found = self.hosts.get(host).or_else(|| self.hosts.get(short.unwrap_or(&long())));
        found.cloned().unwrap_or_default()
    }
}

impl Mirror {
    /// Where it keeps its copy of a repository.
    pub(crate) fn of(&self, repository: &Repository) -> Option<Repository> {
        let path = match self.prefix.as_str() {
            "" => repository.path().to_owned(),
            prefix => format!("{prefix}/{}", repository.path()),
        };
        format!("{}/{path}", self.host).parse().ok()
    }
}

/// The folder that `variable` names, or `below` the home folder. A relative one
/// is ignored (XDG Base Directory Specification 0.8, "Basics").
fn home(variable: &str, below: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(below)))
}
