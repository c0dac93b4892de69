//! Whether an artifact may be used: a policy, and the signatures that there are.

mod error;
mod weigh;

use std::time::SystemTime;

use chrono::{DateTime, NaiveDate};
use periplasm_registry::{Digest, Reference, Registry};

pub use error::VerifyError;

use crate::policy::{Policy, Require};
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
    let Some(rule) = policy.rule(repository) else {
        let (repository, policy_file) = (repository.to_string(), policy.name().to_owned());
        return Err(match policy.is_there() {
            true => VerifyError::NoRule { repository, policy: policy_file },
            false => VerifyError::NoPolicy { repository, policy: policy_file },
        });
    };
    if rule.require() == Require::Nothing {
        return Ok(Verified { digest: digest.clone(), by: Vec::new() });
    }
    let mut scale = Scale::new(rule, digest, day(now));
    for form in [Form::Classic, Form::Bundle] {
        let found =
            candidates(registry, repository, digest, form).map_err(|error| match error {
                SignError::Registry(error) => VerifyError::Registry(error),
                other => VerifyError::TooMany { message: other.to_string() },
            })?;
        found.into_iter().for_each(|candidate| scale.put(candidate));
        if scale.is_enough() {
            break;
        }
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

/// The day of `now` in UTC.
fn day(now: SystemTime) -> NaiveDate {
    let seconds = match now.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(_) => 0,
    };
    // A clock that is beyond all dates makes every key that ends expire.
    DateTime::from_timestamp(seconds, 0).map_or(NaiveDate::MAX, |now| now.date_naive())
}
