//! The granted devices.

use std::boxed::Box;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::vec::Vec;

use periplasm_usb::{Changes, DeviceId, UsbHost};

use super::convert::{change, device_info, error};
use super::wait::Event;
use super::{Device, locked};
use crate::{Change, DeviceInfo, Error};

/// The granted devices: all that the installed host has.
pub struct Host {
    usb: Option<Arc<dyn UsbHost>>,
    changes: Mutex<Option<Box<dyn Changes>>>,
}

impl Host {
    pub(super) fn new(usb: Option<Arc<dyn UsbHost>>) -> Self {
        Self { usb, changes: Mutex::new(None) }
    }

    /// Those that are plugged in now.
    pub fn devices(&self) -> Vec<DeviceInfo> {
        let devices = self.usb.as_ref().map(|usb| usb.devices()).unwrap_or_default();
        devices.into_iter().map(device_info).collect()
    }

    /// The oldest change that was not taken yet. They count from the first call
    /// of this or of [`Self::changed`].
    pub fn next_change(&self) -> Option<Change> {
        self.changes(|changes| changes.next()).flatten().map(change)
    }

    /// That [`Self::next_change`] would return one.
    pub fn changed(&self) -> Event {
        self.changes(|changes| changes.changed()).map_or_else(Event::never, Event::new)
    }

    /// The device descriptor and all configuration descriptors, each whole.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`] when the device is not there any more.
    pub fn descriptors(&self, id: u64) -> Result<Vec<u8>, Error> {
        let usb = self.usb.as_ref().ok_or(Error::Gone)?;
        let devices = usb.devices();
        let device = devices.iter().find(|device| device.id.0 == id).ok_or(Error::Gone)?;
        Ok(device.descriptors.to_vec())
    }

    /// Opens a device.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`] when it is not there any more.
    pub fn open(&self, id: u64) -> Result<Device, Error> {
        let usb = self.usb.as_ref().ok_or(Error::Gone)?;
        usb.open(DeviceId(id)).map(Device::new).map_err(error)
    }

    fn changes<R>(&self, f: impl FnOnce(&mut dyn Changes) -> R) -> Option<R> {
        let usb = self.usb.as_ref()?;
        Some(f(locked(&self.changes).get_or_insert_with(|| usb.watch()).as_mut()))
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}
