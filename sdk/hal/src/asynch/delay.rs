//! Waiting for a moment.

use embedded_hal_async::delay::DelayNs;

use super::happening;
use crate::Delay;
use crate::bindings::periplasm::hal::wait;

impl DelayNs for Delay {
    async fn delay_ns(&mut self, ns: u32) {
        happening(wait::timer(u64::from(ns))).await;
    }

    async fn delay_us(&mut self, us: u32) {
        happening(wait::timer(u64::from(us) * 1_000)).await;
    }

    async fn delay_ms(&mut self, ms: u32) {
        happening(wait::timer(u64::from(ms) * 1_000_000)).await;
    }
}
