//! What a board file can get wrong about a device.

use crate::I2cAddress;

/// Why a device cannot be simulated as described.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Two devices at one address of one bus.
    #[error("another device is at address {0} of this bus already; give one of them another")]
    AddressTaken(I2cAddress),
    /// A device behind a channel that is not there.
    #[error(
        "no multiplexer with a channel {channel} is at address {mux} of this bus; name one that \
         stands before this device in the file"
    )]
    NoChannel {
        /// Where the multiplexer would be.
        mux: I2cAddress,
        /// The channel.
        channel: u8,
    },
    /// Neither `address` nor `ten-bit-address`.
    #[error("a device needs an address: write `address = 0x76`, or `ten-bit-address = 0x150`")]
    NoAddress,
    /// Both `address` and `ten-bit-address`.
    #[error("a device has one address: `address` or `ten-bit-address`, not both")]
    TwoAddresses,
    /// A number that no address can be.
    #[error("`{field}`: {error}")]
    BadAddress {
        /// `address` or `ten-bit-address`.
        field: &'static str,
        /// What is wrong with it.
        error: periplasm_request::AddressError,
    },
    /// A model that nobody has written.
    #[error("there is no {bus} model `{name}`; {help}")]
    UnknownModel {
        /// `I2C`, `SPI` or `serial`.
        bus: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        help: String,
    },
    /// An option that the model does not have.
    #[error(
        "`{field}` is not an option of the model `{model}`; it takes {allowed}, and as every \
         device here {common}"
    )]
    Foreign {
        /// The option.
        field: String,
        /// The device's model.
        model: &'static str,
        /// The options it has.
        allowed: String,
        /// The keys that every device has.
        common: String,
    },
    /// A pin that the model does not have.
    #[error("the model `{model}` has no pin `{pin}`; the pins it has are {known}")]
    UnknownPin {
        /// The pin, as the device would name it.
        pin: String,
        /// The device's model.
        model: &'static str,
        /// The pins it has.
        known: String,
    },
    /// A name for the picture of a device that shows none.
    #[error("`screen` names a picture, and the model `{0}` shows none; remove it")]
    NoScreen(&'static str),
    /// An option that is missing, or that is no value of its kind.
    #[error("{0}")]
    Options(String),
    /// A file that the device needs and that cannot be used.
    #[error("cannot use the file {}: {reason}", path.display())]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// Why not.
        reason: String,
    },
    /// Anything else that a chip cannot be.
    #[error("{0}")]
    Invalid(String),
    /// A raw and a physical value for the same quantity.
    #[error(
        "the {0} is given twice, as raw value and as physical one; keep `raw.{0}` or `{0}`, not both"
    )]
    Twice(&'static str),
    /// A number that the chip cannot measure or hold.
    #[error("{what} is {found}, but must be within {min} and {max}{unit}")]
    Range {
        /// Which number.
        what: &'static str,
        /// What was given.
        found: f64,
        /// The least allowed.
        min: f64,
        /// The most allowed.
        max: f64,
        /// The unit, with a space before it, or nothing.
        unit: &'static str,
    },
    /// No raw value gives the asked physical one with this calibration.
    #[error(
        "with this calibration no raw value means a {quantity} of {asked}{unit}; the nearest is \
         {nearest:.3}{unit}. Give another calibration, or `raw.{quantity}`"
    )]
    Unreachable {
        /// Which quantity.
        quantity: &'static str,
        /// What was asked for.
        asked: f64,
        /// What the chip could mean instead.
        nearest: f64,
        /// The unit, with a space before it.
        unit: &'static str,
    },
    /// A resolution that no chip of the family has.
    #[error("`resolution-bits` is {0}, but this family has 9 (LM75) and 11 (NXP LM75B)")]
    Resolution(u8),
    /// More contents than a register file has registers.
    #[error("`contents` has {0} bytes, but there are 256 registers")]
    TooManyRegisters(usize),
}

/// `value` if it is a number within `min` and `max`.
pub(super) fn within(
    what: &'static str,
    value: f64,
    (min, max): (f64, f64),
    unit: &'static str,
) -> Result<f64, ConfigError> {
    // A NaN is in no range.
    if (min..=max).contains(&value) {
        Ok(value)
    } else {
        Err(ConfigError::Range { what, found: value, min, max, unit })
    }
}
