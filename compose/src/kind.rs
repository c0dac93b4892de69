//! The words for the kinds of slots.

pub(crate) use periplasm_request::SlotKind;

use crate::name::InterfaceName;

/// What `compose` says of a kind, and how it finds one.
pub(crate) trait Words: Sized {
    /// The functions of a slot, in words.
    fn functions(self) -> String;

    /// What the board has a name for, with its article.
    fn thing(self) -> &'static str;

    /// A name that a board could have for one.
    fn example(self) -> &'static str;

    /// A manifest's entry for a slot of this kind.
    fn line(self, slot: &str) -> String;

    /// The kind whose resource `resource` of `owner` is.
    fn of(owner: &InterfaceName, resource: &str) -> Option<Self>;

    /// The kind whose resource `owner` defines.
    fn of_interface(owner: &InterfaceName) -> Option<Self>;

    /// The kind that a manifest calls `word`.
    fn named(word: &str) -> Option<Self>;
}

impl Words for SlotKind {
    fn functions(self) -> String {
        let (_, resource) = self.resource();
        match self {
            Self::I2c => {
                format!("`open: func() -> {resource}` and `addresses: func() -> list<u16>`")
            }
            _ => format!("`open: func() -> {resource}`"),
        }
    }

    fn thing(self) -> &'static str {
        match self {
            Self::I2c => "an I2C bus",
            Self::Spi => "an SPI device",
            Self::SpiBus => "an SPI bus",
            Self::OutputPin | Self::InputPin => "a pin",
            Self::Pwm => "a PWM output",
            Self::Adc => "an ADC input",
            Self::Serial => "a serial port",
            Self::Can => "a CAN bus",
            Self::Usb => "a USB host port",
            Self::UsbDevice => "a USB device port",
            Self::Diag => "a log",
        }
    }

    fn example(self) -> &'static str {
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
            Self::Usb => "stick",
            Self::UsbDevice => "gadget",
            Self::Diag => "diag",
        }
    }

    fn line(self, slot: &str) -> String {
        let kind = self.as_str();
        match self {
            Self::I2c => format!("{slot} = {{ i2c = \"<bus>\", address = 0x76 }}"),
            Self::Usb => format!(
                "{slot} = {{ usb = \"<name>\", devices = [{{ vendor = 0x16c0, product = 0x05dc }}] }}"
            ),
            _ => format!("{slot} = {{ {kind} = \"<name>\" }}"),
        }
    }

    fn of(owner: &InterfaceName, resource: &str) -> Option<Self> {
        Self::of_interface(owner).filter(|kind| kind.resource().1 == resource)
    }

    fn of_interface(owner: &InterfaceName) -> Option<Self> {
        Self::all().find(|kind| {
            InterfaceName::parse(kind.resource().0).is_some_and(|i| i.same_track(owner))
        })
    }

    fn named(word: &str) -> Option<Self> {
        Self::HARDWARE.into_iter().find(|kind| kind.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_stands_for_one_kind() {
        for kind in SlotKind::all() {
            let (interface, resource) = kind.resource();
            let interface = InterfaceName::parse(interface).unwrap();
            assert_eq!(SlotKind::of(&interface, resource), Some(kind));
            assert_eq!(SlotKind::of(&interface, "pin"), None);
        }
        assert_eq!(SlotKind::named("diag"), None, "nobody asks for it");
    }
}
