//! One device of a board file.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess};

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
/// | `behind` | the multiplexer and its channel that it is behind: `{ address = 0x70, channel = 0 }` |
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
    behind: Option<Behind>,
    device: Described<dyn I2cTarget>,
}

/// A channel of a multiplexer on the same bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Where the multiplexer answers.
    pub mux: I2cAddress,
    /// The channel, from 0.
    pub channel: u8,
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

    /// The channel that it is behind, if it is not on the bus itself.
    pub fn behind(&self) -> Option<Behind> {
        self.behind
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
    behind: Option<WrittenBehind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBehind {
    address: u16,
    channel: u8,
}

impl Place for I2cPlace {
    const KEYS: &'static [&'static str] = &["address", "ten-bit-address", "fault", "behind"];

    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "address" => self.address = Some(map.next_value()?),
            "ten-bit-address" => self.ten_bit_address = Some(map.next_value()?),
            "fault" => self.fault = Some(map.next_value()?),
            "behind" => self.behind = Some(map.next_value()?),
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

    fn behind(&self) -> Result<Option<Behind>, ConfigError> {
        let wrong = |error| ConfigError::BadAddress { field: "behind", error };
        let Some(WrittenBehind { address, channel }) = self.behind else { return Ok(None) };
        let mux = I2cAddress::seven_bit(address).map_err(wrong)?;
        Ok(Some(Behind { mux, channel }))
    }
}

impl<'de> Deserialize<'de> for DeviceConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        described::read(deserializer, |device, place: I2cPlace| {
            let (address, behind) = (place.address()?, place.behind()?);
            Ok(Self { address, fault: place.fault, behind, device })
        })
    }
}
