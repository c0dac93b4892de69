//! The wire: how long it is high and low ("Data transfer time").

use std::ops::RangeInclusive;

const T0H_NS: RangeInclusive<u64> = 220..=380;
const T1H_NS: RangeInclusive<u64> = 580..=1_000;
const T0L_NS: RangeInclusive<u64> = 580..=1_000;
const T1L_NS: RangeInclusive<u64> = 220..=420;
const RESET_NS: u64 = 280_000;

/// What the wire said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    /// A bit of data.
    Bit(bool),
    /// A time that means nothing.
    Noise,
    /// Reset: what came before is shown.
    Reset,
}

/// The wire, clock by clock of the bus.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    speed_hz: u64,
    /// Clocks that it has been at its level.
    high: u64,
    low: u64,
    /// The bit whose low time runs, if one does.
    bit: Option<bool>,
}

impl Wire {
    pub(super) fn new(speed_hz: u32) -> Self {
        Self { speed_hz: speed_hz.into(), high: 0, low: 0, bit: None }
    }

    fn ns(&self, clocks: u64) -> u64 {
        clocks.saturating_mul(1_000_000_000) / self.speed_hz
    }

    /// One clock of the bus with the data line at this level.
    pub(super) fn clock(&mut self, high: bool) -> Option<Symbol> {
        if high {
            self.high += 1;
            if self.high > 1 {
                return None;
            }
            // The low time before it is over.
            let clocks = std::mem::take(&mut self.low);
            let low = self.ns(clocks);
            return self.bit.take().map(|bit| {
                let allowed = if bit { T1L_NS } else { T0L_NS };
                if allowed.contains(&low) { Symbol::Bit(bit) } else { Symbol::Noise }
            });
        }
        self.low += 1;
        if self.high > 0 {
            let clocks = std::mem::take(&mut self.high);
            let high = self.ns(clocks);
            self.bit = match high {
                high if T0H_NS.contains(&high) => Some(false),
                high if T1H_NS.contains(&high) => Some(true),
                _ => return Some(Symbol::Noise),
            };
            return None;
        }
        if self.ns(self.low) < RESET_NS {
            return None;
        }
        // The low time of the last bit is part of the reset.
        Some(self.bit.take().map_or(Symbol::Reset, Symbol::Bit))
    }
}
