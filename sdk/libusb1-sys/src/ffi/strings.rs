//! Strings of a device (USB 2.0, 9.6.7).

use std::ffi::{c_int, c_uchar};

use super::pointers;
use crate::constants::*;
use crate::libusb_get_string_descriptor;
use crate::state::{Code, Result};
use crate::types::*;

/// Most bytes of a descriptor.
const MOST: usize = 255;

/// Reads a string in the device's first language. What is not ASCII becomes a
/// question mark; a NUL follows where there is room.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_string_descriptor_ascii(
    dev_handle: *mut libusb_device_handle,
    desc_index: u8,
    data: *mut c_uchar,
    length: c_int,
) -> c_int {
    let room = usize::try_from(length).unwrap_or(0);
    if desc_index == 0 || room == 0 || data.is_null() {
        return LIBUSB_ERROR_INVALID_PARAM;
    }
    // SAFETY: as the caller promises.
    let text = unsafe { read(dev_handle, 0, 0) }.and_then(|languages| {
        let language = *languages.first().ok_or(Code::IO)?;
        // SAFETY: as above.
        unsafe { read(dev_handle, desc_index, language) }
    });
    match text {
        Ok(text) => {
            let ascii = |unit| u8::try_from(unit).ok().filter(u8::is_ascii).unwrap_or(b'?');
            let mut text: Vec<u8> = text.into_iter().map(ascii).take(room - 1).collect();
            text.push(0);
            // SAFETY: the caller gives `room` bytes.
            unsafe { pointers::copy_to(data, room, &text) as c_int - 1 }
        }
        Err(Code(code)) => code,
    }
}

/// The words of a string descriptor, without its header.
unsafe fn read(handle: *mut libusb_device_handle, index: u8, language: u16) -> Result<Vec<u16>> {
    let mut bytes = [0; MOST];
    let room = MOST as c_int;
    // SAFETY: the buffer has so many bytes; the handle is the caller's.
    let read =
        unsafe { libusb_get_string_descriptor(handle, index, language, bytes.as_mut_ptr(), room) };
    let read = usize::try_from(read).map_err(|_| Code(read))?;
    match bytes.get(..read) {
        Some([len, LIBUSB_DT_STRING, words @ ..]) => {
            let words = &words[..words.len().min(usize::from(*len).saturating_sub(2))];
            Ok(words.chunks_exact(2).map(|word| u16::from_le_bytes([word[0], word[1]])).collect())
        }
        _ => Err(Code::IO),
    }
}
