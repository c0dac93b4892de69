//! The hardware that a board names, one table a kind.

#[cfg(target_os = "linux")]
pub(crate) mod linux;
pub(crate) mod sim;

use std::collections::BTreeMap;
use std::fmt::Debug;

use miette::SourceSpan;
use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::pipeline::SlotKind;

/// What one backend's board files say about each kind.
pub(crate) trait Kinds: Clone + Debug {
    type Spi: DeserializeOwned + Clone + Debug;
    type SpiBus: DeserializeOwned + Clone + Debug;
    type OutputPin: DeserializeOwned + Clone + Debug;
    type InputPin: DeserializeOwned + Clone + Debug;
    type Pwm: DeserializeOwned + Clone + Debug;
    type Adc: DeserializeOwned + Clone + Debug;
    type Serial: DeserializeOwned + Clone + Debug;
    type Can: DeserializeOwned + Clone + Debug;
}

/// What stands under the names of one kind.
pub(crate) type Table<T> = BTreeMap<Spanned<String>, Spanned<T>>;

/// All kinds but I2C, which has more to check.
#[derive(Clone, Debug)]
pub(crate) struct Tables<K: Kinds> {
    pub(crate) spi: Table<K::Spi>,
    pub(crate) spi_bus: Table<K::SpiBus>,
    pub(crate) output_pin: Table<K::OutputPin>,
    pub(crate) input_pin: Table<K::InputPin>,
    pub(crate) pwm: Table<K::Pwm>,
    pub(crate) adc: Table<K::Adc>,
    pub(crate) serial: Table<K::Serial>,
    pub(crate) can: Table<K::Can>,
}

/// The hardware of a board, as its backend describes it.
#[derive(Clone, Debug)]
pub(crate) enum Hardware {
    Sim(Box<Tables<sim::Sim>>),
    #[cfg(target_os = "linux")]
    Linux(Box<Tables<linux::Linux>>),
}

impl<K: Kinds> Tables<K> {
    /// The names of one kind, sorted, with their places in the file.
    pub(crate) fn names(&self, kind: SlotKind) -> Vec<(&str, SourceSpan)> {
        match kind {
            SlotKind::Spi => names(&self.spi),
            SlotKind::SpiBus => names(&self.spi_bus),
            SlotKind::OutputPin => names(&self.output_pin),
            SlotKind::InputPin => names(&self.input_pin),
            SlotKind::Pwm => names(&self.pwm),
            SlotKind::Adc => names(&self.adc),
            SlotKind::Serial => names(&self.serial),
            SlotKind::Can => names(&self.can),
            SlotKind::Usb | SlotKind::UsbDevice | SlotKind::I2c | SlotKind::Diag => Vec::new(),
        }
    }
}

impl Hardware {
    pub(crate) fn names(&self, kind: SlotKind) -> Vec<(&str, SourceSpan)> {
        match self {
            Self::Sim(tables) => tables.names(kind),
            #[cfg(target_os = "linux")]
            Self::Linux(tables) => tables.names(kind),
        }
    }
}

fn names<T>(table: &Table<T>) -> Vec<(&str, SourceSpan)> {
    table.keys().map(|name| (name.get_ref().as_str(), name.span().into())).collect()
}
