//! An open device.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use nusb::MaybeFuture;

use super::control::ControlPipe;
use super::endpoint::Endpoint;
use super::error::{self, function};
use super::pipe::{LinuxPipe, Open};
use super::sysfs::{self, USBFS};
use crate::bell::lock;
use crate::descriptors::configuration;
use crate::{DeviceInfo, Pipe, UsbDevice, UsbError, UsbInterface};

/// One handle. Others of the same device are strangers to it, as other programs
/// are.
pub(super) struct LinuxDevice {
    device: nusb::Device,
    listed: nusb::DeviceInfo,
    info: DeviceInfo,
    /// None where the kernel's file cannot be read: nusb finds another way.
    chosen: Option<sysfs::Active>,
    claims: Arc<Claims>,
    detached: Arc<Detached>,
    /// Whether it was said why an interface cannot be had.
    told: Arc<AtomicBool>,
}

/// usbfs lets a handle claim an interface twice, so claims are counted here.
type Claims = Mutex<BTreeMap<u8, Weak<Claimed>>>;

/// An interface that was taken, and its pipes.
struct Claimed {
    interface: nusb::Interface,
    pipes: Mutex<Vec<(u8, Weak<Open>)>>,
    // Dropped after the interface.
    _detached: Arc<Detached>,
}

/// The interfaces that were taken from the kernel's drivers, which get them back
/// when the handle and all it had are gone: a program may end at any moment, and
/// the kernel does not do it.
struct Detached {
    device: nusb::Device,
    interfaces: Mutex<BTreeSet<u8>>,
}

impl Drop for Detached {
    fn drop(&mut self) {
        for number in &*lock(&self.interfaces) {
            if let Err(error) = self.device.attach_kernel_driver(*number)
                && error.kind() != nusb::ErrorKind::Disconnected
            {
                tracing::warn!(%error, "the kernel does not take interface {number} back");
            }
        }
    }
}

impl LinuxDevice {
    pub(super) fn new(
        device: nusb::Device,
        listed: nusb::DeviceInfo,
        info: DeviceInfo,
        told: Arc<AtomicBool>,
    ) -> Self {
        let detached = Arc::new(Detached { device: device.clone(), interfaces: Mutex::default() });
        let chosen = sysfs::Active::of(listed.sysfs_path()).ok();
        Self { device, listed, info, chosen, claims: Arc::default(), detached, told }
    }

    /// Says once, for a person, why an interface cannot be claimed.
    fn tell(&self, number: u8) {
        let path = self.listed.sysfs_path();
        let Some(driver) = sysfs::driver(path, self.active(), number) else { return };
        if !self.told.swap(true, Ordering::Relaxed) {
            let (vendor, product) = (self.info.vendor(), self.info.product_id());
            tracing::warn!(
                "interface {number} of device {vendor:04x}:{product:04x} is in use by {}",
                error::user(&driver, path, self.active(), number),
            );
        }
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
        if let Some(value) = self.chosen.as_ref().and_then(|chosen| chosen.value().ok()) {
            return Ok(value);
        }
        // The kernel's folder goes with the device.
        if self.listed.sysfs_path().exists() { Ok(self.active()) } else { Err(UsbError::Gone) }
    }

    fn claim(&self, number: u8) -> Result<Box<dyn UsbInterface>, UsbError> {
        let mut claims = lock(&self.claims);
        if claims.get(&number).is_some_and(|claimed| claimed.strong_count() > 0) {
            return Err(UsbError::Busy);
        }
        let interface = self.device.claim_interface(number).wait();
        let interface = interface.map_err(|error| {
            let kind = function(&error);
            if kind == UsbError::Busy {
                self.tell(number);
            }
            kind
        })?;
        let _detached = self.detached.clone();
        let claimed = Arc::new(Claimed { interface, pipes: Mutex::default(), _detached });
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
        let driver = sysfs::driver(self.listed.sysfs_path(), self.configuration()?, number);
        // A program that has it through usbfs is no driver.
        Ok(driver.is_some_and(|name| name != USBFS))
    }

    fn detach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        // Otherwise usbfs would take it from itself.
        if !self.kernel_driver_active(number)? {
            return Err(UsbError::NotFound);
        }
        self.device.detach_kernel_driver(number).map_err(|error| function(&error))?;
        lock(&self.detached.interfaces).insert(number);
        Ok(())
    }

    fn attach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.device.attach_kernel_driver(number).map_err(|error| function(&error))?;
        lock(&self.detached.interfaces).remove(&number);
        Ok(())
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
