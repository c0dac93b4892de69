//! Converters, by `/sys/bus/iio` (`Documentation/ABI/testing/sysfs-bus-iio`).
//!
//! | the kernel says | reported as |
//! | --- | --- |
//! | ENODEV, ENXIO, ENOENT, ESHUTDOWN: the converter was removed | gone |
//! | ERANGE, EOVERFLOW, or a voltage that does not fit into 32 bits of µV | out of range |
//! | anything else, such as EBUSY while another program has its buffer on, EIO, ETIMEDOUT | other |

mod decimal;

use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

use super::sysfs::{self, Attribute};
use super::{Hardware, OpenError};
use crate::{Adc, AdcError};
use decimal::Decimal;

/// An input of a converter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdcConfig {
    /// The device's folder, such as `/sys/bus/iio/devices/iio:device0`.
    pub device: PathBuf,
    /// The channel: N of `in_voltageN_raw`.
    pub channel: u32,
    /// The channel it is measured against: M of `in_voltageN-voltageM_raw`.
    pub minus: Option<u32>,
    /// How many bits a code has, 1 to 31; for a differential channel the sign
    /// is one of them. Without it the kernel is asked.
    pub bits: Option<u8>,
}

/// An input of a converter of the Linux kernel.
#[derive(Debug)]
pub struct LinuxAdc {
    raw: Attribute,
    /// Millivolts a step, as the kernel says (`_scale`), and the code of 0 V
    /// with its sign turned (`_offset`).
    scale: Decimal,
    offset: Decimal,
    max: i32,
}

const WHAT: Hardware = Hardware::Adc;

impl LinuxAdc {
    /// Opens a channel, and asks for its scale, offset and number of bits.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the channel and what to do.
    pub fn open(config: &AdcConfig) -> Result<Self, OpenError> {
        let device = &config.device;
        if !device.exists() {
            return Err(OpenError::Missing { what: WHAT, path: device.clone() });
        }
        let channel = config.channel;
        let (own, shared) = match config.minus {
            None => (format!("in_voltage{channel}"), "in_voltage"),
            Some(minus) => (format!("in_voltage{channel}-voltage{minus}"), "in_voltage-voltage"),
        };
        let path = device.join(format!("{own}_raw"));
        let raw = Attribute::readable(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                OpenError::NoLine { what: WHAT, path: device.clone(), line: format!("{own}_raw") }
            }
            _ => OpenError::opening(WHAT, &path, error),
        })?;
        let factor = |suffix: &str, or: Decimal| {
            for name in [own.as_str(), shared, "in"] {
                let path = device.join(format!("{name}_{suffix}"));
                if let Some(found) = optional(&path)? {
                    return Decimal::parse(&found).ok_or(OpenError::Malformed {
                        path,
                        found,
                        expected: "a decimal number",
                    });
                }
            }
            Ok(or)
        };
        // No scale means that the code is in mV already, no offset that it is 0.
        let (scale, offset) = (factor("scale", Decimal::ONE)?, factor("offset", Decimal::ZERO)?);
        let max = max_code(config, &own)?;
        Ok(Self { raw, scale, offset, max })
    }
}

impl Adc for LinuxAdc {
    fn max_code(&self) -> i32 {
        self.max
    }

    fn read(&mut self) -> Result<i32, AdcError> {
        let text = self.raw.read().map_err(|error| kind(&error))?;
        text.parse().map_err(|_| AdcError::Other)
    }

    fn read_microvolts(&mut self) -> Result<i32, AdcError> {
        let code = Adc::read(self)?;
        microvolts(code, self.offset, self.scale).ok_or(AdcError::OutOfRange)
    }
}

/// (code + offset) × scale, which is in mV, rounded to µV.
fn microvolts(code: i32, offset: Decimal, scale: Decimal) -> Option<i32> {
    let millivolts = Decimal::from(code).plus(offset)?.times(scale)?;
    i32::try_from(millivolts.thousandfold_rounded()?).ok()
}

fn max_code(config: &AdcConfig, channel: &str) -> Result<i32, OpenError> {
    let path = config.device.join("scan_elements").join(format!("{channel}_type"));
    if let Some(bits) = config.bits {
        let signed = config.minus.is_some();
        return max_of(bits, signed).ok_or(OpenError::Setting {
            setting: "bits",
            found: bits.to_string(),
            expected: "from 1 to 31, or from 2 to 32 for a differential channel",
        });
    }
    let Some(found) = optional(&path)? else {
        return Err(OpenError::NoBits(config.device.clone()));
    };
    match scan_type(&found) {
        Some(max) => Ok(max),
        None => Err(OpenError::Malformed { path, found, expected: "a type such as le:u12/16>>4" }),
    }
}

/// The largest code of a type such as `be:s12/16>>4`: byte order, sign, bits,
/// bits in memory, shift.
fn scan_type(text: &str) -> Option<i32> {
    let (_, rest) = text.split_once(':')?;
    let (bits, _) = rest.split_once('/')?;
    let signed = match bits.chars().next()? {
        'u' => false,
        's' => true,
        _ => return None,
    };
    max_of(bits.get(1..)?.parse().ok()?, signed)
}

fn max_of(bits: u8, signed: bool) -> Option<i32> {
    let bits = bits.checked_sub(u8::from(signed))?;
    let max = 1i64.checked_shl(u32::from(bits))? - 1;
    i32::try_from(max).ok().filter(|&max| max > 0)
}

fn optional(path: &Path) -> Result<Option<String>, OpenError> {
    match sysfs::read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(OpenError::opening(WHAT, path, error)),
    }
}

fn kind(error: &io::Error) -> AdcError {
    if sysfs::is_gone(error) {
        return AdcError::Gone;
    }
    match error.raw_os_error().map(Errno::from_i32) {
        Some(Errno::ERANGE | Errno::EOVERFLOW) => AdcError::OutOfRange,
        _ => AdcError::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volts(code: i32, offset: &str, scale: &str) -> Option<i32> {
        microvolts(code, Decimal::parse(offset).unwrap(), Decimal::parse(scale).unwrap())
    }

    #[test]
    fn a_voltage_is_the_code_with_offset_and_scale() {
        // MCP3208 at 3.3 V: 3300 mV / 4096 a step.
        assert_eq!(volts(4095, "0", "0.805664062"), Some(3_299_194));
        // ADS1015 at ±2.048 V: 1 mV a step, codes of both signs.
        assert_eq!(volts(-2048, "0", "1.000000000"), Some(-2_048_000));
        // STM32: 0 V is code 32768 of 16 bits; 0.1 mV a step.
        assert_eq!(volts(32767, "-32768", "0.100708007"), Some(-101));
        assert_eq!(volts(1, "0", "0.0004999"), Some(0));
        assert_eq!(volts(1, "0", "0.0005"), Some(1));
        assert_eq!(volts(i32::MAX, "0", "1"), None);
        assert_eq!(volts(i32::MAX, "2147483647", "123456789.123456789"), None);
    }

    #[test]
    fn the_largest_code_is_read_from_the_scan_type() {
        for (text, expected) in [
            ("le:u12/16>>0", Some(4095)),
            ("be:s12/16>>4", Some(2047)),
            ("le:u31/32>>0", Some(i32::MAX)),
            ("le:s32/32>>0", Some(i32::MAX)),
            ("be:u24/32X2>>8", Some(0xff_ffff)),
            ("le:u32/32>>0", None),
            ("le:s1/8>>0", None),
            ("le:u0/8>>0", None),
            ("le:f32/32>>0", None),
            ("u12", None),
            ("le:u/16", None),
            ("", None),
        ] {
            assert_eq!(scan_type(text), expected, "{text}");
        }
    }

    #[test]
    fn an_error_number_has_the_kind_it_describes() {
        use AdcError::{Gone, Other, OutOfRange};
        let table =
            [(19, Gone), (6, Gone), (34, OutOfRange), (75, OutOfRange), (16, Other), (5, Other)];
        for (errno, expected) in table {
            assert_eq!(kind(&io::Error::from_raw_os_error(errno)), expected, "{errno}");
        }
    }
}
