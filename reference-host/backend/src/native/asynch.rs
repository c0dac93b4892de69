//! embedded-hal-async and embedded-io-async.
//!
//! A transaction is started, and finished when it is done, so that another
//! future goes on meanwhile; an edge counts from the first poll on.

use embedded_hal::i2c::{self, ErrorKind, SevenBitAddress, TenBitAddress};
use embedded_hal::spi;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::digital::Wait;

use super::{
    Error, NativeDelay, NativeI2c, NativeInput, NativeSerial, NativeSpi, NativeSpiBus, happening,
};
use crate::{
    Condition, I2cAddress, I2cOperation, Moment, PinError, SerialError, SpiError, SpiOperation,
};

async fn transaction(
    i2c: &NativeI2c,
    address: Option<I2cAddress>,
    operations: &mut [i2c::Operation<'_>],
) -> Result<(), Error> {
    let address = address.ok_or(Error(ErrorKind::Other))?;
    let started = operations.iter().map(|operation| match operation {
        i2c::Operation::Read(buffer) => I2cOperation::Read(buffer.len()),
        i2c::Operation::Write(bytes) => I2cOperation::Write(bytes.to_vec()),
    });
    let mut transfer = i2c.bus.start(address, started.collect());
    happening(transfer.done()).await;
    let outcome = transfer.finish().unwrap_or(Err(ErrorKind::Other)).map_err(Error)?;
    let buffers = operations.iter_mut().filter_map(|operation| match operation {
        i2c::Operation::Read(buffer) => Some(&mut **buffer),
        i2c::Operation::Write(_) => None,
    });
    fill(buffers, outcome);
    Ok(())
}

/// Puts what was read where it was asked for.
fn fill<'a>(buffers: impl Iterator<Item = &'a mut [u8]>, outcome: Vec<Vec<u8>>) {
    for (buffer, bytes) in buffers.zip(outcome) {
        buffer.copy_from_slice(&bytes);
    }
}

impl embedded_hal_async::i2c::I2c<SevenBitAddress> for NativeI2c {
    async fn transaction(
        &mut self,
        address: SevenBitAddress,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), Error> {
        transaction(self, I2cAddress::seven_bit(address.into()).ok(), operations).await
    }
}

impl embedded_hal_async::i2c::I2c<TenBitAddress> for NativeI2c {
    async fn transaction(
        &mut self,
        address: TenBitAddress,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), Error> {
        transaction(self, I2cAddress::ten_bit(address).ok(), operations).await
    }
}

impl embedded_hal_async::spi::SpiDevice for NativeSpi {
    async fn transaction(
        &mut self,
        operations: &mut [spi::Operation<'_, u8>],
    ) -> Result<(), SpiError> {
        use spi::Operation::{DelayNs, Read, Transfer, TransferInPlace, Write};
        let started = operations.iter().map(|operation| match operation {
            Read(buffer) => SpiOperation::Read(buffer.len()),
            Write(bytes) => SpiOperation::Write(bytes.to_vec()),
            Transfer(buffer, bytes) => {
                SpiOperation::Transfer { write: bytes.to_vec(), read: buffer.len() }
            }
            TransferInPlace(bytes) => {
                SpiOperation::Transfer { write: bytes.to_vec(), read: bytes.len() }
            }
            DelayNs(ns) => SpiOperation::DelayNs(*ns),
        });
        let mut transfer = self.device.start(started.collect());
        happening(transfer.done()).await;
        let outcome = transfer.finish().unwrap_or(Err(SpiError::Other))?;
        let buffers = operations.iter_mut().filter_map(|operation| match operation {
            Read(buffer) | Transfer(buffer, _) | TransferInPlace(buffer) => Some(&mut **buffer),
            Write(_) | DelayNs(_) => None,
        });
        fill(buffers, outcome);
        Ok(())
    }
}

/// A whole bus belongs to one driver, and returns when the bytes are through.
impl embedded_hal_async::spi::SpiBus for NativeSpiBus {
    async fn read(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
        spi::SpiBus::read(self, words)
    }

    async fn write(&mut self, words: &[u8]) -> Result<(), SpiError> {
        spi::SpiBus::write(self, words)
    }

    async fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiError> {
        spi::SpiBus::transfer(self, read, write)
    }

    async fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
        spi::SpiBus::transfer_in_place(self, words)
    }

    async fn flush(&mut self) -> Result<(), SpiError> {
        spi::SpiBus::flush(self)
    }
}

impl NativeInput {
    async fn until(&mut self, condition: Condition) -> Result<(), PinError> {
        happening(self.0.watch(condition)?).await;
        Ok(())
    }
}

impl Wait for NativeInput {
    async fn wait_for_high(&mut self) -> Result<(), PinError> {
        self.until(Condition::High).await
    }

    async fn wait_for_low(&mut self) -> Result<(), PinError> {
        self.until(Condition::Low).await
    }

    async fn wait_for_rising_edge(&mut self) -> Result<(), PinError> {
        self.until(Condition::RisingEdge).await
    }

    async fn wait_for_falling_edge(&mut self) -> Result<(), PinError> {
        self.until(Condition::FallingEdge).await
    }

    async fn wait_for_any_edge(&mut self) -> Result<(), PinError> {
        self.until(Condition::AnyEdge).await
    }
}

impl NativeDelay {
    async fn pass(&mut self, ns: u64) {
        let at_ns = self.clock.now_ns().saturating_add(ns);
        happening(Box::new(Moment::new(self.clock.clone(), at_ns))).await;
    }
}

impl DelayNs for NativeDelay {
    async fn delay_ns(&mut self, ns: u32) {
        self.pass(ns.into()).await;
    }

    async fn delay_us(&mut self, us: u32) {
        self.pass(u64::from(us) * 1_000).await;
    }

    async fn delay_ms(&mut self, ms: u32) {
        self.pass(u64::from(ms) * 1_000_000).await;
    }
}

impl NativeSerial {
    async fn arrived(&mut self, buffer: &mut [u8]) -> Result<usize, SerialError> {
        loop {
            let len = self.port.read(buffer, 0)?;
            if len > 0 || buffer.is_empty() {
                return Ok(len);
            }
            happening(self.port.readable()).await;
        }
    }
}

macro_rules! embedded_io_async {
    ($io:ident) => {
        impl $io::Read for NativeSerial {
            async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, SerialError> {
                self.arrived(buffer).await
            }
        }

        impl $io::Write for NativeSerial {
            async fn write(&mut self, data: &[u8]) -> Result<usize, SerialError> {
                self.port.write(data)
            }

            async fn flush(&mut self) -> Result<(), SerialError> {
                self.port.flush()
            }
        }
    };
}

embedded_io_async!(embedded_io_async);
embedded_io_async!(embedded_io_async_06);
