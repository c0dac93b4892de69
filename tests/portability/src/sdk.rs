//! What the SDK has for each kind of hardware, as the generated crate names it.

use crate::hal::{Family, Kind};

/// The SDK's type that has all these traits, from the generated crate's module
/// `sdk` on. Nothing when no one thing is all of that.
pub(crate) fn stand_in(asked: &[(Family, Kind)]) -> Option<&'static str> {
    let (_, kind) = *asked.first()?;
    if asked.iter().any(|(_, other)| *other != kind) {
        return None;
    }
    let old = asked.iter().any(|(family, _)| *family == Family::Hal02);
    Some(match kind {
        Kind::I2c => "sdk::I2c",
        // 0.2 has no trait for a device alone.
        Kind::Spi => "sdk::SpiDevice",
        Kind::SpiBus => "sdk::SpiBus",
        Kind::OutputPin => "sdk::OutputPin",
        Kind::InputPin => "sdk::InputPin",
        Kind::Pwm if old => "sdk::hal_02::PwmPin",
        Kind::Pwm => "sdk::Pwm",
        Kind::Adc => "sdk::Adc",
        Kind::Converter => "sdk::hal_02::Converter",
        Kind::Serial => "sdk::Serial",
        Kind::Can => "sdk::Can",
        Kind::Delay => "sdk::Delay",
    })
}

/// The error of the SDK's type for `kind`.
pub(crate) fn error(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::I2c => "sdk::I2cError",
        Kind::Spi | Kind::SpiBus => "sdk::SpiError",
        Kind::OutputPin | Kind::InputPin => "sdk::PinError",
        Kind::Pwm => "sdk::PwmError",
        Kind::Adc | Kind::Converter => "sdk::AdcError",
        Kind::Serial => "sdk::SerialError",
        Kind::Can => "sdk::CanError",
        Kind::Delay => return None,
    })
}

/// A trait of a third crate, by package and name, and who implements it: types
/// as the generated crate names them, and the packages they are in.
pub(crate) struct Known {
    pub(crate) package: &'static str,
    pub(crate) name: &'static str,
    pub(crate) types: &'static [&'static str],
    /// At the version of `package`.
    pub(crate) from: &'static [&'static str],
}

/// The display drivers' own abstraction has two implementations of its authors.
pub(crate) const KNOWN: &[Known] = &[
    Known {
        package: "display-interface",
        name: "WriteOnlyDataCommand",
        types: &[
            "display_interface_i2c::I2CInterface<sdk::I2c>",
            "display_interface_spi::SPIInterface<sdk::SpiDevice, sdk::OutputPin>",
        ],
        from: &["display-interface-spi", "display-interface-i2c"],
    },
    Known {
        package: "display-interface",
        name: "AsyncWriteOnlyDataCommand",
        types: &[
            "display_interface_i2c::I2CInterface<sdk::I2c>",
            "display_interface_spi::SPIInterface<sdk::SpiDevice, sdk::OutputPin>",
        ],
        from: &["display-interface-spi", "display-interface-i2c"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_must_be_all_that_is_asked() {
        let both = [(Family::Hal1, Kind::I2c), (Family::Async, Kind::I2c)];
        assert_eq!(stand_in(&both), Some("sdk::I2c"));
        let old = [(Family::Hal02, Kind::SpiBus)];
        assert_eq!(stand_in(&old), Some("sdk::SpiBus"));
        let two_ways = [(Family::Hal1, Kind::OutputPin), (Family::Hal1, Kind::InputPin)];
        assert_eq!(stand_in(&two_ways), None);
    }
}
