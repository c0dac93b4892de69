//! wkg's configuration file, as far as it says where packages are.

use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use serde::Deserialize;

use super::metadata::Metadata;
use super::name::PackageName;

/// The most bytes of the file.
const MAX_BYTES: u64 = 1 << 20;

/// Where packages are, by `wasm-pkg/config.toml`. What the file says of
/// credentials and protocols is left unread: that is said by this project's own
/// settings, for all registries alike.
#[derive(Clone, Debug, Default)]
pub struct PackageConfig {
    path: Option<PathBuf>,
    file: File,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default_registry: Option<Host>,
    #[serde(default)]
    namespace_registries: HashMap<String, Mapping>,
    #[serde(default)]
    package_registry_overrides: HashMap<String, Mapping>,
    #[serde(default)]
    registry: HashMap<String, Entry>,
}

/// What belongs to a namespace or a package.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Mapping {
    /// A host, which may say more itself.
    Host(Host),
    /// A host by name only: what it would say is here.
    Custom { registry: Host, metadata: Metadata },
}

impl Mapping {
    pub(super) fn host(&self) -> &Host {
        match self {
            Self::Host(host) | Self::Custom { registry: host, .. } => host,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
struct Entry {
    #[serde(alias = "type")]
    default: Option<String>,
    #[serde(flatten)]
    backends: HashMap<String, toml::Table>,
}

/// The name of a host, with or without a port.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Host(String);

impl Host {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Host {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match crate::reference::is_host(&text) {
            true => Ok(Self(text)),
            false => Err(format!("{text:?} is no registry: a host's name, maybe with a port")),
        }
    }
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// More bytes than such a file has.
    #[error("{} has more than {MAX_BYTES} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The file says what is not understood.
    #[error("{} is not understood: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
        /// Where.
        at: Option<std::ops::Range<usize>>,
        /// Its text.
        text: Box<NamedSource<String>>,
    },
}

impl Diagnostic for ConfigError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(match self {
            Self::Unreadable { .. } => "check that it is a file, and yours to read",
            Self::TooLarge { .. } => "is it the right file?",
            Self::Malformed { .. } => {
                "it is wkg's own file: `default_registry = \"registry.example\"`, and registries \
                 of single namespaces below `[namespace_registries]`"
            }
        }))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        match self {
            Self::Malformed { text, .. } => Some(text.as_ref()),
            _ => None,
        }
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        match self {
            Self::Malformed { at: Some(at), .. } => {
                let label = LabeledSpan::new(Some("here".into()), at.start, at.len());
                Some(Box::new(std::iter::once(label)))
            }
            _ => None,
        }
    }
}

impl PackageConfig {
    /// Reads the file at `path`, or, without one, wkg's own: in the user's
    /// configuration (`$XDG_CONFIG_HOME` or `~/.config`), where none is fine.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let (place, must) = match path {
            Some(path) => (Some(path.to_owned()), true),
            None => (default_path(), false),
        };
        let Some(path) = place else { return Ok(Self::default()) };
        let mut text = String::new();
        let read = std::fs::File::open(&path)
            .and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text));
        match read {
            Ok(_) if text.len() as u64 > MAX_BYTES => Err(ConfigError::TooLarge { path }),
            Ok(_) => Self::parse(&path, &text),
            Err(error) if !must && error.kind() == std::io::ErrorKind::NotFound => {
                Ok(Self { path: Some(path), file: File::default() })
            }
            Err(source) => Err(ConfigError::Unreadable { path, source }),
        }
    }

    /// Reads the text of a file; `path` is for errors.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let file = toml::from_str(text).map_err(|error| ConfigError::Malformed {
            path: path.to_owned(),
            message: error.message().to_owned(),
            at: error.span(),
            text: Box::new(NamedSource::new(path.display().to_string(), text.to_owned())),
        })?;
        Ok(Self { path: Some(path.to_owned()), file })
    }

    /// What belongs to a package: its own entry, its namespace's, or the default.
    pub(super) fn mapping(&self, name: &PackageName) -> Option<Mapping> {
        let own =
            self.file.package_registry_overrides.get(&format!("{}:{}", name.namespace, name.name));
        let found = own.or_else(|| self.file.namespace_registries.get(&name.namespace));
        let default = || self.file.default_registry.clone().map(Mapping::Host);
        found.cloned().or_else(default)
    }

    /// What kind of registry the file says `host` is.
    pub(super) fn backend(&self, host: &Host) -> Option<&str> {
        let entry = self.file.registry.get(host.as_str())?;
        let only = || match entry.backends.len() {
            1 => entry.backends.keys().next().map(String::as_str),
            _ => None,
        };
        entry.default.as_deref().or_else(only)
    }

    /// Where the file is, or would be.
    pub(super) fn place(&self) -> PathBuf {
        let default = || PathBuf::from("~/.config/wasm-pkg/config.toml");
        self.path.clone().unwrap_or_else(default)
    }
}

/// `wasm-pkg/config.toml` in the user's configuration (XDG base directories).
fn default_path() -> Option<PathBuf> {
    let set = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
    let folder = set.or_else(|| Some(std::env::home_dir()?.join(".config")))?;
    Some(folder.join("wasm-pkg/config.toml"))
}
