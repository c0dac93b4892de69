//! A granted device.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use periplasm_request::UsbPrivilege;

use super::default_pipe::DefaultPipe;
use super::endpoint::GuardedInterface;
use super::rights::Rights;
use crate::{Pipe, UsbDevice, UsbError, UsbInterface};

/// What was granted of one device.
pub(super) struct Grant {
    pub(super) rights: Rights,
    /// Its descriptors.
    pub(super) all: Arc<[u8]>,
    /// Its descriptors as they are listed.
    pub(super) shown: Arc<[u8]>,
    pub(super) vendor: u16,
    pub(super) product: u16,
}

pub(super) struct GuardedDevice {
    device: Arc<dyn UsbDevice>,
    grant: Arc<Grant>,
    told: Arc<AtomicBool>,
}

impl GuardedDevice {
    pub(super) fn new(
        device: Arc<dyn UsbDevice>,
        grant: Arc<Grant>,
        told: Arc<AtomicBool>,
    ) -> Self {
        Self { device, grant, told }
    }

    /// Says once, for a person, what taking an interface from a driver takes.
    fn tell_of_detach(&self, number: u8) {
        if !self.told.swap(true, Ordering::Relaxed) {
            let Grant { vendor, product, .. } = *self.grant;
            tracing::warn!(
                "interface {number} of device {vendor:04x}:{product:04x} is in use by a driver of \
                 the operating system, and taking it away was not granted: it takes \
                 may = [\"detach\"] in the manifest's slot and in the board's `allow`"
            );
        }
    }

    fn permit(&self, granted: impl FnOnce(&Rights) -> bool) -> Result<(), UsbError> {
        if granted(&self.grant.rights) { Ok(()) } else { Err(UsbError::Denied) }
    }
}

impl UsbDevice for GuardedDevice {
    fn configuration(&self) -> Result<u8, UsbError> {
        self.device.configuration()
    }

    fn claim(&self, number: u8) -> Result<Box<dyn UsbInterface>, UsbError> {
        self.permit(|rights| rights.interface(number))?;
        let interface = self.device.claim(number)?;
        Ok(Box::new(GuardedInterface::new(interface, number, self.grant.clone())))
    }

    fn control(&self) -> Box<dyn Pipe> {
        let pipe = self.device.control();
        Box::new(DefaultPipe::new(pipe, self.device.clone(), self.grant.clone()))
    }

    fn reset(&self) -> Result<(), UsbError> {
        self.permit(|rights| rights.privilege(UsbPrivilege::Reset))?;
        self.device.reset()
    }

    fn set_configuration(&self, value: u8) -> Result<(), UsbError> {
        self.permit(|rights| rights.privilege(UsbPrivilege::SetConfiguration))?;
        self.device.set_configuration(value)
    }

    fn kernel_driver_active(&self, number: u8) -> Result<bool, UsbError> {
        self.permit(|rights| rights.interface(number))?;
        self.device.kernel_driver_active(number)
    }

    fn detach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.permit(|rights| rights.detach(number)).inspect_err(|_| self.tell_of_detach(number))?;
        self.device.detach_kernel_driver(number)
    }

    fn attach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.permit(|rights| rights.detach(number))?;
        self.device.attach_kernel_driver(number)
    }
}
