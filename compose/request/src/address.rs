//! Addresses on an I2C bus.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A 7-bit or a 10-bit address.
///
/// It travels as one number, in Linux's convention (`I2C_ADDR_OFFSET_TEN_BIT`,
/// `drivers/i2c/i2c-core-base.c`): a 10-bit address is offset by `0xa000`.
/// The order is by that number, so 7-bit addresses come first.
///
/// ```
/// use periplasm_request::I2cAddress;
/// let sensor = I2cAddress::seven_bit(0x76).unwrap();
/// assert_eq!((sensor.to_wire(), sensor.to_string()), (0x76, "0x76".to_owned()));
/// let far = I2cAddress::ten_bit(0x150).unwrap();
/// assert_eq!((far.to_wire(), far.to_string()), (0xa150, "0x150 (10-bit)".to_owned()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct I2cAddress(u16);

/// What marks a 10-bit address on the wire.
const TEN_BIT_OFFSET: u16 = 0xa000;
const MAX_SEVEN_BIT: u16 = 0x7f;
const MAX_TEN_BIT: u16 = 0x3ff;

/// A number that is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:#x} is no I2C address: 7-bit ones end at 0x7f, 10-bit ones at 0x3ff")]
pub struct AddressError(pub u16);

impl I2cAddress {
    /// A 7-bit address, `0x00..=0x7f`, without the read/write bit.
    pub fn seven_bit(address: u16) -> Result<Self, AddressError> {
        if address <= MAX_SEVEN_BIT { Ok(Self(address)) } else { Err(AddressError(address)) }
    }

    /// A 10-bit address, `0x000..=0x3ff`.
    pub fn ten_bit(address: u16) -> Result<Self, AddressError> {
        if address <= MAX_TEN_BIT {
            Ok(Self(TEN_BIT_OFFSET + address))
        } else {
            Err(AddressError(address))
        }
    }

    /// Reads the number that `wasi:i2c` carries.
    pub fn from_wire(wire: u16) -> Result<Self, AddressError> {
        match wire {
            0..=MAX_SEVEN_BIT => Ok(Self(wire)),
            TEN_BIT_OFFSET.. if wire - TEN_BIT_OFFSET <= MAX_TEN_BIT => Ok(Self(wire)),
            _ => Err(AddressError(wire)),
        }
    }

    /// The number that `wasi:i2c` carries.
    pub fn to_wire(self) -> u16 {
        self.0
    }

    /// Whether this is a 10-bit address.
    pub fn is_ten_bit(self) -> bool {
        self.0 >= TEN_BIT_OFFSET
    }

    /// The address itself: at most `0x7f`, or `0x3ff` if [`Self::is_ten_bit`].
    pub fn number(self) -> u16 {
        if self.is_ten_bit() { self.0 - TEN_BIT_OFFSET } else { self.0 }
    }
}

impl TryFrom<u16> for I2cAddress {
    type Error = AddressError;

    fn try_from(wire: u16) -> Result<Self, AddressError> {
        Self::from_wire(wire)
    }
}

impl From<I2cAddress> for u16 {
    fn from(address: I2cAddress) -> u16 {
        address.to_wire()
    }
}

impl fmt::Display for I2cAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_ten_bit() {
            write!(f, "{:#05x} (10-bit)", self.number())
        } else {
            write!(f, "{:#04x}", self.number())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wire_number_is_read_as_it_was_written_or_refused() {
        let mut valid = 0;
        for wire in 0..=u16::MAX {
            if let Ok(address) = I2cAddress::from_wire(wire) {
                assert_eq!(address.to_wire(), wire);
                let again = if address.is_ten_bit() {
                    I2cAddress::ten_bit(address.number())
                } else {
                    I2cAddress::seven_bit(address.number())
                };
                assert_eq!(again, Ok(address));
                valid += 1;
            }
        }
        assert_eq!(valid, 128 + 1024);
    }

    #[test]
    fn the_same_number_in_both_widths_is_two_addresses() {
        assert_ne!(I2cAddress::seven_bit(0x50), I2cAddress::ten_bit(0x50));
    }
}
