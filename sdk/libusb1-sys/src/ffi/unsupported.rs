//! What there is nothing of here.

use std::ffi::{c_int, c_uchar, c_void};
use std::ptr;

use libc::ssize_t;

use crate::constants::*;
use crate::types::*;

/// Opens a device of the operating system: there are none.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_wrap_sys_device(
    _context: *mut libusb_context,
    _sys_dev: *mut c_int,
    _handle: *mut *mut libusb_device_handle,
) -> c_int {
    LIBUSB_ERROR_NOT_SUPPORTED
}

/// Makes streams.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_alloc_streams(
    _dev_handle: *mut libusb_device_handle,
    _num_streams: u32,
    _endpoints: *mut c_uchar,
    _num_endpoints: c_int,
) -> c_int {
    LIBUSB_ERROR_NOT_SUPPORTED
}

/// Frees streams.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_free_streams(
    _dev_handle: *mut libusb_device_handle,
    _endpoints: *mut c_uchar,
    _num_endpoints: c_int,
) -> c_int {
    LIBUSB_ERROR_NOT_SUPPORTED
}

/// Memory that a device could reach: null, so that callers use their own.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_dev_mem_alloc(
    _dev_handle: *mut libusb_device_handle,
    _length: usize,
) -> *mut c_uchar {
    ptr::null_mut()
}

/// Frees it.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_dev_mem_free(
    _dev_handle: *mut libusb_device_handle,
    _buffer: *mut c_uchar,
    _length: usize,
) -> c_int {
    LIBUSB_ERROR_NOT_SUPPORTED
}

/// Whether poll descriptors tell of timeouts too: no.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_pollfds_handle_timeouts(
    _context: *mut libusb_context,
) -> c_int {
    0
}

/// Descriptors for `poll`: null.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_pollfds(
    _context: *mut libusb_context,
) -> *const *mut libusb_pollfd {
    ptr::null()
}

/// Frees them.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_free_pollfds(_pollfds: *const *mut libusb_pollfd) {}

/// Would tell when they change: they never do.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_set_pollfd_notifiers(
    _context: *mut libusb_context,
    _added_cb: Option<libusb_pollfd_added_cb>,
    _removed_cb: Option<libusb_pollfd_removed_cb>,
    _user_data: *mut c_void,
) {
}

/// The type of a size, as the list of devices has it.
const _: () = assert!(size_of::<ssize_t>() == size_of::<usize>());
