//! What went wrong, in libusb's numbers.

use std::ffi::c_int;

use periplasm_usb_host::Error;

use crate::constants::*;

/// One of `LIBUSB_ERROR_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code(pub(crate) c_int);

/// What a function comes to.
pub(crate) type Result<T> = std::result::Result<T, Code>;

impl Code {
    pub(crate) const INVALID: Self = Self(LIBUSB_ERROR_INVALID_PARAM);
    pub(crate) const NOT_FOUND: Self = Self(LIBUSB_ERROR_NOT_FOUND);
    pub(crate) const BUSY: Self = Self(LIBUSB_ERROR_BUSY);
    pub(crate) const IO: Self = Self(LIBUSB_ERROR_IO);
    pub(crate) const NO_MEMORY: Self = Self(LIBUSB_ERROR_NO_MEM);
    pub(crate) const OVERFLOW: Self = Self(LIBUSB_ERROR_OVERFLOW);
    pub(crate) const UNSUPPORTED: Self = Self(LIBUSB_ERROR_NOT_SUPPORTED);
}

impl From<Error> for Code {
    fn from(error: Error) -> Self {
        Self(match error {
            Error::Gone => LIBUSB_ERROR_NO_DEVICE,
            Error::Stall => LIBUSB_ERROR_PIPE,
            Error::Timeout => LIBUSB_ERROR_TIMEOUT,
            // libusb has no number for it: a blocking transfer that somebody
            // cancelled is an I/O error.
            Error::Cancelled | Error::Protocol => LIBUSB_ERROR_IO,
            Error::Overflow => LIBUSB_ERROR_OVERFLOW,
            Error::Busy => LIBUSB_ERROR_BUSY,
            Error::Denied => LIBUSB_ERROR_ACCESS,
            Error::NotFound => LIBUSB_ERROR_NOT_FOUND,
            Error::Invalid => LIBUSB_ERROR_INVALID_PARAM,
            Error::Exhausted => LIBUSB_ERROR_NO_MEM,
            Error::Unsupported => LIBUSB_ERROR_NOT_SUPPORTED,
            Error::Other => LIBUSB_ERROR_OTHER,
        })
    }
}

/// `LIBUSB_TRANSFER_*` for the end of a transfer.
pub(crate) fn transfer_status(status: Option<Error>) -> c_int {
    match status {
        None => LIBUSB_TRANSFER_COMPLETED,
        Some(Error::Gone) => LIBUSB_TRANSFER_NO_DEVICE,
        Some(Error::Stall) => LIBUSB_TRANSFER_STALL,
        Some(Error::Timeout) => LIBUSB_TRANSFER_TIMED_OUT,
        Some(Error::Cancelled) => LIBUSB_TRANSFER_CANCELLED,
        Some(Error::Overflow) => LIBUSB_TRANSFER_OVERFLOW,
        Some(_) => LIBUSB_TRANSFER_ERROR,
    }
}
