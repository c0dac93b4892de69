//! What changes a device for everybody.

use super::Device;
use super::convert::error;
use crate::Error;

/// Resets the port.
///
/// # Errors
///
/// [`Error::Gone`] when the device comes back as another.
pub fn reset(device: &Device) -> Result<(), Error> {
    device.usb().reset().map_err(error)
}

/// Chooses a configuration; 0 leaves the device without one.
///
/// # Errors
///
/// [`Error::Busy`] while interfaces are claimed.
pub fn set_configuration(device: &Device, value: u8) -> Result<(), Error> {
    device.usb().set_configuration(value).map_err(error)
}

/// Whether a driver of the kernel has the interface.
///
/// # Errors
///
/// [`Error::NotFound`] when there is no such interface.
pub fn kernel_driver_active(device: &Device, number: u8) -> Result<bool, Error> {
    device.usb().kernel_driver_active(number).map_err(error)
}

/// Takes the interface from the kernel's driver.
///
/// # Errors
///
/// [`Error::NotFound`] when no driver has it.
pub fn detach_kernel_driver(device: &Device, number: u8) -> Result<(), Error> {
    device.usb().detach_kernel_driver(number).map_err(error)
}

/// Gives it back.
///
/// # Errors
///
/// What the host answers.
pub fn attach_kernel_driver(device: &Device, number: u8) -> Result<(), Error> {
    device.usb().attach_kernel_driver(number).map_err(error)
}
