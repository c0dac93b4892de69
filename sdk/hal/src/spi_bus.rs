//! SPI: a whole bus without chip select.

use embedded_hal::spi::{self, ErrorType};

use crate::bindings::periplasm::hal::spi_bus as wit;
use crate::fill::fill;
use crate::spi::len;
use crate::{SpiBus, SpiError};

impl ErrorType for SpiBus {
    type Error = SpiError;
}

impl spi::SpiBus for SpiBus {
    fn read(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
        Ok(fill(words, &wit::SpiBus::read(self, len(words)?)?)?)
    }

    fn write(&mut self, words: &[u8]) -> Result<(), SpiError> {
        Ok(wit::SpiBus::write(self, words)?)
    }

    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiError> {
        Ok(fill(read, &wit::SpiBus::transfer(self, write, len(read)?)?)?)
    }

    fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
        let received = wit::SpiBus::transfer(self, words, len(words)?)?;
        Ok(fill(words, &received)?)
    }

    fn flush(&mut self) -> Result<(), SpiError> {
        Ok(wit::SpiBus::flush(self)?)
    }
}
