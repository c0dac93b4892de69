//! Pipelines that a command line names: files, and artifacts of registries.

mod bars;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use miette::Diagnostic;
use periplasm_host::Pipeline;
use periplasm_host::remote::{self, Remote};
use periplasm_registry::{Client, Reference, ReferenceError, Settings};
use periplasm_trust::Policy;

use super::exit::{Failure, UNREADABLE, fail};
use bars::Bars;

/// Where a pipeline is.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// In a file.
    File(PathBuf),
    /// In a registry: the text, with `oci://` before it.
    Registry(String),
}

impl From<OsString> for Source {
    fn from(text: OsString) -> Self {
        match text.to_str() {
            Some(text) if text.starts_with("oci://") => Self::Registry(text.to_owned()),
            _ => Self::File(text.into()),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Registry(text) => f.write_str(text),
        }
    }
}

/// A file that is not there, and would be a reference.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("there is no file {text}")]
#[diagnostic(help("if a registry has it, write oci://{text}"))]
struct NotThere {
    text: String,
}

/// How registries are asked, and whom to believe.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Registries")]
pub(super) struct RemoteArgs {
    /// Whose signatures are believed [default: `$XDG_CONFIG_HOME/periplasm/policy.toml`;
    /// what it does not name is refused].
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Use what was pulled before, and no network.
    #[arg(long)]
    offline: bool,
    /// How registries are asked: mirrors, certificates, patience [default:
    /// `$XDG_CONFIG_HOME/periplasm/registries.toml`, if it is there].
    #[arg(long, value_name = "FILE")]
    registries: Option<PathBuf>,
    /// Speak plain http to the registry, although it is another machine. A
    /// password is not sent over it.
    #[arg(long)]
    plain_http: bool,
}

impl RemoteArgs {
    /// A client for an artifact.
    pub(super) fn client(&self, reference: &Reference) -> Result<Client, Failure> {
        let settings = Settings::load(self.registries.as_deref())?.offline(self.offline);
        let settings = match self.plain_http {
            true => settings.plain_http(reference.repository.host()),
            false => settings,
        };
        Ok(Client::new(settings, Arc::new(Bars::default()))?)
    }

    /// Whom to believe.
    pub(super) fn policy(&self) -> Result<Policy, Failure> {
        Ok(Policy::find(self.policy.as_deref())?)
    }

    /// Pulls an artifact that the policy allows.
    pub(super) fn pull(&self, reference: &Reference) -> Result<Remote, Failure> {
        let policy = self.policy()?;
        let client = self.client(reference)?;
        Ok(remote::pull(&client, reference, &policy, SystemTime::now())?)
    }

    /// Reads a pipeline, wherever it is.
    pub(super) fn load(&self, source: &Source) -> Result<Pipeline, Failure> {
        match source {
            Source::File(path) => {
                let text = path.display().to_string();
                if !path.exists() && text.parse::<Reference>().is_ok() {
                    return Err(fail(NotThere { text }, UNREADABLE));
                }
                Ok(Pipeline::load(path)?)
            }
            Source::Registry(text) => {
                let remote = self.pull(&text.parse()?)?;
                tracing::debug!("{} {}", remote.reference, signed_by(&remote));
                Ok(remote.into_pipeline()?)
            }
        }
    }
}

/// Reads a reference, with or without `oci://`.
pub(super) fn reference(text: &str) -> Result<Reference, ReferenceError> {
    text.parse()
}

/// Who signed it, in words.
pub(super) fn signed_by(remote: &Remote) -> String {
    let by: Vec<&str> = remote.by.iter().map(|signer| signer.name.as_str()).collect();
    match by.as_slice() {
        [] => "needs no signature, says the policy".to_owned(),
        by => format!("is signed by {}", by.join(" and ")),
    }
}
