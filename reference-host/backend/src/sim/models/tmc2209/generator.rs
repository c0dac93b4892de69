//! The step generator (section 5.2, VACTUAL).

/// The internal clock.
const CLOCK_HZ: i128 = 12_000_000;
const NS: i128 = 1_000_000_000;

/// Microsteps, counted in parts of 2²⁴ · 10⁹ / 12 MHz so that none are lost.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Generator {
    parts: i128,
    at_ns: u64,
}

impl Generator {
    /// Goes on to `now_ns` at `vactual`: that many microsteps in 2²⁴ clocks.
    pub(super) fn advance(&mut self, vactual: i32, now_ns: u64) {
        let passed = now_ns.saturating_sub(self.at_ns);
        self.at_ns = self.at_ns.max(now_ns);
        self.parts += i128::from(vactual) * i128::from(passed) * CLOCK_HZ;
    }

    /// Microsteps since power up, backward ones less.
    pub(super) fn microsteps(&self) -> i64 {
        i64::try_from(self.parts.div_euclid(NS << 24)).unwrap_or(i64::MAX)
    }
}
