//! The binary device object store (USB 3.2, 9.6.2).

use std::ffi::c_int;

use super::{block, pointers};
use crate::constants::*;
use crate::libusb_get_descriptor;
use crate::state::{Code, Result};
use crate::types::*;

/// Bytes of its header.
const HEADER: usize = 5;
/// Bytes of the header of a capability.
const CAPABILITY: usize = 3;
/// Kinds of capabilities (table 9-14).
const USB_2_0_EXTENSION: u8 = 2;
const SUPERSPEED: u8 = 3;
const CONTAINER_ID: u8 = 4;

/// C's layout of `libusb_bos_descriptor`, whose last member is pointers. Rust's
/// declaration of it names another type there; nobody can use that.
#[repr(C)]
struct Bos {
    header: libusb_bos_descriptor,
    capabilities: [*mut libusb_bos_dev_capability_descriptor; 0],
}

/// Reads a device's capabilities.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_bos_descriptor(
    dev_handle: *mut libusb_device_handle,
    bos: *mut *const libusb_bos_descriptor,
) -> c_int {
    // SAFETY: as the caller promises.
    let built = unsafe { read(dev_handle, HEADER as u16) }.and_then(|header| {
        let total = u16::from_le_bytes([header[2], header[3]]);
        // SAFETY: as above.
        build(&unsafe { read(dev_handle, total) }?)
    });
    match built {
        Ok(built) => {
            // SAFETY: the caller gives a place for it.
            unsafe { bos.write(built.cast_const().cast()) };
            LIBUSB_SUCCESS
        }
        Err(Code(code)) => code,
    }
}

/// Frees the capabilities.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_free_bos_descriptor(bos: *mut libusb_bos_descriptor) {
    // SAFETY: it is one block of `build`, or null.
    unsafe { block::free(bos) }
}

unsafe fn read(handle: *mut libusb_device_handle, len: u16) -> Result<Vec<u8>> {
    let mut bytes = vec![0; len.into()];
    let len = c_int::from(len);
    // SAFETY: the buffer has so many bytes; the handle is the caller's.
    let read =
        unsafe { libusb_get_descriptor(handle, LIBUSB_DT_BOS, 0, 0, bytes.as_mut_ptr(), len) };
    bytes.truncate(usize::try_from(read).map_err(|_| Code(read))?);
    if bytes.len() < HEADER || bytes[1] != LIBUSB_DT_BOS { Err(Code::IO) } else { Ok(bytes) }
}

/// One block: the header, the pointers, and the bytes that they point to.
fn build(bytes: &[u8]) -> Result<*mut Bos> {
    let mut capabilities = Vec::new();
    let mut rest = bytes.get(usize::from(bytes[0]).max(HEADER)..).unwrap_or_default();
    while let [len, ..] = *rest {
        match rest.split_at_checked(len.into()) {
            Some((capability, others)) if capability.len() >= CAPABILITY => {
                capabilities.push(capability);
                rest = others;
            }
            _ => break,
        }
    }
    capabilities.truncate(bytes[4].into());
    let pointers = capabilities.len() * size_of::<*mut libusb_bos_dev_capability_descriptor>();
    let first = size_of::<Bos>() + pointers;
    let size = first + capabilities.iter().map(|capability| capability.len()).sum::<usize>();
    let block = block::zeroed(size)?;
    // SAFETY: the block has room for the header, then for the pointers, then for
    // all bytes, and is aligned for the first two.
    unsafe {
        let bos = block.cast::<Bos>();
        (*bos).header = libusb_bos_descriptor {
            bLength: bytes[0],
            bDescriptorType: bytes[1],
            wTotalLength: u16::from_le_bytes([bytes[2], bytes[3]]),
            bNumDeviceCaps: capabilities.len() as u8,
            dev_capability: [],
        };
        let places: *mut *mut libusb_bos_dev_capability_descriptor =
            (&raw mut (*bos).capabilities).cast();
        let mut to = block.add(first);
        for (place, capability) in capabilities.iter().enumerate() {
            to.copy_from_nonoverlapping(capability.as_ptr(), capability.len());
            places.add(place).write(to.cast());
            to = to.add(capability.len());
        }
        Ok(bos)
    }
}

/// The bytes of a capability of a kind, at least so many.
unsafe fn capability<'a>(
    capability: *mut libusb_bos_dev_capability_descriptor,
    kind: u8,
    least: usize,
) -> Result<&'a [u8]> {
    // SAFETY: it is one that `build` points to: three bytes, the first of which
    // says how many there are.
    let bytes = unsafe {
        let len = capability.as_ref().ok_or(Code::INVALID)?.bLength;
        pointers::bytes(capability.cast_const().cast(), len.into())?
    };
    if bytes.len() >= least && bytes[2] == kind { Ok(bytes) } else { Err(Code::INVALID) }
}

unsafe fn give<T>(to: *mut *const T, built: Result<T>) -> c_int {
    match built {
        Ok(built) => {
            // SAFETY: the caller gives a place for it.
            unsafe { to.write(Box::into_raw(Box::new(built)).cast_const()) };
            LIBUSB_SUCCESS
        }
        Err(Code(code)) => code,
    }
}

unsafe fn free<T>(built: *mut T) {
    if !built.is_null() {
        // SAFETY: it is a box of `give`.
        drop(unsafe { Box::from_raw(built) });
    }
}

/// A capability as a USB 2.0 extension.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_usb_2_0_extension_descriptor(
    _context: *mut libusb_context,
    dev_cap: *mut libusb_bos_dev_capability_descriptor,
    usb_2_0_extension: *mut *const libusb_usb_2_0_extension_descriptor,
) -> c_int {
    // SAFETY: as the caller promises.
    let built = unsafe { capability(dev_cap, USB_2_0_EXTENSION, 7) }.map(|bytes| {
        libusb_usb_2_0_extension_descriptor {
            bLength: bytes[0],
            bDescriptorType: bytes[1],
            bDevCapabilityType: bytes[2],
            bmAttributes: u32::from_le_bytes([bytes[3], bytes[4], bytes[5], bytes[6]]),
        }
    });
    // SAFETY: as the caller promises.
    unsafe { give(usb_2_0_extension, built) }
}

/// Frees it.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_free_usb_2_0_extension_descriptor(
    usb_2_0_extension: *mut libusb_usb_2_0_extension_descriptor,
) {
    // SAFETY: as the caller promises.
    unsafe { free(usb_2_0_extension) }
}

/// A capability as that of a SuperSpeed device.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_ss_usb_device_capability_descriptor(
    _context: *mut libusb_context,
    dev_cap: *mut libusb_bos_dev_capability_descriptor,
    ss_usb_device_cap: *mut *const libusb_ss_usb_device_capability_descriptor,
) -> c_int {
    // SAFETY: as the caller promises.
    let built = unsafe { capability(dev_cap, SUPERSPEED, 10) }.map(|bytes| {
        libusb_ss_usb_device_capability_descriptor {
            bLength: bytes[0],
            bDescriptorType: bytes[1],
            bDevCapabilityType: bytes[2],
            bmAttributes: bytes[3],
            wSpeedSupported: u16::from_le_bytes([bytes[4], bytes[5]]),
            bFunctionalitySupport: bytes[6],
            bU1DevExitLat: bytes[7],
            bU2DevExitLat: u16::from_le_bytes([bytes[8], bytes[9]]),
        }
    });
    // SAFETY: as the caller promises.
    unsafe { give(ss_usb_device_cap, built) }
}

/// Frees it.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_free_ss_usb_device_capability_descriptor(
    ss_usb_device_cap: *mut libusb_ss_usb_device_capability_descriptor,
) {
    // SAFETY: as the caller promises.
    unsafe { free(ss_usb_device_cap) }
}

/// A capability as a container's identity.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_container_id_descriptor(
    _context: *mut libusb_context,
    dev_cap: *mut libusb_bos_dev_capability_descriptor,
    container_id: *mut *const libusb_container_id_descriptor,
) -> c_int {
    // SAFETY: as the caller promises.
    let built = unsafe { capability(dev_cap, CONTAINER_ID, 20) }.map(|bytes| {
        let mut id = [0; 16];
        id.copy_from_slice(&bytes[4..20]);
        libusb_container_id_descriptor {
            bLength: bytes[0],
            bDescriptorType: bytes[1],
            bDevCapabilityType: bytes[2],
            bReserved: bytes[3],
            ContainerId: id,
        }
    });
    // SAFETY: as the caller promises.
    unsafe { give(container_id, built) }
}

/// Frees it.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_free_container_id_descriptor(
    container_id: *mut libusb_container_id_descriptor,
) {
    // SAFETY: as the caller promises.
    unsafe { free(container_id) }
}
