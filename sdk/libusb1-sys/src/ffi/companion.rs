//! The companion of a SuperSpeed endpoint (USB 3.2, 9.6.7).

use std::ffi::c_int;

use super::pointers;
use crate::constants::*;
use crate::state::Code;
use crate::types::*;

/// Bytes of the descriptor.
const COMPANION: usize = 6;

/// The companion among the extra bytes of an endpoint.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_ss_endpoint_companion_descriptor(
    _context: *mut libusb_context,
    endpoint: *const libusb_endpoint_descriptor,
    ep_comp: *mut *const libusb_ss_endpoint_companion_descriptor,
) -> c_int {
    // SAFETY: it is an endpoint of a configuration that was not freed.
    let extra = match unsafe { endpoint.as_ref() } {
        // SAFETY: as above.
        Some(endpoint) => unsafe {
            pointers::bytes(endpoint.extra, usize::try_from(endpoint.extra_length).unwrap_or(0))
        },
        None => Err(Code::INVALID),
    };
    let mut rest = extra.unwrap_or_default();
    while let [len, kind, ..] = *rest {
        let Some((descriptor, others)) = rest.split_at_checked(len.into()) else { break };
        if descriptor.is_empty() {
            break;
        }
        if kind == LIBUSB_DT_SS_ENDPOINT_COMPANION && descriptor.len() >= COMPANION {
            let companion = libusb_ss_endpoint_companion_descriptor {
                bLength: descriptor[0],
                bDescriptorType: descriptor[1],
                bMaxBurst: descriptor[2],
                bmAttributes: descriptor[3],
                wBytesPerInterval: u16::from_le_bytes([descriptor[4], descriptor[5]]),
            };
            // SAFETY: the caller gives a place for it.
            unsafe { ep_comp.write(Box::into_raw(Box::new(companion)).cast_const()) };
            return LIBUSB_SUCCESS;
        }
        rest = others;
    }
    LIBUSB_ERROR_NOT_FOUND
}

/// Frees a companion.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_free_ss_endpoint_companion_descriptor(
    ep_comp: *mut libusb_ss_endpoint_companion_descriptor,
) {
    if !ep_comp.is_null() {
        // SAFETY: it is a box of the function above.
        drop(unsafe { Box::from_raw(ep_comp) });
    }
}
