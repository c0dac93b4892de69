//! Waiting.

use std::fmt;
use std::sync::Arc;

use embedded_hal::delay::DelayNs;

use crate::Clock;

/// A clock as embedded-hal's `DelayNs`. Every delay is one wait, however long.
#[derive(Clone)]
pub struct NativeDelay {
    pub(super) clock: Arc<dyn Clock>,
}

impl NativeDelay {
    /// Waits on `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

impl fmt::Debug for NativeDelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeDelay").finish_non_exhaustive()
    }
}

impl DelayNs for NativeDelay {
    fn delay_ns(&mut self, ns: u32) {
        self.clock.delay_ns(ns.into());
    }

    // embedded-hal's defaults for these two loop over `delay_ns`.
    fn delay_us(&mut self, us: u32) {
        self.clock.delay_ns(u64::from(us) * 1_000);
    }

    fn delay_ms(&mut self, ms: u32) {
        self.clock.delay_ns(u64::from(ms) * 1_000_000);
    }
}
