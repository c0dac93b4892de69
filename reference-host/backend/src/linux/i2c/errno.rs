//! What the kernel's error numbers mean on the bus.

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};
use nix::errno::Errno;

/// The kind of an error number, by `Documentation/i2c/fault-codes.rst`.
///
/// That document gives ENXIO to an address that is not acknowledged. EREMOTEIO
/// is not in it, but the controllers of many boards answer it for any missing
/// acknowledge, of the address too (`i2c-bcm2835`, `i2c-designware`), so the
/// source stays unknown. ETIMEDOUT and EBUSY come from a bus that somebody
/// holds.
pub(super) fn kind(errno: i32) -> ErrorKind {
    match Errno::from_i32(errno) {
        Errno::ENXIO => ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address),
        Errno::EREMOTEIO => ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown),
        Errno::EAGAIN => ErrorKind::ArbitrationLoss,
        Errno::EBUSY | Errno::ETIMEDOUT | Errno::EPROTO => ErrorKind::Bus,
        Errno::EOVERFLOW => ErrorKind::Overrun,
        // EIO is "rather vague" in the document's words; EOPNOTSUPP, EINVAL,
        // ENODEV, ESHUTDOWN, ENOMEM and EBADMSG are no events on the wires.
        _ => ErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_error_number_has_the_kind_it_describes() {
        use ErrorKind::{ArbitrationLoss, Bus, NoAcknowledge, Other, Overrun};
        // Linux's numbers (asm-generic/errno.h), written out.
        let table = [
            (6, "ENXIO", NoAcknowledge(NoAcknowledgeSource::Address)),
            (121, "EREMOTEIO", NoAcknowledge(NoAcknowledgeSource::Unknown)),
            (11, "EAGAIN", ArbitrationLoss),
            (16, "EBUSY", Bus),
            (110, "ETIMEDOUT", Bus),
            (71, "EPROTO", Bus),
            (75, "EOVERFLOW", Overrun),
            (5, "EIO", Other),
            (12, "ENOMEM", Other),
            (19, "ENODEV", Other),
            (22, "EINVAL", Other),
            (74, "EBADMSG", Other),
            (95, "EOPNOTSUPP", Other),
            (108, "ESHUTDOWN", Other),
            (-1, "no error number", Other),
        ];
        for (errno, name, expected) in table {
            assert_eq!(kind(errno), expected, "{name}");
        }
    }
}
