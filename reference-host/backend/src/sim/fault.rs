//! Faults that a board file puts into a device.

use std::num::NonZeroU64;

use serde::Deserialize;

/// What goes wrong with a device, and when.
///
/// Transactions addressed to the device are counted from the first one on,
/// failed ones too. A fault lets `after` of them pass, then acts on the next
/// `times`, or for ever.
///
/// ```
/// # use periplasm_backend::sim::{Fault, NoAcknowledge};
/// # #[derive(serde::Deserialize)]
/// # struct Device { fault: Fault }
/// let device: Device =
///     toml::from_str(r#"fault = { kind = "no-acknowledge", source = "data", after = 3 }"#)?;
/// assert_eq!(
///     device.fault,
///     Fault::NoAcknowledge { source: NoAcknowledge::Data, after: 3, times: None }
/// );
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// A byte is not acknowledged.
    NoAcknowledge {
        /// Which byte.
        #[serde(default)]
        source: NoAcknowledge,
        /// How many transactions pass first.
        #[serde(default)]
        after: u64,
        /// How many fail; for ever if absent.
        #[serde(default)]
        times: Option<NonZeroU64>,
    },
    /// Another controller wins the bus before the address is out.
    ArbitrationLoss {
        /// How many transactions pass first.
        #[serde(default)]
        after: u64,
        /// How many fail; for ever if absent.
        #[serde(default)]
        times: Option<NonZeroU64>,
    },
    /// The device holds SDA low. While it does, every transaction on the bus,
    /// to any address, ends with a bus error. Only those addressed to this
    /// device count, so it lets go after `times` attempts to reach it.
    StuckBus {
        /// How many transactions pass first.
        #[serde(default)]
        after: u64,
        /// How many attempts fail; for ever if absent.
        #[serde(default)]
        times: Option<NonZeroU64>,
    },
    /// The device is gone: its address is never acknowledged again.
    Disappears {
        /// How many transactions pass first.
        #[serde(default)]
        after: u64,
    },
}

/// Which byte a faulty device does not acknowledge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoAcknowledge {
    /// Its address.
    #[default]
    Address,
    /// The first byte written to it. A transaction that writes nothing has no
    /// such byte: it passes, and counts.
    Data,
}

/// A fault with its count of transactions.
#[derive(Debug)]
pub(super) struct Counted {
    fault: Fault,
    transactions: u64,
}

impl Counted {
    pub(super) fn new(fault: Fault) -> Self {
        Self { fault, transactions: 0 }
    }

    /// The fault, if it acts on the next transaction.
    pub(super) fn active(&self) -> Option<Fault> {
        let (after, times) = match self.fault {
            Fault::NoAcknowledge { after, times, .. }
            | Fault::ArbitrationLoss { after, times }
            | Fault::StuckBus { after, times } => (after, times),
            Fault::Disappears { after } => (after, None),
        };
        let since = self.transactions.checked_sub(after)?;
        times.is_none_or(|times| since < times.get()).then_some(self.fault)
    }

    /// Whether the device holds the whole bus.
    pub(super) fn holds_the_bus(&self) -> bool {
        matches!(self.active(), Some(Fault::StuckBus { .. }))
    }

    /// Counts one transaction addressed to the device.
    pub(super) fn count(&mut self) {
        self.transactions = self.transactions.saturating_add(1);
    }
}
