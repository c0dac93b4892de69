//! What libusb's header defines inline: filling in transfers.
#![expect(clippy::missing_safety_doc, reason = "pointers are to what libusb's header says")]

use std::ffi::{c_int, c_uchar, c_uint, c_void};
use std::ptr;

use crate::constants::*;
use crate::types::*;
use crate::{libusb_control_transfer, libusb_transfer_set_stream_id};

/// Time that the header gives to reading a descriptor, milliseconds.
const DESCRIPTOR_TIMEOUT: c_uint = 1000;

/// Reads a string descriptor as it is.
#[inline]
pub unsafe fn libusb_get_string_descriptor(
    dev_handle: *mut libusb_device_handle,
    desc_index: u8,
    langid: u16,
    data: *mut c_uchar,
    length: c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { libusb_get_descriptor(dev_handle, LIBUSB_DT_STRING, desc_index, langid, data, length) }
}

/// Reads a descriptor; `langid` is for strings.
#[inline]
pub unsafe fn libusb_get_descriptor(
    dev_handle: *mut libusb_device_handle,
    desc_type: u8,
    desc_index: u8,
    langid: u16,
    data: *mut c_uchar,
    length: c_int,
) -> c_int {
    let value = u16::from_be_bytes([desc_type, desc_index]);
    let (request_type, request) = (LIBUSB_ENDPOINT_IN, LIBUSB_REQUEST_GET_DESCRIPTOR);
    // SAFETY: as the caller promises.
    unsafe {
        libusb_control_transfer(
            dev_handle,
            request_type,
            request,
            value,
            langid,
            data,
            length as u16,
            DESCRIPTOR_TIMEOUT,
        )
    }
}

/// The data of a control transfer, behind its SETUP packet.
#[inline]
pub unsafe fn libusb_control_transfer_get_data(transfer: *mut libusb_transfer) -> *mut c_uchar {
    // SAFETY: the buffer of a control transfer starts with a SETUP packet.
    unsafe { (*transfer).buffer.add(LIBUSB_CONTROL_SETUP_SIZE) }
}

/// The SETUP packet of a control transfer.
#[inline]
pub unsafe fn libusb_control_transfer_get_setup(
    transfer: *mut libusb_transfer,
) -> *mut libusb_control_setup {
    // SAFETY: as the caller promises.
    unsafe { (*transfer).buffer.cast() }
}

/// Writes a SETUP packet.
#[inline]
pub unsafe fn libusb_fill_control_setup(
    buffer: *mut c_uchar,
    bmRequestType: u8,
    bRequest: u8,
    wValue: u16,
    wIndex: u16,
    wLength: u16,
) {
    let setup = libusb_control_setup {
        bmRequestType,
        bRequest,
        wValue: wValue.to_le(),
        wIndex: wIndex.to_le(),
        wLength: wLength.to_le(),
    };
    // SAFETY: the caller gives eight bytes, and a packed struct needs no alignment.
    unsafe { buffer.cast::<libusb_control_setup>().write(setup) }
}

/// What all kinds of transfers have.
struct Filling {
    kind: u8,
    endpoint: u8,
    callback: libusb_transfer_cb_fn,
    user_data: *mut c_void,
    timeout: c_uint,
}

#[inline]
unsafe fn fill(
    transfer: *mut libusb_transfer,
    dev_handle: *mut libusb_device_handle,
    buffer: *mut u8,
    filling: Filling,
) {
    // SAFETY: the caller gives a transfer of `libusb_alloc_transfer`.
    let transfer = unsafe { &mut *transfer };
    transfer.dev_handle = dev_handle;
    transfer.endpoint = filling.endpoint;
    transfer.transfer_type = filling.kind;
    transfer.timeout = filling.timeout;
    transfer.buffer = buffer;
    transfer.user_data = filling.user_data;
    transfer.callback = filling.callback;
}

/// Fills in a control transfer; its length is in the SETUP packet.
#[inline]
pub unsafe fn libusb_fill_control_transfer(
    transfer: *mut libusb_transfer,
    dev_handle: *mut libusb_device_handle,
    buffer: *mut u8,
    callback: libusb_transfer_cb_fn,
    user_data: *mut c_void,
    timeout: c_uint,
) {
    let kind = LIBUSB_TRANSFER_TYPE_CONTROL;
    let filling = Filling { kind, endpoint: 0, callback, user_data, timeout };
    // SAFETY: as the caller promises; a buffer starts with a SETUP packet.
    unsafe {
        fill(transfer, dev_handle, buffer, filling);
        if !buffer.is_null() {
            let setup = buffer.cast::<libusb_control_setup>().read();
            let data = usize::from(u16::from_le(setup.wLength));
            (*transfer).length = (LIBUSB_CONTROL_SETUP_SIZE + data) as c_int;
        }
    }
}

/// Fills in a bulk transfer.
#[inline]
#[expect(clippy::too_many_arguments, reason = "as libusb has it")]
pub unsafe fn libusb_fill_bulk_transfer(
    transfer: *mut libusb_transfer,
    dev_handle: *mut libusb_device_handle,
    endpoint: u8,
    buffer: *mut u8,
    length: c_int,
    callback: libusb_transfer_cb_fn,
    user_data: *mut c_void,
    timeout: c_uint,
) {
    let kind = LIBUSB_TRANSFER_TYPE_BULK;
    // SAFETY: as the caller promises.
    unsafe {
        fill(
            transfer,
            dev_handle,
            buffer,
            Filling { kind, endpoint, callback, user_data, timeout },
        );
        (*transfer).length = length;
    }
}

/// Fills in a bulk transfer on a stream.
#[inline]
#[expect(clippy::too_many_arguments, reason = "as libusb has it")]
pub unsafe fn libusb_fill_bulk_stream_transfer(
    transfer: *mut libusb_transfer,
    dev_handle: *mut libusb_device_handle,
    endpoint: u8,
    stream_id: u32,
    buffer: *mut u8,
    length: c_int,
    callback: libusb_transfer_cb_fn,
    user_data: *mut c_void,
    timeout: c_uint,
) {
    let kind = LIBUSB_TRANSFER_TYPE_BULK_STREAM;
    // SAFETY: as the caller promises.
    unsafe {
        fill(
            transfer,
            dev_handle,
            buffer,
            Filling { kind, endpoint, callback, user_data, timeout },
        );
        (*transfer).length = length;
        libusb_transfer_set_stream_id(transfer, stream_id);
    }
}

/// Fills in an interrupt transfer.
#[inline]
#[expect(clippy::too_many_arguments, reason = "as libusb has it")]
pub unsafe fn libusb_fill_interrupt_transfer(
    transfer: *mut libusb_transfer,
    dev_handle: *mut libusb_device_handle,
    endpoint: u8,
    buffer: *mut u8,
    length: c_int,
    callback: libusb_transfer_cb_fn,
    user_data: *mut c_void,
    timeout: c_uint,
) {
    let kind = LIBUSB_TRANSFER_TYPE_INTERRUPT;
    // SAFETY: as the caller promises.
    unsafe {
        fill(
            transfer,
            dev_handle,
            buffer,
            Filling { kind, endpoint, callback, user_data, timeout },
        );
        (*transfer).length = length;
    }
}

/// Fills in an isochronous transfer.
#[inline]
#[expect(clippy::too_many_arguments, reason = "as libusb has it")]
pub unsafe fn libusb_fill_iso_transfer(
    transfer: *mut libusb_transfer,
    dev_handle: *mut libusb_device_handle,
    endpoint: u8,
    buffer: *mut u8,
    length: c_int,
    num_iso_packets: c_int,
    callback: libusb_transfer_cb_fn,
    user_data: *mut c_void,
    timeout: c_uint,
) {
    let kind = LIBUSB_TRANSFER_TYPE_ISOCHRONOUS;
    // SAFETY: as the caller promises.
    unsafe {
        fill(
            transfer,
            dev_handle,
            buffer,
            Filling { kind, endpoint, callback, user_data, timeout },
        );
        (*transfer).length = length;
        (*transfer).num_iso_packets = num_iso_packets;
    }
}

/// The packets of a transfer.
#[inline]
unsafe fn packets(transfer: *mut libusb_transfer) -> *mut libusb_iso_packet_descriptor {
    // SAFETY: a field of a transfer. No reference is made: the packets are
    // behind the struct.
    unsafe { (&raw mut (*transfer).iso_packet_desc).cast() }
}

/// Gives all packets one length.
#[inline]
pub unsafe fn libusb_set_iso_packet_lengths(transfer: *mut libusb_transfer, length: c_uint) {
    // SAFETY: the transfer was allocated with that many packets.
    unsafe {
        for place in 0..(*transfer).num_iso_packets.max(0) as usize {
            (*packets(transfer).add(place)).length = length;
        }
    }
}

/// Where a packet's bytes are in the buffer.
#[inline]
pub unsafe fn libusb_get_iso_packet_buffer(
    transfer: *mut libusb_transfer,
    packet: c_uint,
) -> *mut c_uchar {
    // SAFETY: the transfer was allocated with that many packets, whose bytes are
    // one after the other in the buffer.
    unsafe {
        if i64::from(packet) >= i64::from((*transfer).num_iso_packets) {
            return ptr::null_mut();
        }
        let before = (0..packet as usize).map(|place| (*packets(transfer).add(place)).length);
        (*transfer).buffer.add(before.map(|length| length as usize).sum())
    }
}

/// The same where all packets have one length.
#[inline]
pub unsafe fn libusb_get_iso_packet_buffer_simple(
    transfer: *mut libusb_transfer,
    packet: c_uint,
) -> *mut c_uchar {
    // SAFETY: as above.
    unsafe {
        if i64::from(packet) >= i64::from((*transfer).num_iso_packets) {
            return ptr::null_mut();
        }
        (*transfer).buffer.add((*packets(transfer)).length as usize * packet as usize)
    }
}
