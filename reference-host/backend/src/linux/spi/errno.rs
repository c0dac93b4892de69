//! What the kernel's error numbers mean on an SPI bus.

use std::io;

use nix::errno::Errno;

use crate::SpiError;

/// The error of a call of `bytes` bytes to a kernel that takes `most`.
pub(super) fn kind(error: &io::Error, bytes: usize, most: usize) -> SpiError {
    match error.raw_os_error().map(Errno::from_i32) {
        // ESHUTDOWN is spidev's own for a device that was removed.
        Some(Errno::ESHUTDOWN | Errno::ENODEV | Errno::ENXIO) => SpiError::Gone,
        Some(Errno::EMSGSIZE) => SpiError::TooLong { bytes, most },
        _ => SpiError::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_number_has_the_kind_it_describes() {
        use SpiError::{Gone, Other};
        let too_long = SpiError::TooLong { bytes: 5000, most: 4096 };
        // Linux's numbers (asm-generic/errno.h), written out.
        let table = [
            (108, "ESHUTDOWN", Gone),
            (19, "ENODEV", Gone),
            (6, "ENXIO", Gone),
            (90, "EMSGSIZE", too_long),
            (22, "EINVAL", Other),
            (110, "ETIMEDOUT", Other),
            (5, "EIO", Other),
            (121, "EREMOTEIO", Other),
            (12, "ENOMEM", Other),
            (16, "EBUSY", Other),
        ];
        for (errno, name, expected) in table {
            assert_eq!(kind(&io::Error::from_raw_os_error(errno), 5000, 4096), expected, "{name}");
        }
    }
}
