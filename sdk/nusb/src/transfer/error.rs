//! How a transfer ended early.

use std::{fmt, io};

use periplasm_usb_host as usb;

/// How a transfer ended early.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum TransferError {
    /// It was cancelled, or its time was up.
    Cancelled,
    /// The endpoint answered STALL.
    Stall,
    /// The device was unplugged.
    Disconnected,
    /// No answer, a damaged one, or more bytes than were asked for.
    Fault,
    /// An argument makes no sense.
    InvalidArgument,
    /// Anything else, by the number that Linux has for it.
    Unknown(u32),
}

/// Linux's numbers (`errno.h`) for what has no name in nusb.
mod errno {
    pub(super) const ENOENT: u32 = 2;
    pub(super) const EIO: u32 = 5;
    pub(super) const ENOMEM: u32 = 12;
    pub(super) const EACCES: u32 = 13;
    pub(super) const EBUSY: u32 = 16;
    pub(super) const EOPNOTSUPP: u32 = 95;
}

impl From<usb::Error> for TransferError {
    fn from(error: usb::Error) -> Self {
        match error {
            usb::Error::Cancelled | usb::Error::Timeout => Self::Cancelled,
            usb::Error::Stall => Self::Stall,
            usb::Error::Gone => Self::Disconnected,
            usb::Error::Overflow | usb::Error::Protocol => Self::Fault,
            usb::Error::Invalid => Self::InvalidArgument,
            usb::Error::NotFound => Self::Unknown(errno::ENOENT),
            usb::Error::Exhausted => Self::Unknown(errno::ENOMEM),
            usb::Error::Denied => Self::Unknown(errno::EACCES),
            usb::Error::Busy => Self::Unknown(errno::EBUSY),
            usb::Error::Unsupported => Self::Unknown(errno::EOPNOTSUPP),
            usb::Error::Other => Self::Unknown(errno::EIO),
        }
    }
}

/// The status of a transfer that the host has ended.
pub(crate) fn status(status: Option<usb::Error>) -> Result<(), TransferError> {
    status.map_or(Ok(()), |error| Err(error.into()))
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cancelled => "the transfer was cancelled",
            Self::Stall => "the endpoint stalled",
            Self::Disconnected => "the device was unplugged",
            Self::Fault => "no valid answer from the device",
            Self::InvalidArgument => "an argument makes no sense",
            Self::Unknown(errno::ENOENT) => "the endpoint is not there any more",
            Self::Unknown(errno::ENOMEM) => "more in flight than the host allows",
            Self::Unknown(errno::EACCES) => "not granted",
            Self::Unknown(errno::EBUSY) => "the endpoint is in use",
            Self::Unknown(errno::EOPNOTSUPP) => "the host cannot do this",
            Self::Unknown(number) => return write!(f, "the transfer failed (error {number})"),
        })
    }
}

impl std::error::Error for TransferError {}

impl From<TransferError> for io::Error {
    fn from(error: TransferError) -> Self {
        let kind = match error {
            TransferError::Cancelled => io::ErrorKind::Interrupted,
            TransferError::Stall => io::ErrorKind::ConnectionReset,
            TransferError::Disconnected => io::ErrorKind::ConnectionAborted,
            TransferError::InvalidArgument => io::ErrorKind::InvalidInput,
            TransferError::Fault | TransferError::Unknown(_) => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}
