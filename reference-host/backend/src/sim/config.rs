//! One device of a board file.

use serde::de::{Deserialize, Deserializer, MapAccess};

use super::described::{self, Described, Place};
use super::{ConfigError, Fault, I2cTarget, World};
use crate::I2cAddress;

/// What one `[[i2c.<bus>.devices]]` table of a board file says.
///
/// | key | means |
/// | --- | --- |
/// | `model` | which chip: [`models`](super::models) |
/// | `address` or `ten-bit-address` | where it answers |
/// | `fault` | what goes wrong: [`Fault`] |
/// | `pins` | which of its pins is which of the board's: `{ alert = "temperature-alert" }` |
/// | `screen` | the name of the picture that it shows, if it shows one |
///
/// Every other key is an option of its model; the model's `Options` say which
/// there are.
///
/// Whatever can be checked without a bus is checked here, so that a mistake is
/// reported with its place in the file.
///
/// ```
/// use periplasm_backend::{I2cAddress, sim::DeviceConfig};
/// let device: DeviceConfig = toml::from_str(
///     r#"
///     model = "bme280"
///     address = 0x76
///     temperature = 21.5
///     fault = { kind = "disappears", after = 100 }
///     "#,
/// )?;
/// assert_eq!(device.address(), I2cAddress::seven_bit(0x76)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceConfig {
    address: I2cAddress,
    fault: Option<Fault>,
    device: Described<dyn I2cTarget>,
}

impl DeviceConfig {
    /// Where it answers.
    pub fn address(&self) -> I2cAddress {
        self.address
    }

    /// What goes wrong with it.
    pub fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// Its model's name, as in a board file.
    pub fn model(&self) -> &'static str {
        self.device.model()
    }

    /// Its pins that are connected: its own name of each, and the board's.
    pub fn pins(&self) -> impl Iterator<Item = (&str, &str)> {
        self.device.pins()
    }

    /// The chip on `world`, powered up.
    pub(super) fn build(&self, world: &World) -> Result<Box<dyn I2cTarget>, ConfigError> {
        self.device.build(world, self.model())
    }
}

#[derive(Default)]
struct I2cPlace {
    address: Option<u16>,
    ten_bit_address: Option<u16>,
    fault: Option<Fault>,
}

impl Place for I2cPlace {
    const KEYS: &'static [&'static str] = &["address", "ten-bit-address", "fault"];

    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "address" => self.address = Some(map.next_value()?),
            "ten-bit-address" => self.ten_bit_address = Some(map.next_value()?),
            "fault" => self.fault = Some(map.next_value()?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl I2cPlace {
    fn address(&self) -> Result<I2cAddress, ConfigError> {
        let wrong = |field| move |error| ConfigError::BadAddress { field, error };
        match (self.address, self.ten_bit_address) {
            (Some(seven), None) => I2cAddress::seven_bit(seven).map_err(wrong("address")),
            (None, Some(ten)) => I2cAddress::ten_bit(ten).map_err(wrong("ten-bit-address")),
            (None, None) => Err(ConfigError::NoAddress),
            (Some(_), Some(_)) => Err(ConfigError::TwoAddresses),
        }
    }
}

impl<'de> Deserialize<'de> for DeviceConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        described::read(deserializer, |device, place: I2cPlace| {
            Ok(Self { address: place.address()?, fault: place.fault, device })
        })
    }
}
