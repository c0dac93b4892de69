//! Serial ports: embedded-io, 0.6 and 0.7, and embedded-hal-nb.

use std::fmt;
use std::sync::Arc;

use embedded_hal_nb::serial;

use super::{PATIENCE_NS, SLICE};
use crate::{Clock, Serial, SerialError};

/// A port as embedded-io's `Read`, `Write` and `ReadReady`, and as
/// embedded-hal-nb's `serial::Read` and `serial::Write`.
///
/// A read of embedded-io waits for its first byte, however long.
pub struct NativeSerial {
    pub(super) port: Box<dyn Serial>,
    clock: Arc<dyn Clock>,
}

impl NativeSerial {
    /// Reads and writes on `port`, which lives by `clock`.
    pub fn new(port: impl Serial + 'static, clock: Arc<dyn Clock>) -> Self {
        Self { port: Box::new(port), clock }
    }

    fn wait(&mut self, buffer: &mut [u8]) -> Result<usize, SerialError> {
        loop {
            match self.port.read(buffer, u64::MAX)? {
                0 if !buffer.is_empty() => std::thread::sleep(SLICE),
                len => return Ok(len),
            }
        }
    }
}

impl fmt::Debug for NativeSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeSerial").finish_non_exhaustive()
    }
}

macro_rules! embedded_io {
    ($io:ident) => {
        impl $io::Error for SerialError {
            fn kind(&self) -> $io::ErrorKind {
                match self {
                    Self::Parity | Self::FrameFormat | Self::Noise => $io::ErrorKind::InvalidData,
                    Self::Gone => $io::ErrorKind::NotConnected,
                    Self::Overrun | Self::Other => $io::ErrorKind::Other,
                }
            }
        }

        impl $io::ErrorType for NativeSerial {
            type Error = SerialError;
        }

        impl $io::Read for NativeSerial {
            fn read(&mut self, buffer: &mut [u8]) -> Result<usize, SerialError> {
                self.wait(buffer)
            }
        }

        impl $io::Write for NativeSerial {
            fn write(&mut self, data: &[u8]) -> Result<usize, SerialError> {
                self.port.write(data)
            }

            fn flush(&mut self) -> Result<(), SerialError> {
                self.port.flush()
            }
        }

        impl $io::ReadReady for NativeSerial {
            fn read_ready(&mut self) -> Result<bool, SerialError> {
                self.port.read_ready()
            }
        }
    };
}

embedded_io!(embedded_io);
embedded_io!(embedded_io_06);

impl serial::Error for SerialError {
    fn kind(&self) -> serial::ErrorKind {
        match self {
            Self::Overrun => serial::ErrorKind::Overrun,
            Self::Parity => serial::ErrorKind::Parity,
            Self::FrameFormat => serial::ErrorKind::FrameFormat,
            Self::Noise => serial::ErrorKind::Noise,
            Self::Gone | Self::Other => serial::ErrorKind::Other,
        }
    }
}

impl serial::ErrorType for NativeSerial {
    type Error = SerialError;
}

impl serial::Read for NativeSerial {
    fn read(&mut self) -> nb::Result<u8, SerialError> {
        let mut byte = [0];
        match self.port.read(&mut byte, self.clock.now_ns().saturating_add(PATIENCE_NS))? {
            0 => Err(nb::Error::WouldBlock),
            _ => Ok(byte[0]),
        }
    }
}

impl serial::Write for NativeSerial {
    fn write(&mut self, word: u8) -> nb::Result<(), SerialError> {
        match self.port.write(&[word])? {
            0 => Err(nb::Error::WouldBlock),
            _ => Ok(()),
        }
    }

    fn flush(&mut self) -> nb::Result<(), SerialError> {
        Ok(self.port.flush()?)
    }
}
