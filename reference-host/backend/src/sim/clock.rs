//! Time that passes only when somebody waits.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Clock;

/// A clock that stands still until a delay moves it, and moves at once.
///
/// It stops for good at `u64::MAX` nanoseconds, 584 years. Clones of the
/// `Arc` it usually lives in share one time; delays of several threads add up.
///
/// ```
/// use periplasm_backend::{Clock, sim::VirtualClock};
/// let clock = VirtualClock::new();
/// clock.delay_ns(40_000_000);
/// assert_eq!(clock.now_ns(), 40_000_000);
/// ```
#[derive(Debug, Default)]
pub struct VirtualClock {
    now_ns: AtomicU64,
}

impl VirtualClock {
    /// A clock at zero.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Clock for VirtualClock {
    fn now_ns(&self) -> u64 {
        self.now_ns.load(Ordering::SeqCst)
    }

    fn delay_ns(&self, ns: u64) {
        // The closure never refuses, so neither does the update.
        let _ = self
            .now_ns
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |now| Some(now.saturating_add(ns)));
    }

    fn delay_until(&self, at_ns: u64) {
        self.now_ns.fetch_max(at_ns, Ordering::SeqCst);
    }

    fn is_virtual(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_past_the_end_of_time_stops_the_clock_there() {
        let clock = VirtualClock::new();
        clock.delay_ns(5);
        clock.delay_ns(u64::MAX);
        clock.delay_ns(1);
        assert_eq!(clock.now_ns(), u64::MAX);
    }

    #[test]
    fn a_delay_until_a_moment_that_is_over_moves_nothing() {
        let clock = VirtualClock::new();
        clock.delay_until(7);
        clock.delay_until(3);
        assert_eq!(clock.now_ns(), 7);
    }

    #[test]
    fn delays_of_several_threads_add_up() {
        let clock = VirtualClock::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1_000).for_each(|_| clock.delay_ns(3)));
            }
        });
        assert_eq!(clock.now_ns(), 12_000);
    }
}
