//! Asking again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use reqwest::Response;
use reqwest::header::RETRY_AFTER;

use crate::RegistryFault;

/// The longest wait before one more try, also if the registry wants a longer one:
/// then there is none.
const LONGEST: Duration = Duration::from_secs(60);

/// A request that failed, and how long the registry wants to be left alone.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) fault: RegistryFault,
    pub(super) wait: Option<Duration>,
}

impl From<RegistryFault> for Failed {
    fn from(fault: RegistryFault) -> Self {
        Self { fault, wait: None }
    }
}

/// How long to wait before the try after `tries` that failed, or why not to try.
pub(super) fn wait(
    failed: Failed,
    tries: u32,
    retries: u32,
    first: Duration,
) -> Result<(Duration, RegistryFault), RegistryFault> {
    let Failed { fault, wait } = failed;
    if tries > retries || !fault.is_passing() || wait.is_some_and(|wait| wait > LONGEST) {
        return Err(fault);
    }
    let doubled = first.saturating_mul(1 << (tries - 1).min(16)).min(LONGEST);
    // Half of it to all of it: those who failed together do not come back together.
    let share = RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64;
    let ours = doubled.mul_f64(0.5 + share / 2.0);
    Ok((ours.max(wait.unwrap_or_default()), fault))
}

/// What `Retry-After` says (RFC 9110, section 10.2.3): seconds, or a date.
pub(super) fn asked_wait(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = chrono::DateTime::parse_from_rfc2822(value).ok()?;
    (at.to_utc() - chrono::Utc::now()).to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fault: RegistryFault, asked: Option<u64>, tries: u32) -> Option<Duration> {
        let failed = Failed { fault, wait: asked.map(Duration::from_secs) };
        wait(failed, tries, 3, Duration::from_secs(1)).ok().map(|(wait, _)| wait)
    }

    fn busy() -> RegistryFault {
        RegistryFault::Server { status: 503, said: None }
    }

    #[test]
    fn each_wait_is_about_twice_the_one_before() {
        for (tries, most) in [(1, 1), (2, 2), (3, 4)] {
            let wait = of(busy(), None, tries).unwrap();
            let most = Duration::from_secs(most);
            assert!(wait >= most / 2 && wait <= most, "{wait:?}");
        }
        assert_eq!(of(busy(), None, 4), None);
    }

    #[test]
    fn the_registry_may_ask_for_a_longer_wait_but_not_for_any() {
        assert_eq!(of(busy(), Some(7), 1), Some(Duration::from_secs(7)));
        assert_eq!(of(busy(), Some(61), 1), None);
        assert_eq!(of(busy(), Some(u64::MAX), 1), None);
    }

    #[test]
    fn what_does_not_pass_is_not_tried_again() {
        for fault in [
            RegistryFault::Missing,
            RegistryFault::Forbidden { said: None },
            RegistryFault::Unauthorized(Default::default()),
            RegistryFault::Tls { why: String::new() },
            RegistryFault::Unreachable(crate::Unreachable::Name),
            RegistryFault::Server { status: 501, said: None },
        ] {
            assert_eq!(of(fault, None, 1), None);
        }
    }
}
