//! Linux's numbers for how a transfer ended, as the wire has them: negative, and
//! those of the generic table (`asm-generic/errno.h`) on every machine.

use crate::UsbError;

pub(super) const ENOENT: i32 = -2;
pub(super) const ENXIO: i32 = -6;
pub(super) const EIO: i32 = -5;
pub(super) const ENOMEM: i32 = -12;
pub(super) const EACCES: i32 = -13;
pub(super) const EBUSY: i32 = -16;
pub(super) const ENODEV: i32 = -19;
pub(super) const EINVAL: i32 = -22;
pub(super) const EPIPE: i32 = -32;
pub(super) const EPROTO: i32 = -71;
pub(super) const EOVERFLOW: i32 = -75;
pub(super) const EOPNOTSUPP: i32 = -95;
pub(super) const ECONNRESET: i32 = -104;
pub(super) const ETIMEDOUT: i32 = -110;
pub(super) const EREMOTEIO: i32 = -121;

/// The number of an error.
pub(crate) fn number(error: UsbError) -> i32 {
    match error {
        UsbError::Gone => ENODEV,
        UsbError::Stall => EPIPE,
        UsbError::Timeout => ETIMEDOUT,
        UsbError::Cancelled => ECONNRESET,
        UsbError::Overflow => EOVERFLOW,
        UsbError::Protocol => EPROTO,
        UsbError::Busy => EBUSY,
        UsbError::Denied => EACCES,
        UsbError::NotFound => ENXIO,
        UsbError::Invalid => EINVAL,
        UsbError::Exhausted => ENOMEM,
        UsbError::Unsupported => EOPNOTSUPP,
        UsbError::Other => EIO,
    }
}

/// What a status of a transfer says (the kernel's
/// `driver-api/usb/error-codes.rst`).
pub(super) fn result(status: i32) -> Result<(), UsbError> {
    Err(match status {
        // A short answer where a whole one was asked for: its bytes are there.
        0 | EREMOTEIO => return Ok(()),
        // ESHUTDOWN: the host controller is off, or the device is.
        ENODEV | -108 => UsbError::Gone,
        EPIPE => UsbError::Stall,
        ETIMEDOUT => UsbError::Timeout,
        // Of a transfer, ENOENT is a cancellation that was waited for.
        ENOENT | ECONNRESET => UsbError::Cancelled,
        EOVERFLOW => UsbError::Overflow,
        // EILSEQ and ETIME are a damaged answer and none; ECOMM, ENOSR and EXDEV
        // are data that came too fast, too slow or in part.
        EPROTO | -84 | -62 | -70 | -63 | -18 => UsbError::Protocol,
        EBUSY => UsbError::Busy,
        ENXIO => UsbError::NotFound,
        -1 | EACCES => UsbError::Denied,
        EINVAL => UsbError::Invalid,
        ENOMEM | -28 => UsbError::Exhausted,
        EOPNOTSUPP | -38 => UsbError::Unsupported,
        _ => UsbError::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_survives_the_wire() {
        for error in [
            UsbError::Gone,
            UsbError::Stall,
            UsbError::Timeout,
            UsbError::Cancelled,
            UsbError::Overflow,
            UsbError::Protocol,
            UsbError::Busy,
            UsbError::Denied,
            UsbError::NotFound,
            UsbError::Invalid,
            UsbError::Exhausted,
            UsbError::Unsupported,
            UsbError::Other,
        ] {
            assert_eq!(result(number(error)), Err(error));
            // As errno.h of Linux has them.
            assert!(number(error) < 0);
        }
        assert_eq!(result(0), Ok(()));
        assert_eq!(result(i32::MIN), Err(UsbError::Other));
    }
}
