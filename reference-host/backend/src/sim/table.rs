//! A device's table in a board file, before its options are matched with its
//! model.

use serde::Deserialize;

use super::config::Model;
use super::models::{bme280, lm75, registers};
use super::{ConfigError, Fault};
use crate::I2cAddress;

/// Every field that some model has. They stand side by side, and not in one
/// struct a model, because serde loses the place in the file of what it reads
/// through a tagged or flattened type.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Table {
    model: Name,
    address: Option<u16>,
    ten_bit_address: Option<u16>,
    pub(super) fault: Option<Fault>,
    temperature: Option<f64>,
    pressure: Option<f64>,
    humidity: Option<f64>,
    raw: Option<RawValues>,
    calibration: Option<bme280::Calibration>,
    measurement_time: Option<bme280::MeasurementTime>,
    resolution_bits: Option<u8>,
    contents: Option<Vec<u8>>,
    read_only: Option<bool>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Name {
    Bme280,
    Lm75,
    Registers,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawValues {
    temperature: Option<u32>,
    pressure: Option<u32>,
    humidity: Option<u32>,
}

impl Table {
    pub(super) fn address(&self) -> Result<I2cAddress, ConfigError> {
        let wrong = |field| move |error| ConfigError::BadAddress { field, error };
        match (self.address, self.ten_bit_address) {
            (Some(seven), None) => I2cAddress::seven_bit(seven).map_err(wrong("address")),
            (None, Some(ten)) => I2cAddress::ten_bit(ten).map_err(wrong("ten-bit-address")),
            (None, None) => Err(ConfigError::NoAddress),
            (Some(_), Some(_)) => Err(ConfigError::TwoAddresses),
        }
    }

    pub(super) fn into_model(self) -> Result<Model, ConfigError> {
        self.refuse_foreign_options()?;
        Ok(match self.model {
            Name::Bme280 => {
                let raw = self.raw.unwrap_or_default();
                let defaults = bme280::Options::default();
                Model::Bme280(bme280::Options {
                    calibration: self.calibration.unwrap_or_default(),
                    temperature: quantity("temperature", raw.temperature, self.temperature)?
                        .unwrap_or(defaults.temperature),
                    pressure: quantity("pressure", raw.pressure, self.pressure)?
                        .unwrap_or(defaults.pressure),
                    humidity: quantity("humidity", raw.humidity, self.humidity)?
                        .unwrap_or(defaults.humidity),
                    measurement_time: self.measurement_time.unwrap_or_default(),
                })
            }
            Name::Lm75 => {
                let defaults = lm75::Options::default();
                Model::Lm75(lm75::Options {
                    temperature: self.temperature.unwrap_or(defaults.temperature),
                    resolution_bits: self.resolution_bits.unwrap_or(defaults.resolution_bits),
                })
            }
            Name::Registers => Model::Registers(registers::Options {
                contents: self.contents.unwrap_or_default(),
                read_only: self.read_only.unwrap_or_default(),
            }),
        })
    }

    fn refuse_foreign_options(&self) -> Result<(), ConfigError> {
        let (model, own, allowed): (_, &[&str], _) = match self.model {
            Name::Bme280 => (
                "bme280",
                &["temperature", "pressure", "humidity", "raw", "calibration", "measurement-time"],
                "`temperature`, `pressure`, `humidity`, `raw`, `calibration` and \
                 `measurement-time`",
            ),
            Name::Lm75 => {
                ("lm75", &["temperature", "resolution-bits"], "`temperature` and `resolution-bits`")
            }
            Name::Registers => {
                ("registers", &["contents", "read-only"], "`contents` and `read-only`")
            }
        };
        let given = [
            ("temperature", self.temperature.is_some()),
            ("pressure", self.pressure.is_some()),
            ("humidity", self.humidity.is_some()),
            ("raw", self.raw.is_some()),
            ("calibration", self.calibration.is_some()),
            ("measurement-time", self.measurement_time.is_some()),
            ("resolution-bits", self.resolution_bits.is_some()),
            ("contents", self.contents.is_some()),
            ("read-only", self.read_only.is_some()),
        ];
        match given.iter().find(|(field, given)| *given && !own.contains(field)) {
            Some(&(field, _)) => Err(ConfigError::Foreign { field, model, allowed }),
            None => Ok(()),
        }
    }
}

fn quantity(
    name: &'static str,
    raw: Option<u32>,
    physical: Option<f64>,
) -> Result<Option<bme280::Value>, ConfigError> {
    match (raw, physical) {
        (Some(_), Some(_)) => Err(ConfigError::Twice(name)),
        (Some(raw), None) => Ok(Some(bme280::Value::Raw(raw))),
        (None, Some(physical)) => Ok(Some(bme280::Value::Physical(physical))),
        (None, None) => Ok(None),
    }
}
