//! Device and configuration descriptors.

use std::ffi::c_int;
use std::ops::Range;
use std::ptr;

use super::code;
use super::pointers::device;
use crate::constants::LIBUSB_SUCCESS;
use crate::state::{Code, Config, EndpointInfo, Result, Setting};
use crate::types::*;

/// A configuration descriptor, and everything that it points to.
#[repr(C)]
struct Owned {
    /// First, so that its address is that of all.
    config: libusb_config_descriptor,
    interfaces: Vec<libusb_interface>,
    settings: Vec<Vec<libusb_interface_descriptor>>,
    endpoints: Vec<Vec<libusb_endpoint_descriptor>>,
    parsed: Config,
}

/// The device descriptor.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_device_descriptor(
    dev: *const libusb_device,
    desc: *mut libusb_device_descriptor,
) -> c_int {
    // SAFETY: as the caller promises.
    code(unsafe { device(dev) }.map(|device| {
        let bytes = device.descriptor();
        let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let descriptor = libusb_device_descriptor {
            bLength: bytes[0],
            bDescriptorType: bytes[1],
            bcdUSB: word(2),
            bDeviceClass: bytes[4],
            bDeviceSubClass: bytes[5],
            bDeviceProtocol: bytes[6],
            bMaxPacketSize0: bytes[7],
            idVendor: word(8),
            idProduct: word(10),
            bcdDevice: word(12),
            iManufacturer: bytes[14],
            iProduct: bytes[15],
            iSerialNumber: bytes[16],
            bNumConfigurations: bytes[17],
        };
        // SAFETY: the caller gives a place for it.
        unsafe { desc.write(descriptor) };
    }))
}

/// The configuration at a place.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_config_descriptor(
    dev: *const libusb_device,
    index: u8,
    config: *mut *const libusb_config_descriptor,
) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { give(config, device(dev).and_then(|device| device.config(index))) }
}

/// The configuration that is active.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_active_config_descriptor(
    dev: *const libusb_device,
    config: *mut *const libusb_config_descriptor,
) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { give(config, device(dev).and_then(|device| device.active_config())) }
}

/// The configuration of a value.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_config_descriptor_by_value(
    dev: *const libusb_device,
    bConfigurationValue: u8,
    config: *mut *const libusb_config_descriptor,
) -> c_int {
    // SAFETY: as the caller promises.
    let parsed = unsafe { device(dev) }.and_then(|dev| dev.config_by_value(bConfigurationValue));
    // SAFETY: as the caller promises.
    unsafe { give(config, parsed) }
}

/// Frees a configuration descriptor.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_free_config_descriptor(
    config: *const libusb_config_descriptor,
) {
    if !config.is_null() {
        // SAFETY: it is of `give`, which made it of a box.
        drop(unsafe { Box::from_raw(config.cast_mut().cast::<Owned>()) });
    }
}

unsafe fn give(to: *mut *const libusb_config_descriptor, parsed: Result<Config>) -> c_int {
    match parsed {
        Ok(parsed) => {
            let owned = Box::into_raw(own(parsed));
            // SAFETY: the caller gives a place for it.
            unsafe { to.write(owned.cast_const().cast()) };
            LIBUSB_SUCCESS
        }
        Err(Code(code)) => code,
    }
}

/// Pointers are into vectors, which do not move with what owns them.
fn own(parsed: Config) -> Box<Owned> {
    let bytes = &parsed.bytes[..];
    let (mut interfaces, mut settings, mut endpoints) = (Vec::new(), Vec::new(), Vec::new());
    for parsed in &parsed.interfaces {
        let of_interface: Vec<_> = parsed
            .iter()
            .map(|parsed| {
                let of_setting: Vec<_> =
                    parsed.endpoints.iter().map(|parsed| endpoint(bytes, parsed)).collect();
                let setting = setting(bytes, parsed, &of_setting);
                endpoints.push(of_setting);
                setting
            })
            .collect();
        interfaces.push(libusb_interface {
            altsetting: of_interface.as_ptr(),
            num_altsetting: of_interface.len() as c_int,
        });
        settings.push(of_interface);
    }
    let (extra, extra_length) = extra(bytes, &parsed.extra);
    let config = libusb_config_descriptor {
        bLength: bytes[0],
        bDescriptorType: bytes[1],
        wTotalLength: u16::from_le_bytes([bytes[2], bytes[3]]),
        // As many as there are, whatever the device says.
        bNumInterfaces: interfaces.len().min(usize::from(u8::MAX)) as u8,
        bConfigurationValue: bytes[5],
        iConfiguration: bytes[6],
        bmAttributes: bytes[7],
        bMaxPower: bytes[8],
        interface: interfaces.as_ptr(),
        extra,
        extra_length,
    };
    Box::new(Owned { config, interfaces, settings, endpoints, parsed })
}

fn setting(
    bytes: &[u8],
    parsed: &Setting,
    endpoints: &[libusb_endpoint_descriptor],
) -> libusb_interface_descriptor {
    let header = &bytes[parsed.header.clone()];
    let (extra, extra_length) = extra(bytes, &parsed.extra);
    libusb_interface_descriptor {
        bLength: header[0],
        bDescriptorType: header[1],
        bInterfaceNumber: header[2],
        bAlternateSetting: header[3],
        bNumEndpoints: endpoints.len().min(usize::from(u8::MAX)) as u8,
        bInterfaceClass: header[5],
        bInterfaceSubClass: header[6],
        bInterfaceProtocol: header[7],
        iInterface: header[8],
        endpoint: endpoints.as_ptr(),
        extra,
        extra_length,
    }
}

fn endpoint(bytes: &[u8], parsed: &EndpointInfo) -> libusb_endpoint_descriptor {
    let header = &bytes[parsed.header.clone()];
    let (extra, extra_length) = extra(bytes, &parsed.extra);
    libusb_endpoint_descriptor {
        bLength: header[0],
        bDescriptorType: header[1],
        bEndpointAddress: header[2],
        bmAttributes: header[3],
        wMaxPacketSize: u16::from_le_bytes([header[4], header[5]]),
        bInterval: header[6],
        // Audio's endpoints are two bytes longer.
        bRefresh: header.get(7).copied().unwrap_or(0),
        bSynchAddress: header.get(8).copied().unwrap_or(0),
        extra,
        extra_length,
    }
}

fn extra(bytes: &[u8], range: &Range<usize>) -> (*const u8, c_int) {
    match &bytes[range.clone()] {
        [] => (ptr::null(), 0),
        extra => (extra.as_ptr(), extra.len() as c_int),
    }
}
