//! An open device.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};

use nusb::MaybeFuture;

use super::control::ControlPipe;
use super::endpoint::Endpoint;
use super::error::function;
use super::pipe::{LinuxPipe, Open};
use super::sysfs;
use crate::bell::lock;
use crate::descriptors::configuration;
use crate::{DeviceInfo, Pipe, UsbDevice, UsbError, UsbInterface};

/// One handle. Others of the same device are strangers to it, as other programs
/// are.
pub(super) struct LinuxDevice {
    device: nusb::Device,
    listed: nusb::DeviceInfo,
    info: DeviceInfo,
    claims: Arc<Claims>,
}

/// usbfs lets a handle claim an interface twice, so claims are counted here.
type Claims = Mutex<BTreeMap<u8, Weak<Claimed>>>;

/// An interface that was taken, and its pipes.
struct Claimed {
    interface: nusb::Interface,
    pipes: Mutex<Vec<(u8, Weak<Open>)>>,
}

impl LinuxDevice {
    pub(super) fn new(device: nusb::Device, listed: nusb::DeviceInfo, info: DeviceInfo) -> Self {
        Self { device, listed, info, claims: Arc::default() }
    }

    fn claimed(&self) -> Vec<Arc<Claimed>> {
        lock(&self.claims).values().filter_map(Weak::upgrade).collect()
    }

    /// The value of the active configuration; 0 when there is none.
    fn active(&self) -> u8 {
        self.device.active_configuration().map_or(0, |one| one.configuration_value())
    }
}

impl UsbDevice for LinuxDevice {
    fn configuration(&self) -> Result<u8, UsbError> {
        // The kernel's folder goes with the device.
        if self.listed.sysfs_path().exists() { Ok(self.active()) } else { Err(UsbError::Gone) }
    }

    fn claim(&self, number: u8) -> Result<Box<dyn UsbInterface>, UsbError> {
        let mut claims = lock(&self.claims);
        if claims.get(&number).is_some_and(|claimed| claimed.strong_count() > 0) {
            return Err(UsbError::Busy);
        }
        let interface = self.device.claim_interface(number).wait();
        let interface = interface.map_err(|error| function(&error))?;
        let claimed = Arc::new(Claimed { interface, pipes: Mutex::default() });
        claims.insert(number, Arc::downgrade(&claimed));
        Ok(Box::new(LinuxInterface(claimed)))
    }

    fn control(&self) -> Box<dyn Pipe> {
        Box::new(ControlPipe::new(self.device.clone()))
    }

    fn reset(&self) -> Result<(), UsbError> {
        let claimed = self.claimed();
        for claimed in &claimed {
            claimed.each(Open::cancel);
        }
        self.device.reset().wait().map_err(|error| function(&error))?;
        // The kernel has set the settings again that were chosen.
        for claimed in claimed {
            if claimed.interface.get_alt_setting() != 0 {
                claimed.set_alternate(0)?;
            }
        }
        Ok(())
    }

    fn set_configuration(&self, value: u8) -> Result<(), UsbError> {
        if !self.claimed().is_empty() {
            return Err(UsbError::Busy);
        }
        if value != 0 && configuration(&self.info.descriptors, value).is_none() {
            return Err(UsbError::NotFound);
        }
        self.device.set_configuration(value).wait().map_err(|error| function(&error))
    }

    fn kernel_driver_active(&self, number: u8) -> Result<bool, UsbError> {
        Ok(sysfs::kernel_driver(self.listed.sysfs_path(), self.configuration()?, number))
    }

    fn detach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        // Otherwise usbfs would take it from itself.
        if !self.kernel_driver_active(number)? {
            return Err(UsbError::NotFound);
        }
        self.device.detach_kernel_driver(number).map_err(|error| function(&error))
    }

    fn attach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.device.attach_kernel_driver(number).map_err(|error| function(&error))
    }
}

impl Claimed {
    fn each(&self, what: impl Fn(&Open)) {
        for (_, pipe) in &*lock(&self.pipes) {
            if let Some(pipe) = pipe.upgrade() {
                what(&pipe);
            }
        }
    }

    fn set_alternate(&self, setting: u8) -> Result<(), UsbError> {
        if !self.interface.descriptors().any(|one| one.alternate_setting() == setting) {
            return Err(UsbError::NotFound);
        }
        self.each(Open::end);
        lock(&self.pipes).clear();
        self.interface.set_alt_setting(setting).wait().map_err(|error| function(&error))
    }
}

/// A claim; the interface is given back when its pipes have ended.
struct LinuxInterface(Arc<Claimed>);

impl UsbInterface for LinuxInterface {
    fn set_alternate(&mut self, setting: u8) -> Result<(), UsbError> {
        self.0.set_alternate(setting)
    }

    fn pipe(&mut self, endpoint: u8) -> Result<Box<dyn Pipe>, UsbError> {
        let mut pipes = lock(&self.0.pipes);
        pipes.retain(|(_, pipe)| pipe.strong_count() > 0);
        if pipes.iter().any(|(address, _)| *address == endpoint) {
            return Err(UsbError::Busy);
        }
        let open = Open::new(Endpoint::open(&self.0.interface, endpoint)?);
        pipes.push((endpoint, Arc::downgrade(&open)));
        Ok(Box::new(LinuxPipe(open)))
    }
}

impl Drop for LinuxInterface {
    fn drop(&mut self) {
        self.0.each(Open::end);
    }
}
