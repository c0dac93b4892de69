//! embedded-hal-nb.

use embedded_hal_nb::serial::{Error, ErrorKind, ErrorType, Read, Write};

use crate::bindings::periplasm::hal::serial as wit;
use crate::patience::PATIENCE_NS;
use crate::serial::{read, write};
use crate::{Serial, SerialError, SerialWithin};

impl Error for SerialError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Overrun => ErrorKind::Overrun,
            Self::Parity => ErrorKind::Parity,
            Self::FrameFormat => ErrorKind::FrameFormat,
            Self::Noise => ErrorKind::Noise,
            Self::Gone | Self::TimedOut | Self::Length | Self::Other => ErrorKind::Other,
        }
    }
}

impl ErrorType for Serial {
    type Error = SerialError;
}

impl Read for Serial {
    fn read(&mut self) -> nb::Result<u8, SerialError> {
        let mut byte = [0];
        match read(self, &mut byte, Some(PATIENCE_NS)).map_err(nb::Error::Other)? {
            0 => Err(nb::Error::WouldBlock),
            _ => Ok(byte[0]),
        }
    }
}

impl ErrorType for SerialWithin {
    type Error = SerialError;
}

/// A driver that asks until it has its byte gets an error instead of waiting for
/// ever.
impl Read for SerialWithin {
    fn read(&mut self) -> nb::Result<u8, SerialError> {
        let mut byte = [0];
        match read(&self.port, &mut byte, Some(self.timeout_ns)).map_err(nb::Error::Other)? {
            0 => Err(nb::Error::Other(SerialError::TimedOut)),
            _ => Ok(byte[0]),
        }
    }
}

impl Write for Serial {
    fn write(&mut self, word: u8) -> nb::Result<(), SerialError> {
        match write(self, &[word]).map_err(nb::Error::Other)? {
            0 => Err(nb::Error::WouldBlock),
            _ => Ok(()),
        }
    }

    fn flush(&mut self) -> nb::Result<(), SerialError> {
        wit::Serial::flush(self).map_err(|error| nb::Error::Other(error.into()))
    }
}
