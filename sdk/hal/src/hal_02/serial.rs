//! Serial ports.

use embedded_hal_02::{blocking, serial};
use embedded_hal_nb::serial as nb_serial;

use crate::bindings::periplasm::hal::serial as wit;
use crate::serial::write;
use crate::{Serial, SerialError};

impl serial::Read<u8> for Serial {
    type Error = SerialError;

    fn read(&mut self) -> nb::Result<u8, SerialError> {
        nb_serial::Read::read(self)
    }
}

impl serial::Write<u8> for Serial {
    type Error = SerialError;

    fn write(&mut self, word: u8) -> nb::Result<(), SerialError> {
        nb_serial::Write::write(self, word)
    }

    fn flush(&mut self) -> nb::Result<(), SerialError> {
        nb_serial::Write::flush(self)
    }
}

impl blocking::serial::Write<u8> for Serial {
    type Error = SerialError;

    fn bwrite_all(&mut self, mut buffer: &[u8]) -> Result<(), SerialError> {
        while !buffer.is_empty() {
            match write(self, buffer)? {
                // Or this would never end.
                0 => return Err(SerialError::Length),
                taken => buffer = &buffer[taken..],
            }
        }
        Ok(())
    }

    fn bflush(&mut self) -> Result<(), SerialError> {
        Ok(wit::Serial::flush(self)?)
    }
}
