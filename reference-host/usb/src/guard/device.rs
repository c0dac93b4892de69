//! A granted device.

use std::sync::Arc;

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
}

pub(super) struct GuardedDevice {
    device: Arc<dyn UsbDevice>,
    grant: Arc<Grant>,
}

impl GuardedDevice {
    pub(super) fn new(device: Arc<dyn UsbDevice>, grant: Arc<Grant>) -> Self {
        Self { device, grant }
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
        self.permit(|rights| rights.detach(number))?;
        self.device.detach_kernel_driver(number)
    }

    fn attach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.permit(|rights| rights.detach(number))?;
        self.device.attach_kernel_driver(number)
    }
}
