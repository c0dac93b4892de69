//! What a board file can get wrong about a device.

use crate::I2cAddress;

/// Why a device cannot be simulated as described.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Two devices at one address of one bus.
    #[error("another device is at address {0} of this bus already; give one of them another")]
    AddressTaken(I2cAddress),
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
    /// An option of another model.
    #[error("`{field}` is not an option of the model `{model}`; it takes {allowed}")]
    Foreign {
        /// The option.
        field: &'static str,
        /// The device's model.
        model: &'static str,
        /// The options it has.
        allowed: &'static str,
    },
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
