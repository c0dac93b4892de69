//! The kinds of slots, and the words for them.

use crate::name::InterfaceName;

/// What a slot opens. The names are those of [`periplasm_request::Request::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlotKind {
    /// An I2C bus, with the addresses that were granted.
    I2c,
    /// A device on an SPI bus.
    Spi,
    /// A whole SPI bus.
    SpiBus,
    /// A pin to drive.
    OutputPin,
    /// A pin to read.
    InputPin,
    /// An output of pulses.
    Pwm,
    /// An input of a converter.
    Adc,
    /// A serial port.
    Serial,
    /// A CAN bus.
    Can,
    /// The stage's log and panic report.
    Diag,
}

impl SlotKind {
    /// What a manifest can ask for, in the order in which messages list it. The
    /// diag slot is granted without being asked for.
    pub(crate) const HARDWARE: [Self; 9] = [
        Self::I2c,
        Self::Spi,
        Self::SpiBus,
        Self::OutputPin,
        Self::InputPin,
        Self::Pwm,
        Self::Adc,
        Self::Serial,
        Self::Can,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::I2c => "i2c",
            Self::Spi => "spi",
            Self::SpiBus => "spi-bus",
            Self::OutputPin => "output-pin",
            Self::InputPin => "input-pin",
            Self::Pwm => "pwm",
            Self::Adc => "adc",
            Self::Serial => "serial",
            Self::Can => "can",
            Self::Diag => "diag",
        }
    }

    /// The interface and the resource that make a slot one of this kind.
    pub(crate) fn resource(self) -> (&'static str, &'static str) {
        match self {
            Self::I2c => ("wasi:i2c/i2c@0.2.0-draft", "i2c"),
            Self::Spi => ("periplasm:hal/spi@0.1.0", "spi-device"),
            Self::SpiBus => ("periplasm:hal/spi-bus@0.1.0", "spi-bus"),
            Self::OutputPin => ("periplasm:hal/output-pin@0.1.0", "output-pin"),
            Self::InputPin => ("periplasm:hal/input-pin@0.1.0", "input-pin"),
            Self::Pwm => ("periplasm:hal/pwm@0.1.0", "pwm"),
            Self::Adc => ("periplasm:hal/adc@0.1.0", "adc"),
            Self::Serial => ("periplasm:hal/serial@0.1.0", "serial"),
            Self::Can => ("periplasm:hal/can@0.1.0", "can"),
            Self::Diag => ("periplasm:hal/diag@0.1.0", "diag"),
        }
    }

    /// The functions of a slot, in words.
    pub(crate) fn functions(self) -> String {
        let (_, resource) = self.resource();
        match self {
            Self::I2c => {
                format!("`open: func() -> {resource}` and `addresses: func() -> list<u16>`")
            }
            _ => format!("`open: func() -> {resource}`"),
        }
    }

    /// What the board has a name for, with its article.
    pub(crate) fn thing(self) -> &'static str {
        match self {
            Self::I2c => "an I2C bus",
            Self::Spi => "an SPI device",
            Self::SpiBus => "an SPI bus",
            Self::OutputPin | Self::InputPin => "a pin",
            Self::Pwm => "a PWM output",
            Self::Adc => "an ADC input",
            Self::Serial => "a serial port",
            Self::Can => "a CAN bus",
            Self::Diag => "a log",
        }
    }

    /// A name that a board could have for one.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::I2c => "environment",
            Self::Spi => "screen",
            Self::SpiBus => "leds",
            Self::OutputPin => "screen-dc",
            Self::InputPin => "alert",
            Self::Pwm => "fan",
            Self::Adc => "battery",
            Self::Serial => "gps",
            Self::Can => "vehicle",
            Self::Diag => "diag",
        }
    }

    /// Whether one slot has it for itself: what two drivers set, or take from
    /// each other, works for neither.
    pub(crate) fn is_exclusive(self) -> bool {
        matches!(self, Self::SpiBus | Self::OutputPin | Self::Pwm | Self::Serial)
    }

    /// A manifest's entry for a slot of this kind.
    pub(crate) fn line(self, slot: &str) -> String {
        let kind = self.as_str();
        match self {
            Self::I2c => format!("{slot} = {{ i2c = \"<bus>\", address = 0x76 }}"),
            _ => format!("{slot} = {{ {kind} = \"<name>\" }}"),
        }
    }

    /// The kind whose resource `resource` of `owner` is.
    pub(crate) fn of(owner: &InterfaceName, resource: &str) -> Option<Self> {
        Self::of_interface(owner).filter(|kind| kind.resource().1 == resource)
    }

    /// The kind whose resource `owner` defines.
    pub(crate) fn of_interface(owner: &InterfaceName) -> Option<Self> {
        Self::HARDWARE.into_iter().chain([Self::Diag]).find(|kind| {
            InterfaceName::parse(kind.resource().0).is_some_and(|i| i.same_track(owner))
        })
    }

    /// The kind that a manifest calls `word`.
    pub(crate) fn named(word: &str) -> Option<Self> {
        Self::HARDWARE.into_iter().find(|kind| kind.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_stands_for_one_kind() {
        for kind in SlotKind::HARDWARE.into_iter().chain([SlotKind::Diag]) {
            let (interface, resource) = kind.resource();
            let interface = InterfaceName::parse(interface).unwrap();
            assert_eq!(SlotKind::of(&interface, resource), Some(kind));
            assert_eq!(SlotKind::of(&interface, "pin"), None);
        }
        assert_eq!(SlotKind::named("diag"), None, "nobody asks for it");
    }
}
