//! Why something could not be done.

use std::{fmt, io};

use periplasm_usb_host as usb;

use crate::transfer::TransferError;

/// Why something other than a transfer could not be done.
#[derive(Debug, Clone)]
pub struct Error {
    kind: ErrorKind,
    message: &'static str,
}

/// What kind of [`Error`] it is.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The device was unplugged.
    Disconnected,
    /// Somebody else has it.
    Busy,
    /// Not granted.
    PermissionDenied,
    /// There is no such device, configuration, interface or setting.
    NotFound,
    /// The host cannot do it.
    Unsupported,
    /// Anything else.
    Other,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: &'static str) -> Self {
        Self { kind, message }
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The number of the operating system's error: none, for a host does not
    /// tell.
    pub fn os_error(&self) -> Option<u32> {
        None
    }
}

impl From<usb::Error> for Error {
    fn from(error: usb::Error) -> Self {
        let (kind, message) = match error {
            usb::Error::Gone => (ErrorKind::Disconnected, "the device was unplugged"),
            usb::Error::Busy => (ErrorKind::Busy, "somebody else has the interface or endpoint"),
            usb::Error::Denied => (
                ErrorKind::PermissionDenied,
                "not granted: see the stage's `usb` slot in the manifest and the board",
            ),
            usb::Error::NotFound => (
                ErrorKind::NotFound,
                "there is no such device, configuration, interface, setting or endpoint",
            ),
            usb::Error::Unsupported => (ErrorKind::Unsupported, "the host cannot do this"),
            usb::Error::Stall => (ErrorKind::Other, "the device refused the request (STALL)"),
            usb::Error::Timeout => (ErrorKind::Other, "the device did not answer in time"),
            usb::Error::Invalid => (ErrorKind::Other, "an argument makes no sense"),
            usb::Error::Exhausted => (ErrorKind::Other, "more in flight than the host allows"),
            usb::Error::Cancelled => (ErrorKind::Other, "cancelled"),
            usb::Error::Overflow | usb::Error::Protocol | usb::Error::Other => {
                (ErrorKind::Other, "the bus failed")
            }
        };
        Self { kind, message }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind {
            ErrorKind::Disconnected => io::ErrorKind::NotConnected,
            ErrorKind::PermissionDenied => io::ErrorKind::PermissionDenied,
            ErrorKind::NotFound => io::ErrorKind::NotFound,
            ErrorKind::Unsupported => io::ErrorKind::Unsupported,
            ErrorKind::Busy | ErrorKind::Other => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}

/// Why there is no [`active_configuration`](crate::Device::active_configuration).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct ActiveConfigurationError {
    pub(crate) configuration_value: u8,
}

impl ActiveConfigurationError {
    fn message(self) -> &'static str {
        match self.configuration_value {
            0 => "the device has no active configuration",
            _ => "the active configuration has no descriptor",
        }
    }
}

impl fmt::Display for ActiveConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.configuration_value {
            0 => f.write_str(self.message()),
            value => write!(f, "the active configuration {value} has no descriptor"),
        }
    }
}

impl std::error::Error for ActiveConfigurationError {}

impl From<ActiveConfigurationError> for Error {
    fn from(error: ActiveConfigurationError) -> Self {
        Self::new(ErrorKind::Other, error.message())
    }
}

impl From<ActiveConfigurationError> for io::Error {
    fn from(error: ActiveConfigurationError) -> Self {
        io::Error::other(error)
    }
}

/// Why a descriptor could not be read.
#[derive(Debug, Copy, Clone)]
pub enum GetDescriptorError {
    /// The transfer failed.
    Transfer(TransferError),
    /// What the device sent is no such descriptor.
    InvalidDescriptor,
}

impl fmt::Display for GetDescriptorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transfer(error) => error.fmt(f),
            Self::InvalidDescriptor => f.write_str("the device sent no valid descriptor"),
        }
    }
}

impl std::error::Error for GetDescriptorError {}

impl From<GetDescriptorError> for io::Error {
    fn from(error: GetDescriptorError) -> Self {
        match error {
            GetDescriptorError::Transfer(error) => error.into(),
            GetDescriptorError::InvalidDescriptor => {
                io::Error::new(io::ErrorKind::InvalidData, error)
            }
        }
    }
}
