//! SPI.

use alloc::vec::Vec;

use embedded_hal::spi::{Operation, SpiBus as _, SpiDevice as _};
use embedded_hal_02::blocking::spi;

use crate::{SpiBus, SpiDevice, SpiError};

impl spi::Transfer<u8> for SpiDevice {
    type Error = SpiError;

    fn transfer<'w>(&mut self, words: &'w mut [u8]) -> Result<&'w [u8], SpiError> {
        self.transfer_in_place(words)?;
        Ok(words)
    }
}

impl spi::Write<u8> for SpiDevice {
    type Error = SpiError;

    fn write(&mut self, words: &[u8]) -> Result<(), SpiError> {
        embedded_hal::spi::SpiDevice::write(self, words)
    }
}

impl spi::WriteIter<u8> for SpiDevice {
    type Error = SpiError;

    fn write_iter<W>(&mut self, words: W) -> Result<(), SpiError>
    where
        W: IntoIterator<Item = u8>,
    {
        let words: Vec<u8> = words.into_iter().collect();
        embedded_hal::spi::SpiDevice::write(self, &words)
    }
}

impl spi::Transactional<u8> for SpiDevice {
    type Error = SpiError;

    fn exec<'a>(&mut self, operations: &mut [spi::Operation<'a, u8>]) -> Result<(), SpiError> {
        let mut operations: Vec<Operation<'_, u8>> = operations
            .iter_mut()
            .map(|operation| match operation {
                spi::Operation::Write(words) => Operation::Write(words),
                spi::Operation::Transfer(words) => Operation::TransferInPlace(words),
            })
            .collect();
        self.transaction(&mut operations)
    }
}

// On a whole bus each call flushes: 0.2 has no other way to say that the driver
// may release chip select now.

impl spi::Transfer<u8> for SpiBus {
    type Error = SpiError;

    fn transfer<'w>(&mut self, words: &'w mut [u8]) -> Result<&'w [u8], SpiError> {
        self.transfer_in_place(words)?;
        embedded_hal::spi::SpiBus::flush(self)?;
        Ok(words)
    }
}

impl spi::Write<u8> for SpiBus {
    type Error = SpiError;

    fn write(&mut self, words: &[u8]) -> Result<(), SpiError> {
        embedded_hal::spi::SpiBus::write(self, words)?;
        embedded_hal::spi::SpiBus::flush(self)
    }
}

impl spi::WriteIter<u8> for SpiBus {
    type Error = SpiError;

    fn write_iter<W>(&mut self, words: W) -> Result<(), SpiError>
    where
        W: IntoIterator<Item = u8>,
    {
        let words: Vec<u8> = words.into_iter().collect();
        spi::Write::write(self, &words)
    }
}

impl spi::Transactional<u8> for SpiBus {
    type Error = SpiError;

    fn exec<'a>(&mut self, operations: &mut [spi::Operation<'a, u8>]) -> Result<(), SpiError> {
        for operation in operations {
            match operation {
                spi::Operation::Write(words) => spi::Write::write(self, words)?,
                spi::Operation::Transfer(words) => {
                    spi::Transfer::transfer(self, words)?;
                }
            }
        }
        Ok(())
    }
}
