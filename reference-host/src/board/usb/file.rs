//! The tables `[usb.…]` and `[usb-device.…]` as they are written.

use periplasm_request::UsbFilter;
use serde::Deserialize;
use toml::Spanned;

/// `[usb.…]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::board) struct UsbFile {
    pub(super) cable: Option<Spanned<String>>,
    pub(super) usbip: Option<Spanned<String>>,
    pub(super) kernel: Option<Spanned<bool>>,
    #[serde(default)]
    pub(super) anywhere: bool,
    pub(super) allow: Option<Spanned<Vec<Spanned<UsbFilter>>>>,
}

/// `[usb-device.…]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::board) struct UsbDeviceFile {
    pub(super) cable: Option<Spanned<String>>,
    pub(super) port: Option<Spanned<i64>>,
    pub(super) usbip: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) anywhere: bool,
    pub(super) raw_gadget: Option<Spanned<RawGadgetFile>>,
    #[serde(default)]
    pub(super) speed: SpeedFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawGadgetFile {
    pub(super) driver: String,
    pub(super) device: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SpeedFile {
    #[default]
    Full,
    High,
}
