//! An open device.

use std::fmt;
use std::sync::{Arc, Mutex};

use periplasm_usb::{Request, UsbDevice};

use super::convert::{error, setup};
use super::{Interface, Pipe, locked};
use crate::{Completion, Error, Setup};

/// An open device.
pub struct Device {
    usb: Arc<dyn UsbDevice>,
    /// The queue for [`Self::control_in`] and [`Self::control_out`].
    control: Mutex<Option<Pipe>>,
}

impl Device {
    pub(super) fn new(usb: Arc<dyn UsbDevice>) -> Self {
        Self { usb, control: Mutex::new(None) }
    }

    pub(super) fn usb(&self) -> &dyn UsbDevice {
        &*self.usb
    }

    /// The value of the active configuration; 0 when there is none.
    ///
    /// # Errors
    ///
    /// What the host answers.
    pub fn configuration(&self) -> Result<u8, Error> {
        self.usb.configuration().map_err(error)
    }

    /// Takes an interface.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] while somebody has it.
    pub fn claim(&self, number: u8) -> Result<Interface, Error> {
        self.usb.claim(number).map(Interface::new).map_err(error)
    }

    /// The default pipe, for control transfers. Each call gives a queue of its
    /// own.
    pub fn control(&self) -> Pipe {
        Pipe::new(self.usb.control())
    }

    /// A control transfer from the device, at most `len` bytes.
    pub fn control_in(&self, fields: Setup, len: u16, timeout_ns: Option<u64>) -> Completion {
        self.transfer(Request::ControlIn { setup: setup(fields), len }, timeout_ns)
    }

    /// A control transfer to the device.
    pub fn control_out(&self, fields: Setup, data: &[u8], timeout_ns: Option<u64>) -> Completion {
        let request = Request::ControlOut { setup: setup(fields), data: data.to_vec() };
        self.transfer(request, timeout_ns)
    }

    fn transfer(&self, request: Request, timeout_ns: Option<u64>) -> Completion {
        // Held until the end: a device does one request after the other anyway.
        let mut control = locked(&self.control);
        control.get_or_insert_with(|| self.control()).transfer(request, timeout_ns)
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device").finish_non_exhaustive()
    }
}
