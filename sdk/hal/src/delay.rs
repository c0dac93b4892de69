//! Waiting.

use embedded_hal::delay::DelayNs;

use crate::bindings::periplasm::hal::delay;

/// Waits on the board's clock. Each call is one call to the host, however
/// long: embedded-hal's own defaults would split a long delay into a loop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delay;

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        delay::delay(u64::from(ns));
    }

    fn delay_us(&mut self, us: u32) {
        delay::delay(u64::from(us) * 1_000);
    }

    fn delay_ms(&mut self, ms: u32) {
        delay::delay(u64::from(ms) * 1_000_000);
    }
}
