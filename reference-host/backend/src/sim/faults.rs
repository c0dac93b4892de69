//! Faults of everything that is no I2C device.

use std::num::NonZeroU64;

use serde::Deserialize;

/// What goes wrong, and when.
///
/// Uses are counted from the first one on, failed ones too: transactions of an
/// SPI device, calls of anything else. A fault lets `after` of them pass, then
/// acts on the next `times`, or for ever.
///
/// ```
/// # use periplasm_backend::sim::{Scheduled, SpiFault};
/// # #[derive(serde::Deserialize)]
/// # struct Device { fault: Scheduled<SpiFault> }
/// let device: Device = toml::from_str(r#"fault = { kind = "overrun", times = 1 }"#)?;
/// assert_eq!(device.fault.kind, SpiFault::Overrun);
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheduled<K> {
    /// What goes wrong.
    pub kind: K,
    /// How many uses pass first.
    #[serde(default)]
    pub after: u64,
    /// How many uses it acts on; on all if absent.
    #[serde(default)]
    pub times: Option<NonZeroU64>,
}

/// What goes wrong with an SPI device or bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpiFault {
    /// Bytes arrive faster than they are taken. The chip saw none of them.
    Overrun,
    /// Another controller drives the bus.
    ModeFault,
    /// Chip select cannot be driven.
    ChipSelectFault,
    /// It is gone; with `times`, for so long.
    Disappears,
}

/// What goes wrong with a pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PinFault {
    /// An input reads low and sees no edges; what an output drives does not
    /// reach the wire, which stays low. High or low voltage, whatever
    /// `active-low` says.
    StuckLow,
    /// The same at high.
    StuckHigh,
    /// It is gone; with `times`, for so long.
    Disappears,
}

/// What goes wrong with a serial port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SerialFault {
    /// The byte that would be read next was noise.
    Noise,
    /// Its parity is wrong.
    Parity,
    /// Its stop bit is wrong.
    Framing,
    /// Bytes arrived faster than they were taken.
    Overrun,
    /// The port is gone; with `times`, for so long.
    Disappears,
}

/// What goes wrong with an input of a converter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdcFault {
    /// The voltage is outside of what it can measure.
    OutOfRange,
    /// It is gone; with `times`, for so long.
    Disappears,
}

/// What goes wrong with an output of pulses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PwmFault {
    /// It is gone; with `times`, for so long.
    Disappears,
}

/// What goes wrong with a CAN bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CanFault {
    /// Nobody acknowledges what is sent.
    NotAcknowledged,
    /// It is gone; with `times`, for so long.
    Disappears,
}

/// A fault with its count of uses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counting<K> {
    fault: Option<Scheduled<K>>,
    uses: u64,
}

impl<K: Copy> Counting<K> {
    pub(super) fn new(fault: Option<Scheduled<K>>) -> Self {
        Self { fault, uses: 0 }
    }

    /// Counts one use: what goes wrong with it.
    pub(super) fn next(&mut self) -> Option<K> {
        let acting = self.acting();
        self.uses = self.uses.saturating_add(1);
        acting
    }

    /// Counts so many uses that pass.
    pub(super) fn pass(&mut self, uses: usize) {
        self.uses = self.uses.saturating_add(uses as u64);
    }

    /// What goes wrong sooner or later.
    pub(super) fn kind(&self) -> Option<K> {
        self.fault.map(|fault| fault.kind)
    }

    /// What goes wrong with the next use.
    pub(super) fn acting(&self) -> Option<K> {
        let fault = self.fault?;
        let since = self.uses.checked_sub(fault.after)?;
        fault.times.is_none_or(|times| since < times.get()).then_some(fault.kind)
    }
}
