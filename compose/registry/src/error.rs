//! What a registry can fail with.

use std::path::PathBuf;
use std::time::Duration;

use miette::Diagnostic;

use crate::Digest;
use crate::credentials::{CredentialError, Looked};

/// A request to a registry that failed: where, and why.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{place}: {fault}")]
#[diagnostic(forward(fault))]
pub struct RegistryError {
    /// The artifact or blob, as a person would name it.
    pub place: String,
    /// What went wrong.
    pub fault: RegistryFault,
}

/// Why a request to a registry failed.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum RegistryFault {
    /// The registry has no such thing.
    #[error("the registry has none")]
    #[diagnostic(help(
        "is the name right, and may you read it? Some registries hide what they keep from strangers"
    ))]
    Missing,
    /// What came has another digest than was asked for.
    #[error("what came has the digest {found}, and {expected} was asked for")]
    #[diagnostic(help("the registry, or somebody on the way, sent other bytes; nothing was kept"))]
    Digest {
        /// The digest that was asked for.
        expected: Digest,
        /// That of the bytes that came.
        found: Digest,
    },
    /// More bytes than are taken.
    #[error("it has more than {limit} bytes")]
    #[diagnostic(help("nothing of this kind is as large; nothing was kept"))]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// What came is not what its media type says.
    #[error("it cannot be read: {why}")]
    #[diagnostic(help("it was made by a tool that speaks another version, or is damaged"))]
    Malformed {
        /// What is wrong with it.
        why: String,
    },
    /// Nobody answered.
    #[error("no answer: {0}")]
    #[diagnostic(help(
        "is the registry's name right, is it running, and does this machine reach it? A proxy is \
         taken from HTTPS_PROXY and NO_PROXY"
    ))]
    Unreachable(Unreachable),
    /// No encrypted connection could be made.
    #[error("no encrypted connection: {why}")]
    #[diagnostic(help(
        "if its certificate is from an authority of your own, name it by `certificate` in \
         registries.toml; if it speaks plain http only, and the network between is yours, say \
         `plain-http = true` there"
    ))]
    Tls {
        /// What the other side did, or what is wrong with its certificate.
        why: String,
    },
    /// The registry wants to know who asks, or does not know who asked (401).
    #[error("the registry wants to know who asks: {0}")]
    #[diagnostic(help(
        "log in as for docker or podman (`docker login`, `podman login`, `oras login`), or set \
         PERIPLASM_REGISTRY_TOKEN=<registry>=<token>"
    ))]
    Unauthorized(Looked),
    /// The registry knows who asks, and refuses (403).
    #[error("the registry does not allow it{}", colon(.said))]
    #[diagnostic(help("ask its owner for the right to read, or to write, this repository"))]
    Forbidden {
        /// What the registry said, shortened.
        said: Option<String>,
    },
    /// Too many requests (429), also after waiting.
    #[error("the registry wants fewer requests{}", after(*.retry_after))]
    #[diagnostic(help(
        "try again later; who is logged in often has more, and a mirror has its own limit"
    ))]
    RateLimited {
        /// How long it wants to be left alone, if it said so.
        retry_after: Option<Duration>,
    },
    /// The registry failed (5xx), also when asked again.
    #[error("the registry failed with status {status}{}", colon(.said))]
    #[diagnostic(help("this is the registry's fault: try again later, or ask its owner"))]
    Server {
        /// The HTTP status.
        status: u16,
        /// What the registry said, shortened.
        said: Option<String>,
    },
    /// The registry refused in another way.
    #[error("the registry refused with status {status}{}", colon(.said))]
    #[diagnostic(help("does the registry take artifacts of this kind, and of this size?"))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the registry said, shortened.
        said: Option<String>,
    },
    /// The bytes ended early.
    #[error("only {got} of {expected} bytes came")]
    #[diagnostic(help(
        "the connection was cut; what came is kept, and the next try goes on there"
    ))]
    Truncated {
        /// How many came.
        got: u64,
        /// How many were announced.
        expected: u64,
    },
    /// It sends us elsewhere, where we do not go.
    #[error("the registry sends us on to {to}")]
    #[diagnostic(help(
        "only the bytes of a blob may come from another host, by https and without your \
         credentials; if the registry has moved, use its new name"
    ))]
    Redirected {
        /// Where to, without the query.
        to: String,
    },
    /// Something would go over plain http to another machine.
    #[error("{host} would be asked over plain http, and is another machine")]
    #[diagnostic(help(
        "anybody on the way could read and change it. If the network between is yours, say \
         `plain-http = true` for this registry in registries.toml"
    ))]
    PlainHttp {
        /// The host.
        host: String,
    },
    /// What answers is no registry.
    #[error("what answers there is no registry: {why}")]
    #[diagnostic(help(
        "is the registry's name right, with its port? It may also be a proxy or a login page"
    ))]
    NotRegistry {
        /// What it did.
        why: String,
    },
    /// It is not in the cache, and the network is not to be used.
    #[error("it is not in the cache, and `offline` forbids to ask the registry")]
    #[diagnostic(help("pull it once without `--offline`; from then on the cache has it"))]
    Offline,
    /// The cache cannot be written.
    #[error("the cache cannot be used: {}: {source}", path.display())]
    #[diagnostic(help(
        "is the disk full, and the folder yours? XDG_CACHE_HOME, or `cache` in registries.toml, \
         names another"
    ))]
    Cache {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file or a helper that keeps credentials failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Credentials(#[from] CredentialError),
}

/// Why nobody answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreachable {
    /// The name has no address.
    #[error("no host has this name")]
    Name,
    /// Nothing listens there.
    #[error("the connection was refused")]
    Refused,
    /// It took too long.
    #[error("nothing came in time")]
    TimedOut,
    /// The connection broke, or something else of the network.
    #[error("{0}")]
    Other(String),
}

impl RegistryFault {
    pub(crate) fn at(self, place: impl std::fmt::Display) -> RegistryError {
        RegistryError { place: place.to_string(), fault: self }
    }

    /// Whether the same request may succeed later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(why) => !matches!(why, Unreachable::Name),
            Self::RateLimited { .. } | Self::Truncated { .. } => true,
            Self::Server { status, .. } => !matches!(status, 501 | 505),
            _ => false,
        }
    }
}

fn colon(said: &Option<String>) -> String {
    said.as_ref().map(|said| format!(": {said:?}")).unwrap_or_default()
}

fn after(wait: Option<Duration>) -> String {
    wait.map(|wait| format!(", and to be asked again in {} s", wait.as_secs())).unwrap_or_default()
}
