//! Serial ports.

use crate::Event;

/// Why bytes could not be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SerialError {
    /// Bytes arrived faster than they were taken.
    #[error("overrun")]
    Overrun,
    /// A byte's parity was wrong.
    #[error("parity error")]
    Parity,
    /// A byte's stop bit was wrong.
    #[error("framing error")]
    FrameFormat,
    /// The line was noisy.
    #[error("noise")]
    Noise,
    /// The port is not there any more.
    #[error("gone")]
    Gone,
    /// Anything else.
    #[error("other error")]
    Other,
}

/// A serial port.
pub trait Serial: Send {
    /// Takes what has arrived, waiting for the first byte until the clock shows
    /// `until_ns`: the number of bytes, 0 when none came. An empty buffer is
    /// answered with 0 at once.
    fn read(&mut self, buffer: &mut [u8], until_ns: u64) -> Result<usize, SerialError>;

    /// Hands bytes over to be sent: how many were taken, at least one unless
    /// `data` is empty.
    fn write(&mut self, data: &[u8]) -> Result<usize, SerialError>;

    /// Returns when all that was handed over is on the wire.
    fn flush(&mut self) -> Result<(), SerialError>;

    /// Whether [`Self::read`] would return bytes or an error at once.
    fn read_ready(&mut self) -> Result<bool, SerialError>;

    /// That [`Self::read`] would return bytes or an error at once.
    fn readable(&mut self) -> Box<dyn Event>;
}
