//! SPI.

use std::fmt;

use embedded_hal::spi::{self, ErrorType, Operation};

use crate::{SharedSpi, SpiBus, SpiError};

/// A shared device as embedded-hal's `SpiDevice`.
#[derive(Clone, Debug)]
pub struct NativeSpi {
    pub(super) device: SharedSpi,
}

impl NativeSpi {
    /// Talks to `device`.
    pub fn new(device: SharedSpi) -> Self {
        Self { device }
    }
}

impl ErrorType for NativeSpi {
    type Error = SpiError;
}

impl spi::SpiDevice for NativeSpi {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SpiError> {
        self.device.transaction(operations)
    }
}

/// A bus as embedded-hal's `SpiBus`.
pub struct NativeSpiBus(Box<dyn SpiBus>);

impl NativeSpiBus {
    /// Drives `bus`.
    pub fn new(bus: impl SpiBus + 'static) -> Self {
        Self(Box::new(bus))
    }
}

impl fmt::Debug for NativeSpiBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeSpiBus").finish_non_exhaustive()
    }
}

impl ErrorType for NativeSpiBus {
    type Error = SpiError;
}

impl spi::SpiBus for NativeSpiBus {
    fn read(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
        self.0.transfer(words, &[])
    }

    fn write(&mut self, words: &[u8]) -> Result<(), SpiError> {
        self.0.transfer(&mut [], words)
    }

    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiError> {
        self.0.transfer(read, write)
    }

    fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
        let sent = words.to_vec();
        self.0.transfer(words, &sent)
    }

    fn flush(&mut self) -> Result<(), SpiError> {
        self.0.flush()
    }
}
