//! embedded-io, 0.6 and 0.7: drivers are split over the two.

use crate::bindings::periplasm::hal::serial as wit;
use crate::serial::{read, write};
use crate::{Serial, SerialError, SerialWithin};

macro_rules! embedded_io {
    ($io:ident) => {
        impl $io::Error for SerialError {
            fn kind(&self) -> $io::ErrorKind {
                match self {
                    Self::Parity | Self::FrameFormat | Self::Noise => $io::ErrorKind::InvalidData,
                    Self::Gone => $io::ErrorKind::NotConnected,
                    Self::TimedOut => $io::ErrorKind::TimedOut,
                    Self::Overrun | Self::Length | Self::Other => $io::ErrorKind::Other,
                }
            }
        }

        impl $io::Read for Serial {
            fn read(&mut self, buffer: &mut [u8]) -> Result<usize, SerialError> {
                read(self, buffer, None)
            }
        }

        impl $io::Read for SerialWithin {
            fn read(&mut self, buffer: &mut [u8]) -> Result<usize, SerialError> {
                match read(&self.port, buffer, Some(self.timeout_ns))? {
                    0 if !buffer.is_empty() => Err(SerialError::TimedOut),
                    bytes => Ok(bytes),
                }
            }
        }

        embedded_io!($io for Serial, |port| port);
        embedded_io!($io for SerialWithin, |port| &port.port);
    };
    ($io:ident for $port:ty, |$self:ident| $handle:expr) => {
        impl $io::ErrorType for $port {
            type Error = SerialError;
        }

        impl $io::Write for $port {
            fn write(&mut self, data: &[u8]) -> Result<usize, SerialError> {
                let $self = self;
                write($handle, data)
            }

            fn flush(&mut self) -> Result<(), SerialError> {
                let $self = self;
                Ok(wit::Serial::flush($handle)?)
            }
        }

        impl $io::ReadReady for $port {
            fn read_ready(&mut self) -> Result<bool, SerialError> {
                let $self = self;
                Ok(wit::Serial::read_ready($handle)?)
            }
        }
    };
}

embedded_io!(embedded_io);
embedded_io!(embedded_io_06);
