//! Pipelines from registries. Nothing of one is used, and its code is not even
//! fetched, before the policy allowed it; the digest that was verified is the one
//! of what is used.

use std::time::SystemTime;

use miette::Diagnostic;
use periplasm_registry::pull::{fetch, find};
use periplasm_registry::{Found, Kind, PullError, Reference, Registry, RegistryError};
use periplasm_trust::{Policy, Signer, VerifyError, rule_for, verify};
use thiserror::Error;

use crate::pipeline::{MAX_PIPELINE_BYTES, Pipeline, PipelineError};

/// A component that was pulled, and that the policy allows to be used.
#[derive(Clone, Debug)]
pub struct Remote {
    /// Its name, with the digest that was verified.
    pub reference: Reference,
    /// Who signed it; none if the policy asks for no signature.
    pub by: Vec<Signer>,
    /// Its bytes.
    pub component: Vec<u8>,
}

/// Why a component from a registry is not used.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum RemoteError {
    /// The registry does not give it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Registry(Box<RegistryError>),
    /// It is no artifact of a component.
    #[error("{reference} cannot be pulled: {error}")]
    #[diagnostic(forward(error))]
    Pull {
        /// The artifact.
        reference: String,
        /// Why not.
        error: Box<PullError>,
    },
    /// The policy does not allow it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Refused(Box<VerifyError>),
    /// It is larger than this host reads.
    #[error("{reference} has {size} bytes, and this host reads at most {MAX_PIPELINE_BYTES}")]
    #[diagnostic(help("a pipeline holds code, not data: look for what makes a stage so large"))]
    TooLong {
        /// The artifact.
        reference: String,
        /// Its size, as its manifest says.
        size: u64,
    },
    /// It is a WIT package.
    #[error("{reference} is a WIT package: interfaces, no code")]
    #[diagnostic(help("name the pipeline that was published, not the interfaces that it uses"))]
    NoCode {
        /// The artifact.
        reference: String,
    },
    /// It is no pipeline.
    #[error("{reference} is not a pipeline this host can run: {problem}")]
    #[diagnostic(forward(problem))]
    Malformed {
        /// The artifact.
        reference: String,
        /// Why not.
        problem: PipelineError,
    },
}

/// Reads what an artifact says of itself, and nothing more: nobody has been
/// believed yet.
pub fn look(registry: &dyn Registry, reference: &Reference) -> Result<Found, RemoteError> {
    find(registry, reference).map_err(|error| pull_error(reference, error))
}

/// Pulls a component, if `policy` allows it at the time `now`.
pub fn pull(
    registry: &dyn Registry,
    reference: &Reference,
    policy: &Policy,
    now: SystemTime,
) -> Result<Remote, RemoteError> {
    let refused = |error: VerifyError| RemoteError::Refused(error.into());
    rule_for(policy, &reference.repository).map_err(refused)?;
    let found = look(registry, reference)?;
    let verified = verify(registry, reference, &found.digest, policy, now).map_err(refused)?;
    let size = found.manifest.layers.iter().map(|layer| layer.size).max().unwrap_or(0);
    if size > MAX_PIPELINE_BYTES as u64 {
        return Err(RemoteError::TooLong { reference: reference.to_string(), size });
    }
    // By the digests of the manifest that was verified.
    let pulled = fetch(registry, found).map_err(|error| pull_error(reference, error))?;
    if pulled.kind != Kind::Component {
        return Err(RemoteError::NoCode { reference: reference.to_string() });
    }
    Ok(Remote { reference: pulled.reference, by: verified.by, component: pulled.component })
}

impl Remote {
    /// The pipeline that it is.
    pub fn into_pipeline(self) -> Result<Pipeline, RemoteError> {
        let reference = self.reference.to_string();
        Pipeline::from_bytes(self.component)
            .map_err(|problem| RemoteError::Malformed { reference, problem })
    }
}

fn pull_error(reference: &Reference, error: PullError) -> RemoteError {
    match error {
        PullError::Registry(error) => RemoteError::Registry(error.into()),
        error => RemoteError::Pull { reference: reference.to_string(), error: error.into() },
    }
}
