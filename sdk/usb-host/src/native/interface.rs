//! An interface that was taken.

use std::boxed::Box;
use std::fmt;
use std::sync::Mutex;

use periplasm_usb::UsbInterface;

use super::convert::error;
use super::{Pipe, locked};
use crate::Error;

/// An interface that was taken. Dropping it gives it back; its pipes end.
pub struct Interface(Mutex<Box<dyn UsbInterface>>);

impl Interface {
    pub(super) fn new(usb: Box<dyn UsbInterface>) -> Self {
        Self(Mutex::new(usb))
    }

    /// Chooses an alternate setting. Pipes that are open end.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such setting.
    pub fn set_alternate(&self, setting: u8) -> Result<(), Error> {
        locked(&self.0).set_alternate(setting).map_err(error)
    }

    /// An endpoint of the chosen setting, by `bEndpointAddress`.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] while another pipe has it.
    pub fn pipe(&self, endpoint: u8) -> Result<Pipe, Error> {
        locked(&self.0).pipe(endpoint).map(Pipe::new).map_err(error)
    }
}

impl fmt::Debug for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interface").finish_non_exhaustive()
    }
}
