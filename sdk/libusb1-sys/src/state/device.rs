//! A device that is plugged in, or was.

use std::sync::{Arc, OnceLock, Weak};

use periplasm_usb_host::DeviceInfo;

use super::configs::{Config, split};
use super::{Code, Context, Result};
use crate::constants::LIBUSB_ERROR_NO_DEVICE;

/// Bytes of a device descriptor (USB 2.0, table 9-8).
const DESCRIPTOR: usize = 18;

/// A device. There is one of it in a context as long as it is plugged in, so
/// that its address tells it from others.
#[derive(Debug)]
pub(crate) struct Device {
    context: Weak<Context>,
    pub(crate) info: DeviceInfo,
    configs: OnceLock<Vec<u8>>,
}

impl Device {
    pub(super) fn new(context: Weak<Context>, info: DeviceInfo) -> Self {
        Self { context, info, configs: OnceLock::new() }
    }

    /// Its context, which may have ended.
    pub(crate) fn context(&self) -> Result<Arc<Context>> {
        self.context.upgrade().ok_or(Code(LIBUSB_ERROR_NO_DEVICE))
    }

    /// The device descriptor; what is cut off is 0.
    pub(crate) fn descriptor(&self) -> [u8; DESCRIPTOR] {
        let mut descriptor = [0; DESCRIPTOR];
        let len = self.info.descriptor.len().min(DESCRIPTOR);
        descriptor[..len].copy_from_slice(&self.info.descriptor[..len]);
        descriptor
    }

    /// `idVendor` and `idProduct`.
    pub(crate) fn ids(&self) -> (u16, u16) {
        let descriptor = self.descriptor();
        let word = |at: usize| u16::from_le_bytes([descriptor[at], descriptor[at + 1]]);
        (word(8), word(10))
    }

    /// The configuration at a place.
    pub(crate) fn config(&self, index: u8) -> Result<Config> {
        let configs = split(self.configs()?);
        Config::parse(configs.get(usize::from(index)).ok_or(Code::NOT_FOUND)?)
    }

    /// The configuration of a value.
    pub(crate) fn config_by_value(&self, value: u8) -> Result<Config> {
        let configs = split(self.configs()?);
        let config = configs.iter().find(|config| config.get(5) == Some(&value));
        Config::parse(config.ok_or(Code::NOT_FOUND)?)
    }

    /// The configuration that is active; `Code::NOT_FOUND` without one.
    pub(crate) fn active_config(&self) -> Result<Config> {
        let value = self.context()?.host.open(self.info.id)?.configuration()?;
        if value == 0 { Err(Code::NOT_FOUND) } else { self.config_by_value(value) }
    }

    /// All configuration descriptors, read once.
    fn configs(&self) -> Result<&[u8]> {
        if let Some(configs) = self.configs.get() {
            return Ok(configs);
        }
        let mut blob = self.context()?.host.descriptors(self.info.id)?;
        let configs = blob.split_off(DESCRIPTOR.min(blob.len()));
        Ok(self.configs.get_or_init(|| configs))
    }
}
