//! What the kernel's error numbers mean for lines.

use std::io;
use std::path::Path;

use gpiocdev::UapiCall;
use nix::errno::Errno;

use crate::PinError;
use crate::linux::{Hardware, OpenError};

const WHAT: Hardware = Hardware::Gpio;

/// The kernel's error number, if it is one of its errors.
pub(super) fn errno(error: &gpiocdev::Error) -> Option<Errno> {
    use gpiocdev_uapi::Error::Os;
    match error {
        gpiocdev::Error::Os(number) | gpiocdev::Error::Uapi(_, Os(number)) => {
            Some(Errno::from_i32(number.0))
        }
        _ => None,
    }
}

/// What an error means for a line that was to be opened.
pub(super) fn opening(path: &Path, error: &gpiocdev::Error) -> OpenError {
    match (error, errno(error)) {
        (gpiocdev::Error::GpioChip(..), _) => {
            OpenError::WrongKind { what: WHAT, path: path.to_owned() }
        }
        (gpiocdev::Error::UnsupportedAbi(..) | gpiocdev::Error::NoAbiSupport(), _)
        | (gpiocdev::Error::Uapi(UapiCall::GetLine, _), Some(Errno::ENOTTY)) => {
            OpenError::NoInterface { what: WHAT }
        }
        (_, Some(errno)) => OpenError::asking(WHAT, path, errno.into()),
        _ => OpenError::Io { path: path.to_owned(), source: io::Error::other(error.to_string()) },
    }
}

/// What an error means for a pin that is open.
pub(super) fn kind(error: &gpiocdev::Error) -> PinError {
    match errno(error) {
        Some(Errno::ENODEV | Errno::ENXIO | Errno::ESHUTDOWN) => PinError::Gone,
        _ => PinError::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gpiocdev_uapi::Errno as Number;

    fn answered(call: UapiCall, errno: i32) -> gpiocdev::Error {
        gpiocdev::Error::Uapi(call, gpiocdev_uapi::Error::Os(Number(errno)))
    }

    #[test]
    fn every_error_number_has_the_kind_it_describes() {
        // Linux's numbers (asm-generic/errno.h), written out.
        for (errno, expected) in [
            (19, PinError::Gone),
            (6, PinError::Gone),
            (108, PinError::Gone),
            (5, PinError::Other),
            (110, PinError::Other),
            (1, PinError::Other),
        ] {
            assert_eq!(kind(&answered(UapiCall::SetLineValues, errno)), expected, "{errno}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_had_says_why() {
        let path = Path::new("/dev/gpiochip0 line 17");
        let message = |call, errno| {
            let error = opening(path, &answered(call, errno));
            format!("{error}: {}", error.remedy())
        };
        let busy = message(UapiCall::GetLine, 16);
        assert!(busy.starts_with("/dev/gpiochip0 line 17 is in use") && busy.contains("gpioinfo"));
        let old = message(UapiCall::GetLine, 25);
        assert!(
            old.starts_with("this kernel has no support for GPIO chips") && old.contains("5.10")
        );
        let group = message(UapiCall::GetLine, 13);
        assert!(group.contains("usermod -aG gpio"), "{group}");
    }
}
