//! Serial ports: what went wrong, and the calls that all traits share.

mod io;
mod nb;
mod within;

use core::fmt;

use crate::Serial;
use crate::bindings::periplasm::hal::serial as wit;
pub use within::SerialWithin;

/// Why bytes could not be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SerialError {
    /// Bytes arrived faster than they were taken.
    Overrun,
    /// A byte's parity was wrong.
    Parity,
    /// A byte's stop bit was wrong.
    FrameFormat,
    /// The line was noisy.
    Noise,
    /// The port is not there any more.
    Gone,
    /// No byte came in time: see [`Serial::within_ms`].
    TimedOut,
    /// The host gave more bytes than were asked for, or took more than it was
    /// given.
    Length,
    /// Anything else.
    Other,
}

impl fmt::Display for SerialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overrun => "bytes arrived faster than they were taken",
            Self::Parity => "a byte's parity was wrong",
            Self::FrameFormat => "a byte's stop bit was wrong",
            Self::Noise => "the line was noisy",
            Self::Gone => "the port is gone",
            Self::TimedOut => "no byte came in time",
            Self::Length => "the host gave or took more bytes than there were",
            Self::Other => "the port failed",
        })
    }
}

impl core::error::Error for SerialError {}

impl From<wit::Error> for SerialError {
    fn from(error: wit::Error) -> Self {
        match error {
            wit::Error::Overrun => Self::Overrun,
            wit::Error::Parity => Self::Parity,
            wit::Error::FrameFormat => Self::FrameFormat,
            wit::Error::Noise => Self::Noise,
            wit::Error::Gone => Self::Gone,
            wit::Error::Other => Self::Other,
        }
    }
}

/// Reads what has arrived, waiting for the first byte for `timeout_ns`.
pub(crate) fn read(
    port: &Serial,
    buffer: &mut [u8],
    timeout_ns: Option<u64>,
) -> Result<usize, SerialError> {
    let max = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
    let bytes = wit::Serial::read(port, max, timeout_ns)?;
    buffer.get_mut(..bytes.len()).ok_or(SerialError::Length)?.copy_from_slice(&bytes);
    Ok(bytes.len())
}

/// Hands bytes over: how many were taken.
pub(crate) fn write(port: &Serial, data: &[u8]) -> Result<usize, SerialError> {
    let taken = wit::Serial::write(port, data)? as usize;
    // A driver would slice beyond the end of its own buffer.
    if taken > data.len() { Err(SerialError::Length) } else { Ok(taken) }
}
