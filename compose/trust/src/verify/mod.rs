//! Whether an artifact may be used: a policy, and the signatures that there are.

mod error;
mod weigh;

use std::time::SystemTime;

use chrono::{DateTime, NaiveDate};
use periplasm_registry::{Digest, Reference, Registry, Repository};

pub use error::VerifyError;

use crate::policy::{Policy, Require, Rule};
use crate::signature::{Form, SignError, candidates};
use crate::text::list;
use weigh::{Scale, Weighed};

/// An artifact that may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The digest that was asked about: use no other bytes.
    pub digest: Digest,
    /// Who signed it, of those that the policy believes. None if the policy asks
    /// for no signature.
    pub by: Vec<Signer>,
}

/// Somebody who signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// How the policy names the key.
    pub name: String,
    /// The key's fingerprint.
    pub fingerprint: Digest,
    /// Where the signature was found.
    pub form: Form,
}

/// Asks `policy` whether the artifact with this digest may be used under the name
/// `reference`, at the time `now`.
///
/// A signature is about a digest. It does not say which name or tag the artifact
/// has, or that there is no newer one: name artifacts by digest where that matters.
pub fn verify(
    registry: &dyn Registry,
    reference: &Reference,
    digest: &Digest,
    policy: &Policy,
    now: SystemTime,
) -> Result<Verified, VerifyError> {
    let repository = &reference.repository;
    let rule = rule_for(policy, repository)?;
    if rule.require() == Require::Nothing {
        return Ok(Verified { digest: digest.clone(), by: Vec::new() });
    }
    let mut scale = Scale::new(rule, digest, day(now));
    let mut failed = None;
    for form in [Form::Classic, Form::Bundle] {
        match candidates(registry, repository, digest, form) {
            Ok(found) => found.into_iter().for_each(|candidate| scale.put(candidate)),
            // One form is enough, if the other cannot be had: offline, say.
            Err(error) => failed = failed.or(Some(error)),
        }
        if scale.is_enough() {
            break;
        }
    }
    if let Some(error) = failed.filter(|_| !scale.is_enough()) {
        return Err(match error {
            SignError::Registry(error) => VerifyError::Registry(error),
            other => VerifyError::TooMany { message: other.to_string() },
        });
    }
    match scale.weighed() {
        Weighed::Enough(by) => Ok(Verified { digest: digest.clone(), by }),
        Weighed::Nothing => {
            let keys = list(rule.keys().iter().map(|key| key.name()));
            let artifact = repository.at(digest.clone()).to_string();
            Err(VerifyError::Unsigned { artifact, keys })
        }
        Weighed::Refused(fault) => Err(fault.of(repository.at(digest.clone()).to_string(), rule)),
    }
}

/// The policy's rule for a repository. Who asks for it before anything else asks
/// nothing of registries that nobody believes.
pub fn rule_for<'a>(policy: &'a Policy, repository: &Repository) -> Result<&'a Rule, VerifyError> {
    policy.rule(repository).ok_or_else(|| {
        let (repository, name) = (repository.to_string(), policy.name().to_owned());
        match policy.is_there() {
            true => VerifyError::NoRule { repository, policy: name },
            false => VerifyError::NoPolicy { repository, policy: name },
        }
    })
}

/// The day of `now` in UTC.
fn day(now: SystemTime) -> NaiveDate {
    let seconds = match now.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(_) => 0,
    };
    // A clock that is beyond all dates makes every key that ends expire.
    DateTime::from_timestamp(seconds, 0).map_or(NaiveDate::MAX, |now| now.date_naive())
}
