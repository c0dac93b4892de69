//! The kinds of slots.

use std::fmt;

/// What a slot opens. Its word is the same in manifests, requests and boards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotKind {
    /// An I2C bus, with the addresses that were granted.
    I2c,
    /// A device on an SPI bus, with its chip select.
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
    /// USB devices, from their host's side.
    Usb,
    /// A USB device controller: a port for a gadget.
    UsbDevice,
    /// The stage's log and panic report.
    Diag,
}

impl SlotKind {
    /// What can be asked of a board, in the order in which messages list it. The
    /// diag slot is granted without being asked for.
    pub const HARDWARE: [Self; 11] = [
        Self::I2c,
        Self::Spi,
        Self::SpiBus,
        Self::OutputPin,
        Self::InputPin,
        Self::Pwm,
        Self::Adc,
        Self::Serial,
        Self::Can,
        Self::Usb,
        Self::UsbDevice,
    ];

    /// All of them, in the order in which messages list them.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        Self::HARDWARE.into_iter().chain([Self::Diag])
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
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
            Self::Usb => "usb",
            Self::UsbDevice => "usb-device",
            Self::Diag => "diag",
        }
    }

    /// The interface and the resource that make a slot one of this kind.
    pub const fn resource(self) -> (&'static str, &'static str) {
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
            Self::Usb => ("periplasm:usb/usb@0.1.0", "usb-host"),
            Self::UsbDevice => ("periplasm:usb-device/usb-device@0.1.0", "usb-device"),
            Self::Diag => ("periplasm:hal/diag@0.1.0", "diag"),
        }
    }

    /// Whether only one slot may have such hardware at a time. Two drivers on
    /// one output would undo each other's work; on what is only read, or is
    /// locked for each transaction, they do not meet.
    pub fn is_exclusive(self) -> bool {
        matches!(self, Self::SpiBus | Self::OutputPin | Self::Pwm | Self::Serial | Self::UsbDevice)
    }
}

impl fmt::Display for SlotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
