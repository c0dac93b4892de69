//! The board file as it is written, before it is checked.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use periplasm_backend::sim::DeviceConfig;
use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use super::kinds::{Kinds, Table, Tables};
use super::usb::{UsbDeviceFile, UsbFile};

/// What is read first: it says how the rest is to be read.
#[derive(Deserialize)]
pub(super) struct BackendFile {
    pub(super) backend: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "")]
pub(super) struct BoardFile<K: Kinds> {
    #[serde(rename = "backend")]
    _backend: IgnoredAny,
    #[serde(default)]
    limits: LimitsFile,
    #[serde(default)]
    i2c: BTreeMap<Spanned<String>, I2cFile>,
    #[serde(default)]
    spi: Table<K::Spi>,
    #[serde(default)]
    spi_bus: Table<K::SpiBus>,
    #[serde(default)]
    output_pin: Table<K::OutputPin>,
    #[serde(default)]
    input_pin: Table<K::InputPin>,
    #[serde(default)]
    pwm: Table<K::Pwm>,
    #[serde(default)]
    adc: Table<K::Adc>,
    #[serde(default)]
    serial: Table<K::Serial>,
    #[serde(default)]
    can: Table<K::Can>,
    #[serde(default)]
    usb: BTreeMap<Spanned<String>, UsbFile>,
    #[serde(default)]
    usb_device: BTreeMap<Spanned<String>, UsbDeviceFile>,
}

/// What is read in the same way for all backends.
pub(super) struct Common {
    pub(super) limits: LimitsFile,
    pub(super) i2c: BTreeMap<Spanned<String>, I2cFile>,
    pub(super) usb: BTreeMap<Spanned<String>, UsbFile>,
    pub(super) usb_device: BTreeMap<Spanned<String>, UsbDeviceFile>,
}

impl<K: Kinds> BoardFile<K> {
    /// What is read in the same way for all backends, and what is not.
    pub(super) fn parts(self) -> (Common, Tables<K>) {
        let Self {
            limits, i2c, spi, spi_bus, output_pin, input_pin, pwm, adc, serial, can, ..
        } = self;
        let common = Common { limits, i2c, usb: self.usb, usb_device: self.usb_device };
        (common, Tables { spi, spi_bus, output_pin, input_pin, pwm, adc, serial, can })
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct LimitsFile {
    pub(super) memory_mib: Option<Spanned<i64>>,
    pub(super) stall_ms: Option<Spanned<i64>>,
    pub(super) log_bytes: Option<Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct I2cFile {
    pub(super) allow: Option<Spanned<Vec<Spanned<i64>>>>,
    pub(super) allow_ten_bit: Option<Spanned<Vec<Spanned<i64>>>>,
    pub(super) device: Option<Spanned<String>>,
    pub(super) speed_hz: Option<Spanned<NonZeroU32>>,
    #[serde(default)]
    pub(super) devices: Vec<Spanned<DeviceConfig>>,
}
