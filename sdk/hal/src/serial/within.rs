//! A port on which reading ends.

use crate::Serial;

/// A serial port whose reads give up: what [`Serial::within_ms`] makes.
///
/// embedded-io's `Read` waits for the first byte, and has no word for how long.
/// On this port it waits so many milliseconds, then it is
/// [`SerialError::TimedOut`](crate::SerialError::TimedOut): a chip that does not
/// answer is an error, and not the end of the run.
#[derive(Debug)]
pub struct SerialWithin {
    pub(super) port: Serial,
    pub(super) timeout_ns: u64,
}

impl Serial {
    /// This port, with reads of embedded-io that wait at most `ms` milliseconds
    /// for the first byte.
    pub fn within_ms(self, ms: u32) -> SerialWithin {
        SerialWithin { port: self, timeout_ns: u64::from(ms) * 1_000_000 }
    }
}
