//! I2C.

use alloc::vec::Vec;
use core::fmt;

use embedded_hal::i2c::{
    self, Error, ErrorKind, ErrorType, NoAcknowledgeSource, Operation, SevenBitAddress,
    TenBitAddress,
};

use crate::I2c;
use crate::bindings::wasi::i2c::i2c as wasi;
use crate::fill::{WrongLength, fill};

/// Why an I2C operation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum I2cError {
    /// The host or the bus said so.
    Bus(ErrorKind),
    /// The host gave another number of bytes than were asked for.
    Length {
        /// Bytes asked for.
        asked: usize,
        /// Bytes given.
        given: usize,
    },
}

impl Error for I2cError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Bus(kind) => *kind,
            Self::Length { .. } => ErrorKind::Other,
        }
    }
}

impl fmt::Display for I2cError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus(kind) => kind.fmt(f),
            Self::Length { asked, given } => {
                write!(f, "asked for {asked} bytes and was given {given}")
            }
        }
    }
}

impl core::error::Error for I2cError {}

impl From<WrongLength> for I2cError {
    fn from(WrongLength { asked, given }: WrongLength) -> Self {
        Self::Length { asked, given }
    }
}

impl From<wasi::ErrorCode> for I2cError {
    fn from(code: wasi::ErrorCode) -> Self {
        use wasi::NoAcknowledgeSource as Source;
        Self::Bus(match code {
            wasi::ErrorCode::Bus => ErrorKind::Bus,
            wasi::ErrorCode::ArbitrationLoss => ErrorKind::ArbitrationLoss,
            wasi::ErrorCode::NoAcknowledge(source) => ErrorKind::NoAcknowledge(match source {
                Source::Address => NoAcknowledgeSource::Address,
                Source::Data => NoAcknowledgeSource::Data,
                Source::Unknown => NoAcknowledgeSource::Unknown,
            }),
            wasi::ErrorCode::Overrun => ErrorKind::Overrun,
            wasi::ErrorCode::Other => ErrorKind::Other,
        })
    }
}

impl From<ErrorKind> for wasi::ErrorCode {
    fn from(kind: ErrorKind) -> Self {
        use wasi::NoAcknowledgeSource as Source;
        match kind {
            ErrorKind::Bus => Self::Bus,
            ErrorKind::ArbitrationLoss => Self::ArbitrationLoss,
            ErrorKind::NoAcknowledge(source) => Self::NoAcknowledge(match source {
                NoAcknowledgeSource::Address => Source::Address,
                NoAcknowledgeSource::Data => Source::Data,
                NoAcknowledgeSource::Unknown => Source::Unknown,
            }),
            ErrorKind::Overrun => Self::Overrun,
            _ => Self::Other,
        }
    }
}

impl ErrorType for I2c {
    type Error = I2cError;
}

impl i2c::I2c<SevenBitAddress> for I2c {
    fn transaction(
        &mut self,
        address: SevenBitAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), I2cError> {
        transaction(self, address.into(), operations)
    }

    fn read(&mut self, address: SevenBitAddress, read: &mut [u8]) -> Result<(), I2cError> {
        Ok(fill(read, &wasi::I2c::read(self, address.into(), read.len() as u64)?)?)
    }

    fn write(&mut self, address: SevenBitAddress, write: &[u8]) -> Result<(), I2cError> {
        Ok(wasi::I2c::write(self, address.into(), write)?)
    }

    fn write_read(
        &mut self,
        address: SevenBitAddress,
        write: &[u8],
        read: &mut [u8],
    ) -> Result<(), I2cError> {
        Ok(fill(read, &wasi::I2c::write_read(self, address.into(), write, read.len() as u64)?)?)
    }
}

/// What marks a 10-bit address on the wire: see `wasi:i2c/i2c.address`.
const TEN_BIT_OFFSET: u16 = 0xa000;

/// The largest 10-bit address (I2C-bus specification UM10204, section 3.1.11).
const MAX_TEN_BIT: u16 = 0x3ff;

impl i2c::I2c<TenBitAddress> for I2c {
    fn transaction(
        &mut self,
        address: TenBitAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), I2cError> {
        transaction(self, ten_bit(address)?, operations)
    }
}

/// A 10-bit address as it is on the wire.
pub(crate) fn ten_bit(address: TenBitAddress) -> Result<u16, I2cError> {
    // Without this check 0x5fff + 0xa000 would wrap around to a 7-bit address.
    if address > MAX_TEN_BIT {
        return Err(I2cError::Bus(ErrorKind::Other));
    }
    Ok(TEN_BIT_OFFSET + address)
}

fn transaction(
    i2c: &wasi::I2c,
    wire: u16,
    operations: &mut [Operation<'_>],
) -> Result<(), I2cError> {
    let received = i2c.transaction(wire, &sent(operations))?;
    take(operations, received)
}

/// What the host is asked to do: the bytes to be sent are lent.
pub(crate) fn sent<'a>(operations: &'a [Operation<'_>]) -> Vec<wasi::Operation<'a>> {
    operations
        .iter()
        .map(|operation| match operation {
            Operation::Read(buffer) => wasi::Operation::Read(buffer.len() as u64),
            Operation::Write(bytes) => wasi::Operation::Write(bytes),
        })
        .collect()
}

/// Takes what was read to where it was asked for.
pub(crate) fn take(
    operations: &mut [Operation<'_>],
    received: Vec<Vec<u8>>,
) -> Result<(), I2cError> {
    let mut received = received.into_iter();
    for operation in operations {
        if let Operation::Read(buffer) = operation {
            fill(buffer, &received.next().unwrap_or_default())?;
        }
    }
    Ok(())
}
