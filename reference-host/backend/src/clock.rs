//! Time, as stages see it.

use std::time::{Duration, Instant};

/// A clock that can be waited on.
pub trait Clock: Send + Sync {
    /// Nanoseconds since the clock was made.
    fn now_ns(&self) -> u64;

    /// Returns when at least `ns` nanoseconds have passed on this clock.
    fn delay_ns(&self, ns: u64);

    /// Returns when the clock shows at least `at_ns`.
    fn delay_until(&self, at_ns: u64) {
        self.delay_ns(at_ns.saturating_sub(self.now_ns()));
    }

    /// Whether time passes on it only when somebody waits. Then whoever waits
    /// for something that is to happen at a known moment moves it there, and
    /// nobody need sleep.
    fn is_virtual(&self) -> bool {
        false
    }
}

/// The machine's own monotonic clock.
#[derive(Debug)]
pub struct RealClock {
    start: Instant,
}

impl RealClock {
    /// A clock that starts at zero now.
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for RealClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for RealClock {
    fn now_ns(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn delay_ns(&self, ns: u64) {
        std::thread::sleep(Duration::from_nanos(ns));
    }
}
