//! One device of a board file.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::models::{bme280, lm75, registers};
use super::table::Table;
use super::{ConfigError, Fault, I2cTarget};
use crate::I2cAddress;

/// What one `[[i2c.<bus>.devices]]` table of a board file says.
///
/// | field | of | means |
/// | --- | --- | --- |
/// | `model` | all | `"bme280"`, `"lm75"` or `"registers"` |
/// | `address` or `ten-bit-address` | all | where it answers |
/// | `fault` | all | what goes wrong: [`Fault`] |
/// | `temperature` | bme280, lm75 | °C |
/// | `pressure`, `humidity` | bme280 | hPa, % relative humidity |
/// | `raw`, `calibration`, `measurement-time` | bme280 | [`bme280::Options`] |
/// | `resolution-bits` | lm75 | 9 or 11: [`lm75::Options`] |
/// | `contents`, `read-only` | registers | [`registers::Options`] |
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
    model: Model,
}

/// A model with its options.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Model {
    Bme280(bme280::Options),
    Lm75(lm75::Options),
    Registers(registers::Options),
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
        match self.model {
            Model::Bme280(_) => "bme280",
            Model::Lm75(_) => "lm75",
            Model::Registers(_) => "registers",
        }
    }

    /// The chip, powered up.
    pub(super) fn build(&self) -> Result<Box<dyn I2cTarget>, ConfigError> {
        Ok(match &self.model {
            Model::Bme280(options) => Box::new(bme280::Bme280::new(options)?),
            Model::Lm75(options) => Box::new(lm75::Lm75::new(options)?),
            Model::Registers(options) => Box::new(registers::Registers::new(options)?),
        })
    }
}

impl TryFrom<Table> for DeviceConfig {
    type Error = ConfigError;

    fn try_from(table: Table) -> Result<Self, ConfigError> {
        let (address, fault) = (table.address()?, table.fault);
        let config = Self { address, fault, model: table.into_model()? };
        config.build()?;
        Ok(config)
    }
}

// Not `#[serde(try_from)]`: that checks when the table has been read, and its
// place is forgotten. What fails inside the visitor is reported at this table,
// and not at the first one of the array.
impl<'de> Deserialize<'de> for DeviceConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TableVisitor)
    }
}

struct TableVisitor;

impl<'de> Visitor<'de> for TableVisitor {
    type Value = DeviceConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a device's table")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DeviceConfig, A::Error> {
        let table = Table::deserialize(MapAccessDeserializer::new(map))?;
        DeviceConfig::try_from(table).map_err(A::Error::custom)
    }
}
