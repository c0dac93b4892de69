//! Serial ports: embedded-io-async, 0.6 and 0.7.
//!
//! Reading waits beside other futures. Writing hands over at once what the host
//! takes, and flushing returns when all of it is on the wire.

use super::happening;
use crate::bindings::periplasm::hal::serial as wit;
use crate::serial::{read, write};
use crate::{Serial, SerialError};

macro_rules! embedded_io_async {
    ($io:ident) => {
        impl $io::Read for Serial {
            async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, SerialError> {
                arrived(self, buffer).await
            }
        }

        impl $io::Write for Serial {
            async fn write(&mut self, data: &[u8]) -> Result<usize, SerialError> {
                write(self, data)
            }

            async fn flush(&mut self) -> Result<(), SerialError> {
                Ok(wit::Serial::flush(self)?)
            }
        }
    };
}

embedded_io_async!(embedded_io_async);
embedded_io_async!(embedded_io_async_06);

async fn arrived(port: &Serial, buffer: &mut [u8]) -> Result<usize, SerialError> {
    loop {
        let bytes = read(port, buffer, Some(0))?;
        if bytes > 0 || buffer.is_empty() {
            return Ok(bytes);
        }
        happening(port.readable()).await;
    }
}
