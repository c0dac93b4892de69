//! Transfers that block.

use std::ffi::{c_int, c_uchar, c_uint, c_void};
use std::ptr;

use periplasm_usb_host::{Completion, Setup};

use super::pointers::{self, handle};
use super::{code, run, transfer};
use crate::constants::*;
use crate::inline::libusb_fill_bulk_transfer;
use crate::state::{Body, Code, Handle, Result};
use crate::types::*;

/// A control transfer: how many bytes of data went either way.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_control_transfer(
    dev_handle: *mut libusb_device_handle,
    request_type: u8,
    request: u8,
    value: u16,
    index: u16,
    data: *mut c_uchar,
    length: u16,
    timeout: c_uint,
) -> c_int {
    let setup = Setup { request_type, request, value, index };
    // SAFETY: as the caller promises.
    let done = unsafe { handle(dev_handle) }.and_then(|handle| {
        if request_type & LIBUSB_ENDPOINT_IN != 0 {
            let done = handle.control_in(setup, length, timeout);
            // SAFETY: the caller gives `length` bytes.
            unsafe { pointers::copy_to(data, length.into(), &done.data) };
            Ok(done)
        } else {
            // SAFETY: as above.
            handle.control_out(setup, unsafe { pointers::bytes(data, length.into()) }?, timeout)
        }
    });
    match done {
        Ok(Completion { status: None, actual, .. }) => actual as c_int,
        Ok(Completion { status: Some(error), .. }) => Code::from(error).0,
        Err(Code(code)) => code,
    }
}

/// A bulk transfer: how many bytes went is told whatever the end.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_bulk_transfer(
    dev_handle: *mut libusb_device_handle,
    endpoint: c_uchar,
    data: *mut c_uchar,
    length: c_int,
    transferred: *mut c_int,
    timeout: c_uint,
) -> c_int {
    let kind = LIBUSB_TRANSFER_TYPE_BULK;
    // SAFETY: as the caller promises.
    unsafe { blocking(dev_handle, kind, endpoint, (data, length), transferred, timeout) }
}

/// The same on an interrupt endpoint.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_interrupt_transfer(
    dev_handle: *mut libusb_device_handle,
    endpoint: c_uchar,
    data: *mut c_uchar,
    length: c_int,
    transferred: *mut c_int,
    timeout: c_uint,
) -> c_int {
    let kind = LIBUSB_TRANSFER_TYPE_INTERRUPT;
    // SAFETY: as the caller promises.
    unsafe { blocking(dev_handle, kind, endpoint, (data, length), transferred, timeout) }
}

unsafe fn blocking(
    dev_handle: *mut libusb_device_handle,
    kind: u8,
    endpoint: u8,
    (data, length): (*mut u8, c_int),
    transferred: *mut c_int,
    timeout: c_uint,
) -> c_int {
    // SAFETY: the caller gives a place for it, or null.
    let tell = |actual: c_int| unsafe {
        if !transferred.is_null() {
            transferred.write(actual);
        }
    };
    tell(0);
    // SAFETY: as the caller promises.
    let end = unsafe { handle(dev_handle) }.and_then(|handle| {
        // SAFETY: as above.
        if let Some(done) = unsafe { direct(handle, endpoint, (data, length), timeout) }? {
            tell(done.actual as c_int);
            return done.status.map_or(Ok(()), |error| Err(error.into()));
        }
        // SAFETY: as above.
        let (status, actual) =
            unsafe { queued(dev_handle, handle, kind, endpoint, (data, length), timeout) }?;
        tell(actual);
        match status {
            LIBUSB_TRANSFER_COMPLETED => Ok(()),
            LIBUSB_TRANSFER_TIMED_OUT => Err(Code(LIBUSB_ERROR_TIMEOUT)),
            LIBUSB_TRANSFER_STALL => Err(Code(LIBUSB_ERROR_PIPE)),
            LIBUSB_TRANSFER_OVERFLOW => Err(Code::OVERFLOW),
            LIBUSB_TRANSFER_NO_DEVICE => Err(Code(LIBUSB_ERROR_NO_DEVICE)),
            _ => Err(Code::IO),
        }
    });
    code(end)
}

/// In one call of the host, with one copy.
unsafe fn direct(
    handle: &Handle,
    endpoint: u8,
    (data, length): (*mut u8, c_int),
    timeout: c_uint,
) -> Result<Option<Completion>> {
    let len = u32::try_from(length).map_err(|_| Code::INVALID)?;
    if endpoint & LIBUSB_ENDPOINT_IN == 0 {
        // SAFETY: the caller gives `length` bytes.
        let data = unsafe { pointers::bytes(data, len as usize) }?;
        return handle.transfer(endpoint, &Body::Out { data }, timeout);
    }
    let done = handle.transfer(endpoint, &Body::In { len }, timeout)?;
    // SAFETY: as above.
    Ok(done.inspect(|done| unsafe {
        pointers::copy_to(data, len as usize, &done.data);
    }))
}

/// Behind others that are in flight on the endpoint: as one of them. How it
/// ended, and the bytes.
unsafe fn queued(
    dev_handle: *mut libusb_device_handle,
    handle: &Handle,
    kind: u8,
    endpoint: u8,
    (data, length): (*mut u8, c_int),
    timeout: c_uint,
) -> Result<(c_int, c_int)> {
    extern "system" fn ended(transfer: *mut libusb_transfer) {
        // SAFETY: the transfer below, whose user data is a flag that is waited for.
        unsafe { (*transfer).user_data.cast::<c_int>().write(1) }
    }
    let mut flag: c_int = 0;
    let completed = &raw mut flag;
    let user_data: *mut c_void = completed.cast();
    // SAFETY: the buffer is the caller's until this returns, the transfer is
    // freed when it is not in flight any more, and the flag lives as long.
    unsafe {
        let transfer = transfer::libusb_alloc_transfer(0);
        if transfer.is_null() {
            return Err(Code::NO_MEMORY);
        }
        let buffer = if length == 0 { ptr::null_mut() } else { data };
        libusb_fill_bulk_transfer(
            transfer, dev_handle, endpoint, buffer, length, ended, user_data, timeout,
        );
        (*transfer).transfer_type = kind;
        let submitted = transfer::libusb_submit_transfer(transfer);
        while submitted == LIBUSB_SUCCESS && completed.read() == 0 {
            run::events(&handle.context, run::LONG, completed);
        }
        let end = ((*transfer).status, (*transfer).actual_length);
        transfer::libusb_free_transfer(transfer);
        if submitted == LIBUSB_SUCCESS { Ok(end) } else { Err(Code(submitted)) }
    }
}
