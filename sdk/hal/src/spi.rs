//! SPI: a device behind its chip select.

use alloc::vec::Vec;
use core::fmt;

use embedded_hal::spi::{self, Error, ErrorKind, ErrorType, Operation};

use crate::SpiDevice;
use crate::bindings::periplasm::hal::{spi as wit, spi_types};
use crate::fill::{WrongLength, fill};

/// Why an SPI operation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpiError {
    /// The host or the bus said so.
    Bus(ErrorKind),
    /// Longer than this host or this controller can do with chip select held.
    TooLong,
    /// The device or its controller is not there any more.
    Gone,
    /// The host gave another number of bytes than were asked for.
    Length {
        /// Bytes asked for.
        asked: usize,
        /// Bytes given.
        given: usize,
    },
}

impl Error for SpiError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Bus(kind) => *kind,
            Self::TooLong | Self::Gone | Self::Length { .. } => ErrorKind::Other,
        }
    }
}

impl fmt::Display for SpiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus(kind) => kind.fmt(f),
            Self::TooLong => {
                f.write_str("more than this controller can transfer with chip select held")
            }
            Self::Gone => f.write_str("the device is gone"),
            Self::Length { asked, given } => {
                write!(f, "asked for {asked} bytes and was given {given}")
            }
        }
    }
}

impl core::error::Error for SpiError {}

impl From<WrongLength> for SpiError {
    fn from(WrongLength { asked, given }: WrongLength) -> Self {
        Self::Length { asked, given }
    }
}

impl From<spi_types::Error> for SpiError {
    fn from(error: spi_types::Error) -> Self {
        Self::Bus(match error {
            spi_types::Error::Overrun => ErrorKind::Overrun,
            spi_types::Error::ModeFault => ErrorKind::ModeFault,
            spi_types::Error::FrameFormat => ErrorKind::FrameFormat,
            spi_types::Error::ChipSelectFault => ErrorKind::ChipSelectFault,
            spi_types::Error::Other => ErrorKind::Other,
            spi_types::Error::TooLong => return Self::TooLong,
            spi_types::Error::Gone => return Self::Gone,
        })
    }
}

impl ErrorType for SpiDevice {
    type Error = SpiError;
}

impl spi::SpiDevice for SpiDevice {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SpiError> {
        // What drivers do most needs no lists.
        match operations {
            [Operation::Write(bytes)] => return self.write(bytes),
            [Operation::Read(buffer)] => return self.read(buffer),
            [Operation::Transfer(read, write)] => return self.transfer(read, write),
            [Operation::TransferInPlace(buffer)] => return self.transfer_in_place(buffer),
            _ => {}
        }
        let received = wit::SpiDevice::transaction(self, &sent(operations)?)?;
        take(operations, received)
    }

    fn read(&mut self, read: &mut [u8]) -> Result<(), SpiError> {
        Ok(fill(read, &wit::SpiDevice::read(self, len(read)?)?)?)
    }

    fn write(&mut self, write: &[u8]) -> Result<(), SpiError> {
        Ok(wit::SpiDevice::write(self, write)?)
    }

    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiError> {
        Ok(fill(read, &wit::SpiDevice::transfer(self, write, len(read)?)?)?)
    }

    fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
        let received = wit::SpiDevice::transfer(self, words, len(words)?)?;
        Ok(fill(words, &received)?)
    }
}

/// What the host is asked to do: the bytes to be sent are lent.
pub(crate) fn sent<'a>(
    operations: &'a [Operation<'_, u8>],
) -> Result<Vec<spi_types::Operation<'a>>, SpiError> {
    let exchange =
        |write, read_len| spi_types::Operation::Transfer(spi_types::Exchange { write, read_len });
    operations
        .iter()
        .map(|operation| {
            Ok(match operation {
                Operation::Read(buffer) => spi_types::Operation::Read(len(buffer)?),
                Operation::Write(bytes) => spi_types::Operation::Write(bytes),
                Operation::Transfer(read, write) => exchange(write, len(read)?),
                Operation::TransferInPlace(words) => exchange(words, len(words)?),
                Operation::DelayNs(ns) => spi_types::Operation::DelayNs(*ns),
            })
        })
        .collect()
}

/// Takes what came in to where it was asked for.
pub(crate) fn take(
    operations: &mut [Operation<'_, u8>],
    received: Vec<Vec<u8>>,
) -> Result<(), SpiError> {
    let mut received = received.into_iter();
    for operation in operations {
        match operation {
            Operation::Read(buffer)
            | Operation::Transfer(buffer, _)
            | Operation::TransferInPlace(buffer) => {
                fill(buffer, &received.next().unwrap_or_default())?;
            }
            Operation::Write(_) | Operation::DelayNs(_) => {}
        }
    }
    Ok(())
}

/// A length as the host takes it. On a 32-bit machine there is no other.
pub(crate) fn len(buffer: &[u8]) -> Result<u32, SpiError> {
    buffer.len().try_into().map_err(|_| SpiError::TooLong)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn answers_go_to_the_operations_that_read_in_order() {
        let (mut read, mut both, mut place) = ([0; 1], [0; 2], [9; 3]);
        let mut operations = [
            Operation::Write(&[1]),
            Operation::Read(&mut read),
            Operation::DelayNs(5),
            Operation::Transfer(&mut both, &[2, 3, 4]),
            Operation::TransferInPlace(&mut place),
        ];
        let asked: Vec<_> = sent(&operations)
            .unwrap()
            .into_iter()
            .map(|operation| match operation {
                spi_types::Operation::Read(len) => (vec![], len),
                spi_types::Operation::Write(bytes) => (bytes.to_vec(), 0),
                spi_types::Operation::Transfer(e) => (e.write.to_vec(), e.read_len),
                spi_types::Operation::DelayNs(ns) => (vec![], ns),
            })
            .collect();
        let expected =
            [(vec![1], 0), (vec![], 1), (vec![], 5), (vec![2, 3, 4], 2), (vec![9; 3], 3)];
        assert_eq!(asked, expected);
        take(&mut operations, vec![vec![10], vec![11, 12], vec![13, 14, 15]]).unwrap();
        assert_eq!((read, both, place), ([10], [11, 12], [13, 14, 15]));
    }

    #[test]
    fn a_missing_answer_is_an_error() {
        let mut buffer = [0; 2];
        let error = take(&mut [Operation::Read(&mut buffer)], vec![]).unwrap_err();
        assert_eq!(error, SpiError::Length { asked: 2, given: 0 });
    }

    #[test]
    fn errors_of_the_host_keep_their_kind() {
        use spi_types::Error as Wire;
        let kinds = [
            (Wire::Overrun, ErrorKind::Overrun),
            (Wire::ModeFault, ErrorKind::ModeFault),
            (Wire::FrameFormat, ErrorKind::FrameFormat),
            (Wire::ChipSelectFault, ErrorKind::ChipSelectFault),
            (Wire::TooLong, ErrorKind::Other),
            (Wire::Gone, ErrorKind::Other),
            (Wire::Other, ErrorKind::Other),
        ];
        for (wire, kind) in kinds {
            assert_eq!(SpiError::from(wire).kind(), kind);
        }
        assert_eq!(SpiError::from(Wire::Gone), SpiError::Gone);
        assert_eq!(SpiError::from(Wire::TooLong), SpiError::TooLong);
    }
}
