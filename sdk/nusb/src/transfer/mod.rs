//! Transfers.

mod buffer;
mod control;
mod error;
mod kind;

use std::time::Duration;

pub use buffer::Buffer;
pub use control::{ControlIn, ControlOut, ControlType, Direction, Recipient};
pub use error::TransferError;
pub(crate) use error::status;
pub use kind::{Bulk, BulkOrInterrupt, EndpointDirection, EndpointType, In, Interrupt, Out};

/// A transfer that has ended.
#[derive(Debug)]
pub struct Completion {
    /// What was submitted, with the bytes that came in.
    pub buffer: Buffer,
    /// Bytes transferred, whatever the status.
    pub actual_len: usize,
    /// How it ended.
    pub status: Result<(), TransferError>,
}

impl Completion {
    /// The buffer, if all is well.
    ///
    /// # Errors
    ///
    /// The status.
    pub fn into_result(self) -> Result<Buffer, TransferError> {
        self.status.map(|()| self.buffer)
    }
}

/// A time as a host takes it; what is longer than 500 years has no end.
pub(crate) fn nanoseconds(time: Duration) -> Option<u64> {
    time.as_nanos().try_into().ok()
}
