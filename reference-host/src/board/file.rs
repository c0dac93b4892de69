//! The board file as it is written, before it is checked.

use std::collections::BTreeMap;

use periplasm_backend::sim::DeviceConfig;
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct BoardFile {
    pub(super) backend: Spanned<String>,
    #[serde(default)]
    pub(super) limits: LimitsFile,
    #[serde(default)]
    pub(super) i2c: BTreeMap<Spanned<String>, I2cFile>,
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
    #[serde(default)]
    pub(super) devices: Vec<Spanned<DeviceConfig>>,
}
