//! Devices that are plugged in.

use std::ffi::{c_int, c_uchar};
use std::ptr;
use std::sync::Arc;

use libc::ssize_t;
use periplasm_usb_host::Speed;

use super::block;
use super::pointers::{self, device, give_device};
use crate::constants::*;
use crate::state::{Code, Device, Result};
use crate::types::*;

/// Lists the devices, each counted once. The list ends with a null.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_device_list(
    context: *mut libusb_context,
    list: *mut *const *mut libusb_device,
) -> ssize_t {
    // SAFETY: as the caller promises.
    let devices = unsafe { pointers::context(context) }.devices();
    let size = (devices.len() + 1) * size_of::<*mut libusb_device>();
    let block: *mut *mut libusb_device = match block::zeroed(size) {
        Ok(block) => block.cast(),
        Err(Code(code)) => return code as ssize_t,
    };
    let count = devices.len();
    for (place, device) in devices.into_iter().enumerate() {
        // SAFETY: the block has a place for each, and one more.
        unsafe { block.add(place).write(give_device(device)) };
    }
    // SAFETY: the caller gives a place for the list.
    unsafe { list.write(block.cast_const()) };
    count as ssize_t
}

/// Frees a list, and the counts of its devices if asked to.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_free_device_list(
    list: *const *mut libusb_device,
    unref_devices: c_int,
) {
    if list.is_null() {
        return;
    }
    let mut place = list;
    // SAFETY: it is a list of `libusb_get_device_list`, which ends with a null.
    unsafe {
        while unref_devices != 0 && !(*place).is_null() {
            pointers::unref_device(*place);
            place = place.add(1);
        }
        block::free(list.cast_mut());
    }
}

/// Counts a device once more.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_ref_device(dev: *mut libusb_device) -> *mut libusb_device {
    // SAFETY: as the caller promises.
    unsafe { device(dev) }.map_or(ptr::null_mut(), give_device)
}

/// Counts a device once less.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_unref_device(dev: *mut libusb_device) {
    // SAFETY: as the caller promises.
    unsafe { pointers::unref_device(dev) }
}

/// The hub that a device is plugged into: never known here.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_parent(_dev: *mut libusb_device) -> *mut libusb_device {
    ptr::null_mut()
}

/// The number of its bus.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_bus_number(dev: *const libusb_device) -> u8 {
    // SAFETY: as the caller promises.
    unsafe { device(dev) }.map_or(0, |device| device.info.bus)
}

/// Its address on the bus.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_device_address(dev: *const libusb_device) -> u8 {
    // SAFETY: as the caller promises.
    unsafe { device(dev) }.map_or(0, |device| device.info.address)
}

/// The port that it is plugged into; 0 for a root hub.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_port_number(dev: *mut libusb_device) -> u8 {
    // SAFETY: as the caller promises.
    let device = unsafe { device(dev) };
    device.ok().and_then(|device| device.info.ports.last().copied()).unwrap_or(0)
}

/// The ports from the root hub on: how many.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_port_numbers(
    dev: *mut libusb_device,
    port_numbers: *mut u8,
    port_numbers_len: c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    let Ok(device) = (unsafe { device(dev) }) else { return LIBUSB_ERROR_INVALID_PARAM };
    let ports = &device.info.ports;
    match usize::try_from(port_numbers_len) {
        Ok(room) if room > 0 && !port_numbers.is_null() => {
            if ports.len() > room {
                return LIBUSB_ERROR_OVERFLOW;
            }
            // SAFETY: the caller gives `room` bytes.
            unsafe { pointers::copy_to(port_numbers, room, ports) as c_int }
        }
        _ => LIBUSB_ERROR_INVALID_PARAM,
    }
}

/// How fast it talks: `LIBUSB_SPEED_*`.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_device_speed(dev: *const libusb_device) -> c_int {
    // SAFETY: as the caller promises.
    match unsafe { device(dev) }.ok().and_then(|device| device.info.speed) {
        None => LIBUSB_SPEED_UNKNOWN,
        Some(Speed::Low) => LIBUSB_SPEED_LOW,
        Some(Speed::Full) => LIBUSB_SPEED_FULL,
        Some(Speed::High) => LIBUSB_SPEED_HIGH,
        Some(Speed::Super) => LIBUSB_SPEED_SUPER,
        Some(Speed::SuperPlus) => LIBUSB_SPEED_SUPER_PLUS,
    }
}

/// `wMaxPacketSize` of an endpoint of the active configuration.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_max_packet_size(
    dev: *const libusb_device,
    endpoint: c_uchar,
) -> c_int {
    // SAFETY: as the caller promises.
    let packets = unsafe { device(dev) }.and_then(|device| packets(&device, endpoint));
    packets.map_or_else(|Code(code)| code, |(_, size)| size.into())
}

/// The most bytes of an endpoint in one (micro)frame (USB 2.0, table 9-13).
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_max_iso_packet_size(
    dev: *const libusb_device,
    endpoint: c_uchar,
) -> c_int {
    // SAFETY: as the caller promises.
    let packets = unsafe { device(dev) }.and_then(|device| packets(&device, endpoint));
    packets.map_or_else(
        |Code(code)| code,
        |(attributes, size)| {
            let periodic = [LIBUSB_TRANSFER_TYPE_ISOCHRONOUS, LIBUSB_TRANSFER_TYPE_INTERRUPT];
            let more = if periodic.contains(&(attributes & LIBUSB_TRANSFER_TYPE_MASK)) {
                c_int::from(size >> 11 & 3)
            } else {
                0
            };
            c_int::from(size & 0x07ff) * (1 + more)
        },
    )
}

fn packets(device: &Arc<Device>, endpoint: u8) -> Result<(u8, u16)> {
    let config = device.active_config()?;
    Ok(config.packets(config.find(endpoint, None).ok_or(Code::NOT_FOUND)?))
}
