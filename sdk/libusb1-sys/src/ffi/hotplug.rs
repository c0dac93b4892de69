//! Callbacks for devices that come and go.

use std::ffi::{c_int, c_void};
use std::ptr;

use super::{pointers, run};
use crate::constants::*;
use crate::state::{Filter, Plugged};
use crate::types::*;

/// Registers a callback; with `LIBUSB_HOTPLUG_ENUMERATE` it is told at once of
/// the devices that are there.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_hotplug_register_callback(
    ctx: *mut libusb_context,
    events: c_int,
    flags: c_int,
    vendor_id: c_int,
    product_id: c_int,
    dev_class: c_int,
    cb_fn: libusb_hotplug_callback_fn,
    user_data: *mut c_void,
    callback_handle: *mut libusb_hotplug_callback_handle,
) -> c_int {
    let filter = Filter::new(events, vendor_id, product_id, dev_class);
    let Some(filter) = filter.filter(|_| flags & !LIBUSB_HOTPLUG_ENUMERATE == 0) else {
        return LIBUSB_ERROR_INVALID_PARAM;
    };
    // SAFETY: as the caller promises.
    let context = unsafe { pointers::context(ctx) };
    let handle = context.register(filter, cb_fn, user_data.expose_provenance()).handle;
    if !callback_handle.is_null() {
        // SAFETY: the caller gives a place for it.
        unsafe { callback_handle.write(handle) };
    }
    if flags & LIBUSB_HOTPLUG_ENUMERATE != 0 {
        for device in context.devices() {
            let plugged = Plugged { device, event: LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED };
            run::tell_one(&context, handle, &plugged);
        }
    }
    LIBUSB_SUCCESS
}

/// Takes a callback back.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_hotplug_deregister_callback(
    ctx: *mut libusb_context,
    callback_handle: libusb_hotplug_callback_handle,
) {
    // SAFETY: as the caller promises.
    unsafe { pointers::context(ctx) }.deregister(callback_handle);
}

/// What a callback was registered with.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_hotplug_get_user_data(
    ctx: *mut libusb_context,
    callback_handle: libusb_hotplug_callback_handle,
) -> *mut c_void {
    // SAFETY: as the caller promises.
    let registration = unsafe { pointers::context(ctx) }.registration(callback_handle);
    registration.map_or(ptr::null_mut(), |registration| {
        ptr::with_exposed_provenance_mut(registration.user_data)
    })
}
