//! What a board file may say about the chip, and the raw values it means.

use serde::Deserialize;

use super::Calibration;
use super::compensation::{self, Raw};
use crate::sim::ConfigError;
use crate::sim::error::within;

/// What a board file may say about it.
///
/// The default is the worked example of BST-BMP280-DS001 section 3.12, with a
/// raw humidity of 30000.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "File")]
pub struct Options {
    /// The trimming parameters: `calibration = { t1 = 27504, … }`.
    pub calibration: Calibration,
    /// `temperature` in °C, or `raw.temperature`.
    pub temperature: Value,
    /// `pressure` in hPa, or `raw.pressure`.
    pub pressure: Value,
    /// `humidity` in % relative humidity, or `raw.humidity`.
    pub humidity: Value,
    /// How long a measurement takes: `measurement-time = "maximum"`.
    pub measurement_time: MeasurementTime,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            calibration: Calibration::default(),
            temperature: Value::Raw(519888),
            pressure: Value::Raw(415148),
            humidity: Value::Raw(30000),
            measurement_time: MeasurementTime::default(),
        }
    }
}

/// The options as a board file writes them.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    temperature: Option<f64>,
    pressure: Option<f64>,
    humidity: Option<f64>,
    #[serde(default)]
    raw: RawValues,
    #[serde(default)]
    calibration: Calibration,
    #[serde(default)]
    measurement_time: MeasurementTime,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawValues {
    temperature: Option<u32>,
    pressure: Option<u32>,
    humidity: Option<u32>,
}

impl TryFrom<File> for Options {
    type Error = ConfigError;

    fn try_from(file: File) -> Result<Self, ConfigError> {
        let (raw, defaults) = (file.raw, Self::default());
        let value = |name, raw, physical, default| match (raw, physical) {
            (Some(_), Some(_)) => Err(ConfigError::Twice(name)),
            (Some(raw), None) => Ok(Value::Raw(raw)),
            (None, Some(physical)) => Ok(Value::Physical(physical)),
            (None, None) => Ok(default),
        };
        Ok(Self {
            calibration: file.calibration,
            temperature: value(
                "temperature",
                raw.temperature,
                file.temperature,
                defaults.temperature,
            )?,
            pressure: value("pressure", raw.pressure, file.pressure, defaults.pressure)?,
            humidity: value("humidity", raw.humidity, file.humidity, defaults.humidity)?,
            measurement_time: file.measurement_time,
        })
    }
}

/// What is to be measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// What the converter shall say: 20 bits, or 16 for humidity.
    Raw(u32),
    /// What a host shall make of it, in °C, hPa or % relative humidity. The
    /// converter then says what comes nearest after compensation.
    Physical(f64),
}

/// Which of the two formulas of DS002 section 9.1 a measurement takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeasurementTime {
    /// The typical time: what most chips need.
    #[default]
    Typical,
    /// The longest time a chip may need. A driver that waits for less reads
    /// what was in the registers before.
    Maximum,
}

/// The operating ranges of DS002 section 1, tables 1 to 4.
const CELSIUS: (f64, f64) = (-40.0, 85.0);
const HECTOPASCAL: (f64, f64) = (300.0, 1100.0);
const PERCENT: (f64, f64) = (0.0, 100.0);

const TWENTY_BITS: u32 = 0xfffff;
const SIXTEEN_BITS: u32 = 0xffff;

impl Options {
    /// What the converter says in this climate.
    pub(super) fn raw(&self) -> Result<Raw, ConfigError> {
        let calibration = &self.calibration;
        calibration.check()?;
        let temperature = match self.temperature {
            Value::Raw(raw) => bits("`raw.temperature`", raw, TWENTY_BITS)?,
            Value::Physical(celsius) => {
                let celsius = within("`temperature`", celsius, CELSIUS, " °C")?;
                let search = Search { quantity: "temperature", unit: " °C", tolerance: 0.1 };
                search.nearest(celsius, TWENTY_BITS, |raw| {
                    compensation::temperature(calibration, raw).0
                })?
            }
        };
        let (_, t_fine) = compensation::temperature(calibration, temperature);
        let pressure = match self.pressure {
            Value::Raw(raw) => bits("`raw.pressure`", raw, TWENTY_BITS)?,
            Value::Physical(hectopascal) => {
                let hectopascal = within("`pressure`", hectopascal, HECTOPASCAL, " hPa")?;
                let search = Search { quantity: "pressure", unit: " hPa", tolerance: 0.1 };
                search.nearest(hectopascal, TWENTY_BITS, |raw| {
                    compensation::pressure(calibration, raw, t_fine) / 100.0
                })?
            }
        };
        let humidity = match self.humidity {
            Value::Raw(raw) => bits("`raw.humidity`", raw, SIXTEEN_BITS)?,
            Value::Physical(percent) => {
                let percent = within("`humidity`", percent, PERCENT, " %")?;
                let search = Search { quantity: "humidity", unit: " %", tolerance: 0.1 };
                search.nearest(percent, SIXTEEN_BITS, |raw| {
                    compensation::humidity(calibration, raw, t_fine)
                })?
            }
        };
        Ok(Raw { temperature, pressure, humidity })
    }
}

fn bits(what: &'static str, raw: u32, max: u32) -> Result<u32, ConfigError> {
    within(what, raw.into(), (0.0, max.into()), "").map(|_| raw)
}

struct Search {
    quantity: &'static str,
    unit: &'static str,
    tolerance: f64,
}

impl Search {
    /// The raw value for which `value` comes nearest to `asked`.
    fn nearest(
        &self,
        asked: f64,
        max: u32,
        value: impl Fn(u32) -> f64,
    ) -> Result<u32, ConfigError> {
        let distance = |raw: u32| (value(raw) - asked).abs();
        let rises = value(max) >= value(0);
        let (mut low, mut high) = (0, max);
        while low < high {
            let middle = low + (high - low) / 2;
            let before = if rises { value(middle) < asked } else { value(middle) > asked };
            if before { low = middle + 1 } else { high = middle }
        }
        let neighbours = [low.saturating_sub(1), low];
        let closest = |a: &u32, b: &u32| distance(*a).total_cmp(&distance(*b));
        let mut raw = neighbours.into_iter().min_by(closest).unwrap_or(low);
        if distance(raw) > self.tolerance {
            // The curves of real chips are monotone; a made-up calibration need
            // not be. Look everywhere before giving up.
            raw = (0..=max).min_by(closest).unwrap_or(raw);
        }
        if distance(raw) <= self.tolerance {
            return Ok(raw);
        }
        let (quantity, nearest, unit) = (self.quantity, value(raw), self.unit);
        Err(ConfigError::Unreachable { quantity, asked, nearest, unit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::models::bme280::compensate;

    fn climate(temperature: f64, pressure: f64, humidity: f64) -> Options {
        let [temperature, pressure, humidity] =
            [temperature, pressure, humidity].map(Value::Physical);
        Options { temperature, pressure, humidity, ..Options::default() }
    }

    #[test]
    fn a_physical_climate_comes_back_through_the_datasheets_compensation() {
        let cases =
            [(21.5, 1013.25, 45.0), (-40.0, 300.0, 0.0), (85.0, 1100.0, 100.0), (0.0, 870.0, 99.9)];
        for (temperature, pressure, humidity) in cases {
            let options = climate(temperature, pressure, humidity);
            let found = compensate(&options.calibration, options.raw().unwrap());
            assert!((found.temperature - temperature).abs() < 0.001, "{found:?}");
            assert!((found.pressure / 100.0 - pressure).abs() < 0.005, "{found:?}");
            assert!((found.humidity - humidity).abs() < 0.01, "{found:?}");
        }
    }

    #[test]
    fn no_other_raw_value_comes_nearer() {
        let options = climate(21.5, 1013.25, 45.0);
        let raw = options.raw().unwrap();
        let off = |raw: Raw| {
            let found = compensate(&options.calibration, raw);
            [found.temperature - 21.5, found.pressure - 101325.0, found.humidity - 45.0]
                .map(f64::abs)
        };
        let best = off(raw);
        for step in [-1, 1] {
            let beside = |raw: u32| raw.saturating_add_signed(step);
            assert!(off(Raw { temperature: beside(raw.temperature), ..raw })[0] >= best[0]);
            assert!(off(Raw { pressure: beside(raw.pressure), ..raw })[1] >= best[1]);
            assert!(off(Raw { humidity: beside(raw.humidity), ..raw })[2] >= best[2]);
        }
    }

    #[test]
    fn a_climate_outside_the_chips_range_is_refused() {
        for (options, expected) in [
            (
                climate(85.1, 1000.0, 50.0),
                "`temperature` is 85.1, but must be within -40 and 85 °C",
            ),
            (climate(f64::NAN, 1000.0, 50.0), "`temperature` is NaN"),
            (climate(20.0, f64::INFINITY, 50.0), "`pressure` is inf"),
            (climate(20.0, 101325.0, 50.0), "must be within 300 and 1100 hPa"),
            (climate(20.0, 1000.0, -1.0), "`humidity` is -1"),
        ] {
            let error = options.raw().unwrap_err().to_string();
            assert!(error.contains(expected), "{error:?} does not say {expected:?}");
        }
    }

    #[test]
    fn a_calibration_that_cannot_mean_the_climate_is_refused() {
        let calibration = Calibration { t2: 0, t3: 0, ..Calibration::default() };
        let error = Options { calibration, ..climate(20.0, 1000.0, 50.0) }.raw().unwrap_err();
        assert_eq!(
            error,
            ConfigError::Unreachable {
                quantity: "temperature",
                asked: 20.0,
                nearest: 0.0,
                unit: " °C"
            }
        );
    }

    #[test]
    fn raw_values_wider_than_the_converter_are_refused() {
        let options = Options { humidity: Value::Raw(0x10000), ..Options::default() };
        let error = options.raw().unwrap_err().to_string();
        assert!(error.contains("`raw.humidity` is 65536"), "{error}");
    }
}
