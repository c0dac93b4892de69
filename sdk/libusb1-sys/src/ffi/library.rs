//! What does not depend on any device.

use std::ffi::{CStr, c_char, c_int};

use crate::constants::*;
use crate::types::*;

/// A version that may be shared: its strings are constants.
struct Shared(libusb_version);

// SAFETY: the pointers are to constants, which nobody writes.
unsafe impl Sync for Shared {}

/// The version whose interface this is.
static VERSION: Shared = Shared(libusb_version {
    major: 1,
    minor: 0,
    micro: 27,
    nano: 0,
    rc: c"".as_ptr(),
    describe: c"periplasm".as_ptr(),
});

/// The version of libusb whose interface this is.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_version() -> *const libusb_version {
    &VERSION.0
}

/// Whether this can do something: `LIBUSB_CAP_*`.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_has_capability(capability: u32) -> c_int {
    let all = [
        LIBUSB_CAP_HAS_CAPABILITY,
        LIBUSB_CAP_HAS_HOTPLUG,
        LIBUSB_CAP_HAS_HID_ACCESS,
        LIBUSB_CAP_SUPPORTS_DETACH_KERNEL_DRIVER,
    ];
    all.contains(&capability).into()
}

macro_rules! errors {
    ($($name:ident $text:literal)*) => {
        fn name(code: c_int) -> Option<&'static CStr> {
            // SAFETY: the bytes end with the only NUL in them.
            $(if code == $name { return Some(unsafe {
                CStr::from_bytes_with_nul_unchecked(concat!(stringify!($name), "\0").as_bytes())
            }); })*
            None
        }

        fn text(code: c_int) -> &'static CStr {
            match code {
                $($name => $text,)*
                _ => c"A number that no function returns",
            }
        }
    };
}

errors! {
    LIBUSB_SUCCESS c"No error"
    LIBUSB_ERROR_IO c"The device did not answer, or not well"
    LIBUSB_ERROR_INVALID_PARAM c"An argument makes no sense"
    LIBUSB_ERROR_ACCESS c"Not granted to this slot"
    LIBUSB_ERROR_NO_DEVICE c"The device was unplugged"
    LIBUSB_ERROR_NOT_FOUND c"Nothing of that name or number"
    LIBUSB_ERROR_BUSY c"Somebody else has it"
    LIBUSB_ERROR_TIMEOUT c"The time was up"
    LIBUSB_ERROR_OVERFLOW c"More bytes than there was room for"
    LIBUSB_ERROR_PIPE c"The endpoint is halted, or the request is not known"
    LIBUSB_ERROR_INTERRUPTED c"The wait was interrupted"
    LIBUSB_ERROR_NO_MEM c"No memory, or too much in flight"
    LIBUSB_ERROR_NOT_SUPPORTED c"Not possible here"
    LIBUSB_ERROR_OTHER c"Another error"
}

/// The name of an error's constant.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_error_name(errcode: c_int) -> *const c_char {
    name(errcode).unwrap_or(c"**UNKNOWN**").as_ptr()
}

/// What an error means, in English.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_strerror(errcode: c_int) -> *const c_char {
    text(errcode).as_ptr()
}

/// The language of [`libusb_strerror`]: English is the only one.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_setlocale(locale: *const c_char) -> c_int {
    if locale.is_null() {
        return LIBUSB_ERROR_INVALID_PARAM;
    }
    // SAFETY: the caller gives a string.
    let locale = unsafe { CStr::from_ptr(locale) }.to_bytes();
    match locale {
        [b'e' | b'E', b'n' | b'N'] | [b'e' | b'E', b'n' | b'N', b'-' | b'_' | b'.', ..] => {
            LIBUSB_SUCCESS
        }
        [_, _] | [_, _, b'-' | b'_' | b'.', ..] => LIBUSB_ERROR_NOT_FOUND,
        _ => LIBUSB_ERROR_INVALID_PARAM,
    }
}
