//! Stages from registries: resolved, verified, pulled.
//!
//! A stage is as foreign as a pipeline that is run: the policy decides whose
//! signatures are believed, and without one no stage is taken. What is verified
//! is a digest, what is pulled is that digest, and the lock keeps it.

mod error;

use std::fmt;
use std::time::SystemTime;

use periplasm_compose::{Fetch, FetchError, Fetched, Remote};
use periplasm_registry::artifact::Kind;
use periplasm_registry::package::{self, PackageConfig, PackageName};
use periplasm_registry::{Reference, Registry, pull};
use periplasm_trust::{Policy, rule_for, verify};

pub use error::RemoteStageError;

/// Fetches stages from one registry, or, by a client, from any.
pub struct RegistryFetch {
    registry: Box<dyn Registry>,
    policy: Policy,
    packages: PackageConfig,
}

impl RegistryFetch {
    /// Takes stages from `registry` that `policy` allows. `packages` says where
    /// those are that are named as packages.
    pub fn new(registry: Box<dyn Registry>, policy: Policy, packages: PackageConfig) -> Self {
        Self { registry, policy, packages }
    }
}

impl fmt::Debug for RegistryFetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryFetch").field("policy", &self.policy.name()).finish_non_exhaustive()
    }
}

impl Fetch for RegistryFetch {
    fn fetch(&self, remote: &Remote, pinned: Option<&str>) -> Result<Fetched, FetchError> {
        let reference = resolve(remote, pinned, &self.packages, self.registry.as_ref());
        let fetched = reference.and_then(|reference| {
            fetch_stage(self.registry.as_ref(), &reference, &self.policy, SystemTime::now())
        });
        fetched.map_err(FetchError::new)
    }
}

/// Where a stage is: where the lock says if it is `pinned`, otherwise where its
/// name says.
pub fn resolve(
    remote: &Remote,
    pinned: Option<&str>,
    packages: &PackageConfig,
    registry: &dyn Registry,
) -> Result<Reference, RemoteStageError> {
    let named: Option<Reference> = match remote {
        Remote::Oci(text) => Some(text.parse()?),
        _ => None,
    };
    if let Some(pinned) = pinned {
        let locked: Reference = pinned.parse()?;
        // A lock says which of the artifacts of that name, not which name.
        if let Some(named) = named.filter(|named| named.repository != locked.repository) {
            let (named, locked) = (named.repository.to_string(), pinned.to_owned());
            return Err(RemoteStageError::LockedElsewhere { named, locked });
        }
        return Ok(locked);
    }
    match (named, remote) {
        (Some(named), _) => Ok(named),
        (None, remote) => {
            let name: PackageName = remote.as_str().parse()?;
            Ok(package::resolve(&name, packages, registry)?)
        }
    }
}

/// Verifies and pulls the component that `reference` names, at the time `now`.
pub fn fetch_stage(
    registry: &dyn Registry,
    reference: &Reference,
    policy: &Policy,
    now: SystemTime,
) -> Result<Fetched, RemoteStageError> {
    let pull_error = |source| {
        let reference = reference.to_string();
        RemoteStageError::Pull { reference, source }
    };
    // Before it is asked for anything: see ARCHITECTURE.md, "The policy is asked first".
    rule_for(policy, &reference.repository)?;
    let found = pull::find(registry, reference).map_err(pull_error)?;
    verify(registry, &found.reference, &found.digest, policy, now)?;
    let pulled = pull::fetch(registry, found).map_err(pull_error)?;
    match pulled.kind {
        Kind::Component => {}
        _ => return Err(RemoteStageError::Wit { reference: pulled.reference.to_string() }),
    }
    Ok(Fetched { component: pulled.component, reference: pulled.reference.to_string() })
}

#[cfg(test)]
mod tests;
