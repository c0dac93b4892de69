//! Open devices.

use std::ffi::{c_int, c_uchar};
use std::ptr;
use std::sync::Arc;

use super::context::noted;
use super::pointers::{self, device, handle};
use super::{code, transfer};
use crate::state::{Code, Handle, Result};
use crate::types::*;

/// Interfaces that a handle may claim, as many as libusb lets.
const INTERFACES: c_int = 32;

/// Opens a device.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_open(
    dev: *const libusb_device,
    handle: *mut *mut libusb_device_handle,
) -> c_int {
    // SAFETY: as the caller promises.
    let opened = unsafe { device(dev) }
        .and_then(|device| noted(&device.context()?, "opening a device", Handle::open(&device)));
    code(opened.map(|opened| {
        // SAFETY: the caller gives a place for it.
        unsafe { handle.write(pointers::give_handle(opened)) }
    }))
}

/// Opens the first device of these numbers; null if there is none, or if it
/// cannot be opened.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_open_device_with_vid_pid(
    context: *mut libusb_context,
    vendor_id: u16,
    product_id: u16,
) -> *mut libusb_device_handle {
    // SAFETY: as the caller promises.
    let devices = unsafe { pointers::context(context) }.devices();
    let device = devices.iter().find(|device| device.ids() == (vendor_id, product_id));
    let handle = device.and_then(|device| Handle::open(device).ok());
    handle.map_or(ptr::null_mut(), pointers::give_handle)
}

/// Closes a device. Transfers in flight end without a callback.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_close(dev_handle: *mut libusb_device_handle) {
    // SAFETY: as the caller promises.
    if let Some(handle) = unsafe { pointers::take_handle(dev_handle) } {
        for key in handle.close() {
            // SAFETY: a transfer in flight is not freed.
            unsafe { transfer::land(key) };
        }
    }
}

/// The device of a handle, not counted once more.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_device(
    dev_handle: *mut libusb_device_handle,
) -> *mut libusb_device {
    // SAFETY: as the caller promises.
    let handle = unsafe { handle(dev_handle) };
    handle.map_or(ptr::null_mut(), |handle| Arc::as_ptr(&handle.device).cast_mut().cast())
}

/// The value of the active configuration; 0 when there is none.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_configuration(
    dev_handle: *mut libusb_device_handle,
    config: *mut c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    code(unsafe { handle(dev_handle) }.and_then(Handle::configuration).map(|value| {
        // SAFETY: the caller gives a place for it.
        unsafe { config.write(value.into()) }
    }))
}

/// Chooses a configuration; -1 leaves the device without one.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_set_configuration(
    dev_handle: *mut libusb_device_handle,
    config: c_int,
) -> c_int {
    let value = u8::try_from(config.max(0)).map_err(|_| Code::INVALID);
    // SAFETY: as the caller promises.
    let handle = unsafe { handle(dev_handle) };
    code(
        handle
            .and_then(|handle| told(handle, "set_configuration", handle.set_configuration(value?))),
    )
}

/// Claims an interface.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_claim_interface(
    dev_handle: *mut libusb_device_handle,
    interface_number: c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    code(
        unsafe { on(dev_handle, interface_number) }
            .and_then(|(handle, number)| told(handle, "claim_interface", handle.claim(number))),
    )
}

/// Gives an interface back.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_release_interface(
    dev_handle: *mut libusb_device_handle,
    interface_number: c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    code(
        unsafe { on(dev_handle, interface_number) }
            .and_then(|(handle, number)| handle.release(number)),
    )
}

/// Chooses a setting of a claimed interface.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_set_interface_alt_setting(
    dev_handle: *mut libusb_device_handle,
    interface_number: c_int,
    alternate_setting: c_int,
) -> c_int {
    let setting = u8::try_from(alternate_setting).map_err(|_| Code::INVALID);
    // SAFETY: as the caller promises.
    code(unsafe { on(dev_handle, interface_number) }.and_then(|(handle, number)| {
        told(handle, "set_interface_alt_setting", handle.set_alternate(number, setting?))
    }))
}

/// Clears the halt of an endpoint.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_clear_halt(
    dev_handle: *mut libusb_device_handle,
    endpoint: c_uchar,
) -> c_int {
    // SAFETY: as the caller promises.
    code(unsafe { handle(dev_handle) }.and_then(|handle| handle.clear_halt(endpoint)))
}

/// Resets a device's port.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_reset_device(dev_handle: *mut libusb_device_handle) -> c_int {
    // SAFETY: as the caller promises.
    let handle = unsafe { handle(dev_handle) };
    code(handle.and_then(|handle| told(handle, "reset_device", handle.reset())))
}

/// Whether claims take interfaces from drivers of the kernel.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_set_auto_detach_kernel_driver(
    dev_handle: *mut libusb_device_handle,
    enable: c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    code(unsafe { handle(dev_handle) }.map(|handle| handle.set_auto_detach(enable != 0)))
}

/// Whether a driver of the kernel has an interface: 0 or 1.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_kernel_driver_active(
    dev_handle: *mut libusb_device_handle,
    interface_number: c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    let active = unsafe { on(dev_handle, interface_number) }
        .and_then(|(handle, number)| handle.kernel_driver_active(number));
    active.map_or_else(|Code(code)| code, c_int::from)
}

/// Takes an interface from a driver of the kernel.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_detach_kernel_driver(
    dev_handle: *mut libusb_device_handle,
    interface_number: c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    code(
        unsafe { on(dev_handle, interface_number) }.and_then(|(handle, number)| {
            told(handle, "detach_kernel_driver", handle.detach(number))
        }),
    )
}

/// Gives an interface back to a driver of the kernel.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_attach_kernel_driver(
    dev_handle: *mut libusb_device_handle,
    interface_number: c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    code(
        unsafe { on(dev_handle, interface_number) }
            .and_then(|(handle, number)| handle.attach(number)),
    )
}

/// A handle and the number of an interface.
unsafe fn on<'a>(pointer: *mut libusb_device_handle, number: c_int) -> Result<(&'a Handle, u8)> {
    if !(0..INTERFACES).contains(&number) {
        return Err(Code::INVALID);
    }
    // SAFETY: as the caller promises.
    Ok((unsafe { handle(pointer) }?, number as u8))
}

fn told<T>(handle: &Handle, what: &str, end: Result<T>) -> Result<T> {
    noted(&handle.context, what, end)
}
