//! Who asks: credentials of docker, of podman and its relatives, or a token.
//!
//! They are looked up when a registry asks for them, and only then; so no helper
//! is run for a registry that anybody may read.

mod sources;

use std::fmt;
use std::path::PathBuf;

use miette::Diagnostic;

pub use sources::Sources;

/// What a registry is told. Never shown: `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// A name and a password.
    Basic {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// A token that is changed for another at the registry's token service.
    Identity(String),
    /// A token that the registry itself takes.
    Bearer(String),
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic(…)",
            Self::Identity(_) => "Identity(…)",
            Self::Bearer(_) => "Bearer(…)",
        })
    }
}

/// Where credentials were looked for, and what was done with them: for a message,
/// so nothing here is secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// The places that had none for this registry, in order.
    pub without: Vec<String>,
    /// The place that had some.
    pub found: Option<String>,
    /// They were not sent: they would have gone over plain http to another machine.
    pub withheld: bool,
}

impl fmt::Display for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.found, self.withheld) {
            (Some(found), false) => write!(f, "it did not take the credentials from {found}"),
            (Some(found), true) => {
                write!(f, "the credentials from {found} were not sent over plain http")
            }
            (None, _) if self.without.is_empty() => f.write_str("no credentials were looked for"),
            (None, _) => {
                write!(f, "there are no credentials for it in {}", self.without.join(", "))
            }
        }
    }
}

/// Why credentials could not be had.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum CredentialError {
    /// A file of credentials cannot be read.
    #[error("cannot read credentials from {}: {source}", path.display())]
    #[diagnostic(help("may you read it? Without the file, registries are asked without a name"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file of credentials is not in docker's form.
    #[error("the credentials in {} cannot be read: {why}", path.display())]
    #[diagnostic(help("log in anew (`docker login`, `podman login`), which writes the file"))]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; nothing secret.
        why: &'static str,
    },
    /// A credential helper failed.
    #[error("the credential helper that {} names failed: {why}", path.display())]
    #[diagnostic(help(
        "is `docker-credential-<name>` of `credsStore` or `credHelpers` installed, and unlocked?"
    ))]
    Helper {
        /// The file that names it.
        path: PathBuf,
        /// What it said; nothing secret.
        why: String,
    },
    /// The token in the environment is for nobody.
    #[error("PERIPLASM_REGISTRY_TOKEN does not say for which registry it is")]
    #[diagnostic(help(
        "write PERIPLASM_REGISTRY_TOKEN=registry.example=<token>: a token without a name would \
         go to every registry that is asked"
    ))]
    Token,
}
