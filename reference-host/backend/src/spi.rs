//! SPI: devices behind chip selects, and whole buses.

use embedded_hal::spi::Operation;

/// Why a transfer failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpiError {
    /// Bytes arrived faster than they were taken.
    #[error("overrun")]
    Overrun,
    /// Two controllers drove the bus.
    #[error("mode fault")]
    ModeFault,
    /// A frame was not of the expected form.
    #[error("frame format error")]
    FrameFormat,
    /// Chip select could not be driven.
    #[error("chip select fault")]
    ChipSelectFault,
    /// Longer than this controller can do with chip select held.
    #[error("{bytes} bytes in one transaction; this controller holds chip select for {most}")]
    TooLong {
        /// Bytes asked for.
        bytes: usize,
        /// The most it can do.
        most: usize,
    },
    /// The device or its controller is not there any more.
    #[error("gone")]
    Gone,
    /// Anything else.
    #[error("other error")]
    Other,
}

impl embedded_hal::spi::Error for SpiError {
    fn kind(&self) -> embedded_hal::spi::ErrorKind {
        use embedded_hal::spi::ErrorKind;
        match self {
            Self::Overrun => ErrorKind::Overrun,
            Self::ModeFault => ErrorKind::ModeFault,
            Self::FrameFormat => ErrorKind::FrameFormat,
            Self::ChipSelectFault => ErrorKind::ChipSelectFault,
            Self::TooLong { .. } | Self::Gone | Self::Other => ErrorKind::Other,
        }
    }
}

/// A device on an SPI bus, with its chip select.
pub trait SpiDevice: Send {
    /// Performs all operations with chip select held from the first to the
    /// last, with embedded-hal's contract
    /// (`embedded_hal::spi::SpiDevice::transaction`). An empty list selects and
    /// deselects the device.
    ///
    /// On an error the contents of the read buffers mean nothing.
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SpiError>;
}

/// An SPI bus without chip select.
pub trait SpiBus: Send {
    /// Sends the bytes of `write` while it fills `read`. The longer of the two
    /// goes on alone: zeros are sent when there is nothing left to write, and
    /// what comes in is dropped when `read` is full.
    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiError>;

    /// Returns when all that was written is on the wires.
    fn flush(&mut self) -> Result<(), SpiError>;
}
