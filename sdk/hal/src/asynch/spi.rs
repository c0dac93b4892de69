//! SPI: a transaction is started, and finished when it is done, so that
//! another future goes on meanwhile.
//!
//! A whole bus has no such calls: it belongs to one driver, and returns when
//! the bytes are through.

use embedded_hal::spi::Operation;
use embedded_hal_async::spi;

use super::happening;
use crate::bindings::periplasm::hal::start;
use crate::spi::{sent, take};
use crate::{SpiBus, SpiDevice, SpiError};

impl spi::SpiDevice for SpiDevice {
    async fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SpiError> {
        let transfer = start::start_spi(self, &sent(operations)?);
        happening(transfer.done()).await;
        take(operations, transfer.finish()?)
    }
}

impl spi::SpiBus for SpiBus {
    async fn read(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
        embedded_hal::spi::SpiBus::read(self, words)
    }

    async fn write(&mut self, words: &[u8]) -> Result<(), SpiError> {
        embedded_hal::spi::SpiBus::write(self, words)
    }

    async fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiError> {
        embedded_hal::spi::SpiBus::transfer(self, read, write)
    }

    async fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
        embedded_hal::spi::SpiBus::transfer_in_place(self, words)
    }

    async fn flush(&mut self) -> Result<(), SpiError> {
        embedded_hal::spi::SpiBus::flush(self)
    }
}
