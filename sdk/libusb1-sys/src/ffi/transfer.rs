//! Transfers that a callback ends.

use std::ffi::{c_int, c_uint};
use std::ptr;

use periplasm_usb_host::Error;

use super::pointers::{self, handle};
use super::{block, code};
use crate::constants::*;
use crate::inline::{libusb_control_transfer_get_data, libusb_get_iso_packet_buffer};
use crate::state::{Body, Code, Ended, Key, Order, Result, split_setup, transfer_status};
use crate::types::*;

/// What is in front of a transfer, and as aligned.
#[repr(C, align(16))]
struct Front {
    /// How many packets there is room for.
    packets: c_int,
    in_flight: bool,
    stream: u32,
}

/// Makes a transfer with room for so many isochronous packets.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_alloc_transfer(iso_packets: c_int) -> *mut libusb_transfer {
    let Ok(packets) = usize::try_from(iso_packets) else { return ptr::null_mut() };
    let fixed = size_of::<Front>() + size_of::<libusb_transfer>();
    let room = packets.checked_mul(size_of::<libusb_iso_packet_descriptor>());
    let Some(size) = room.and_then(|room| room.checked_add(fixed)) else {
        return ptr::null_mut();
    };
    let Ok(block) = block::zeroed(size) else { return ptr::null_mut() };
    // SAFETY: the block has room for it, and C's memory is so aligned.
    unsafe {
        (*block.cast::<Front>()).packets = iso_packets;
        block.add(size_of::<Front>()).cast()
    }
}

/// Frees a transfer, and its buffer if it is to be. It is not in flight.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_free_transfer(transfer: *mut libusb_transfer) {
    if transfer.is_null() {
        return;
    }
    // SAFETY: it is of `libusb_alloc_transfer`; a buffer that is to be freed is
    // of `malloc`.
    unsafe {
        if (*transfer).flags & LIBUSB_TRANSFER_FREE_BUFFER != 0 {
            block::free((*transfer).buffer);
        }
        block::free(front(transfer));
    }
}

/// Starts a transfer.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_submit_transfer(transfer: *mut libusb_transfer) -> c_int {
    if transfer.is_null() {
        return LIBUSB_ERROR_INVALID_PARAM;
    }
    // SAFETY: it is of `libusb_alloc_transfer`, and the caller's.
    unsafe {
        if (*front(transfer)).in_flight {
            return LIBUSB_ERROR_BUSY;
        }
        (*transfer).actual_length = 0;
        (*transfer).status = LIBUSB_TRANSFER_COMPLETED;
        // Before it starts: another thread may see its end at once.
        (*front(transfer)).in_flight = true;
        let started = handle((*transfer).dev_handle).and_then(|handle| {
            handle.start(Order {
                key: Key(transfer.expose_provenance()),
                endpoint: (*transfer).endpoint,
                body: body(transfer)?,
                timeout_ms: (*transfer).timeout,
                zero_packet: (*transfer).flags & LIBUSB_TRANSFER_ADD_ZERO_PACKET != 0
                    && (*transfer).transfer_type == LIBUSB_TRANSFER_TYPE_BULK
                    && (*transfer).endpoint & LIBUSB_ENDPOINT_IN == 0,
            })
        });
        if started.is_err() {
            (*front(transfer)).in_flight = false;
        }
        code(started)
    }
}

/// Cancels a transfer, whose callback still comes.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_cancel_transfer(transfer: *mut libusb_transfer) -> c_int {
    if transfer.is_null() {
        return LIBUSB_ERROR_INVALID_PARAM;
    }
    // SAFETY: it is of `libusb_alloc_transfer`.
    let handle = unsafe { handle((*transfer).dev_handle) };
    code(handle.and_then(|handle| {
        if handle.context.cancel(Key(transfer.addr())) { Ok(()) } else { Err(Code::NOT_FOUND) }
    }))
}

/// Notes a stream, of which there are none.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_transfer_set_stream_id(
    transfer: *mut libusb_transfer,
    stream_id: u32,
) {
    // SAFETY: it is of `libusb_alloc_transfer`.
    unsafe { (*front(transfer)).stream = stream_id }
}

/// The stream that was noted.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_transfer_get_stream_id(
    transfer: *mut libusb_transfer,
) -> c_uint {
    // SAFETY: it is of `libusb_alloc_transfer`.
    unsafe { (*front(transfer)).stream }
}

/// What a transfer asks for.
unsafe fn body<'a>(transfer: *mut libusb_transfer) -> Result<Body<'a>> {
    // SAFETY: the caller filled in the transfer, and leaves its buffer alone
    // while it is in flight.
    unsafe {
        let to_host = (*transfer).endpoint & LIBUSB_ENDPOINT_IN != 0;
        let len = u32::try_from((*transfer).length).map_err(|_| Code::INVALID)?;
        let bytes = pointers::bytes((*transfer).buffer, len as usize)?;
        match (*transfer).transfer_type {
            LIBUSB_TRANSFER_TYPE_CONTROL => {
                let (packet, data) = bytes.split_first_chunk().ok_or(Code::INVALID)?;
                let (setup, len) = split_setup(*packet);
                let data = data.get(..len.into()).ok_or(Code::INVALID)?;
                if setup.request_type & LIBUSB_ENDPOINT_IN != 0 {
                    Ok(Body::ControlIn { setup, len })
                } else {
                    Ok(Body::ControlOut { setup, data })
                }
            }
            LIBUSB_TRANSFER_TYPE_BULK | LIBUSB_TRANSFER_TYPE_INTERRUPT => {
                Ok(if to_host { Body::In { len } } else { Body::Out { data: bytes } })
            }
            LIBUSB_TRANSFER_TYPE_ISOCHRONOUS => {
                let packets = lengths(transfer)?;
                let total = packets.iter().map(|length| u64::from(*length)).sum::<u64>();
                let data = bytes.get(..usize::try_from(total).unwrap_or(usize::MAX));
                let data = data.ok_or(Code::INVALID)?;
                Ok(if to_host {
                    Body::IsochronousIn { packets }
                } else {
                    Body::IsochronousOut { data, packets }
                })
            }
            LIBUSB_TRANSFER_TYPE_BULK_STREAM => Err(Code::UNSUPPORTED),
            _ => Err(Code::INVALID),
        }
    }
}

/// The lengths of isochronous packets.
unsafe fn lengths(transfer: *mut libusb_transfer) -> Result<Vec<u32>> {
    // SAFETY: there is room for as many packets as the front says.
    unsafe {
        let (count, room) = ((*transfer).num_iso_packets, (*front(transfer)).packets);
        if count < 1 || count > room {
            return Err(Code::INVALID);
        }
        Ok((0..count as usize).map(|place| (*packet(transfer, place)).length).collect())
    }
}

/// Tells a transfer's callback that it has ended.
pub(super) unsafe fn end(ended: Ended) {
    let transfer: *mut libusb_transfer = ptr::with_exposed_provenance_mut(ended.key.0);
    // SAFETY: its address was exposed when it was submitted, and it is not freed
    // while it is in flight. Behind the callback it may be, so its flags are
    // read before.
    unsafe {
        (*front(transfer)).in_flight = false;
        let to_host = write_data(transfer, &ended);
        (*transfer).actual_length = ended.actual as c_int;
        let flags = (*transfer).flags;
        let wanted = (*transfer).length - to_host;
        let short = flags & LIBUSB_TRANSFER_SHORT_NOT_OK != 0
            && ended.packets.is_empty()
            && (*transfer).actual_length < wanted;
        let status = if short { ended.status.or(Some(Error::Other)) } else { ended.status };
        (*transfer).status = transfer_status(status);
        ((*transfer).callback)(transfer);
        if flags & LIBUSB_TRANSFER_FREE_TRANSFER != 0 {
            libusb_free_transfer(transfer);
        }
    }
}

/// Notes that a transfer is not in flight any more, and tells nobody.
pub(super) unsafe fn land(key: Key) {
    let transfer: *mut libusb_transfer = ptr::with_exposed_provenance_mut(key.0);
    // SAFETY: as above.
    unsafe {
        (*front(transfer)).in_flight = false;
        (*transfer).dev_handle = ptr::null_mut();
    }
}

/// Writes what came in, and how packets ended: how much of the buffer is no
/// data.
unsafe fn write_data(transfer: *mut libusb_transfer, ended: &Ended) -> c_int {
    // SAFETY: the buffer is as long as it was at the submission, and there are
    // as many packets.
    unsafe {
        if (*transfer).transfer_type == LIBUSB_TRANSFER_TYPE_CONTROL {
            let room = ((*transfer).length as usize).saturating_sub(LIBUSB_CONTROL_SETUP_SIZE);
            pointers::copy_to(libusb_control_transfer_get_data(transfer), room, &ended.data);
            return LIBUSB_CONTROL_SETUP_SIZE as c_int;
        }
        if (*transfer).transfer_type != LIBUSB_TRANSFER_TYPE_ISOCHRONOUS {
            pointers::copy_to((*transfer).buffer, (*transfer).length as usize, &ended.data);
            return 0;
        }
        let mut rest = &ended.data[..];
        for place in 0..(*transfer).num_iso_packets.max(0) as usize {
            let packet = packet(transfer, place);
            let done = ended.packets.get(place);
            let actual = done.map_or(0, |done| done.actual).min((*packet).length);
            (*packet).actual_length = actual;
            (*packet).status = transfer_status(done.map_or(ended.status, |done| done.status));
            let (data, others) = rest.split_at(rest.len().min(actual as usize));
            let to = libusb_get_iso_packet_buffer(transfer, place as c_uint);
            pointers::copy_to(to, data.len(), data);
            rest = others;
        }
        0
    }
}

unsafe fn packet(
    transfer: *mut libusb_transfer,
    place: usize,
) -> *mut libusb_iso_packet_descriptor {
    // SAFETY: packets are behind the transfer, and the caller has so many.
    unsafe {
        (&raw mut (*transfer).iso_packet_desc).cast::<libusb_iso_packet_descriptor>().add(place)
    }
}

unsafe fn front(transfer: *mut libusb_transfer) -> *mut Front {
    // SAFETY: a transfer of `libusb_alloc_transfer` has it in front.
    unsafe { transfer.cast::<Front>().sub(1) }
}
