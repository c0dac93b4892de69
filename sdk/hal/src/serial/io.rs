//! embedded-io, 0.6 and 0.7: drivers are split over the two.

use crate::bindings::periplasm::hal::serial as wit;
use crate::serial::{read, write};
use crate::{Serial, SerialError};

macro_rules! embedded_io {
    ($io:ident) => {
        impl $io::Error for SerialError {
            fn kind(&self) -> $io::ErrorKind {
                match self {
                    Self::Parity | Self::FrameFormat | Self::Noise => $io::ErrorKind::InvalidData,
                    Self::Gone => $io::ErrorKind::NotConnected,
                    Self::Overrun | Self::Length | Self::Other => $io::ErrorKind::Other,
                }
            }
        }

        impl $io::ErrorType for Serial {
            type Error = SerialError;
        }

        impl $io::Read for Serial {
            fn read(&mut self, buffer: &mut [u8]) -> Result<usize, SerialError> {
                read(self, buffer, None)
            }
        }

        impl $io::Write for Serial {
            fn write(&mut self, data: &[u8]) -> Result<usize, SerialError> {
                write(self, data)
            }

            fn flush(&mut self) -> Result<(), SerialError> {
                Ok(wit::Serial::flush(self)?)
            }
        }

        impl $io::ReadReady for Serial {
            fn read_ready(&mut self) -> Result<bool, SerialError> {
                Ok(wit::Serial::read_ready(self)?)
            }
        }
    };
}

embedded_io!(embedded_io);
embedded_io!(embedded_io_06);
