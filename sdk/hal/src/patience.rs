//! How long a call of nb waits.

/// What a call of nb waits before it says that it would block: 1 ms. A driver
/// asks again and again, so it sleeps meanwhile, and simulated time goes on.
pub(crate) const PATIENCE_NS: u64 = 1_000_000;
