//! What arrives at a port.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use nix::errno::Errno;

use super::SerialParity;
use super::counters::Counters;
use super::marks::{Arrived, Marks};
use crate::SerialError;
use crate::linux::shared::Source;

/// The kernel's buffers, of a terminal (`N_TTY_BUF_SIZE`) and of most ports
/// (`UART_XMIT_SIZE`).
pub(super) const KERNEL_BYTES: usize = 4096;

/// What has arrived and nobody has taken.
pub(super) struct Receiver {
    port: Arc<File>,
    parity: SerialParity,
    marks: Marks,
    counters: Option<Counters>,
    /// Of one read of the kernel's buffer; it is empty before the next.
    arrived: VecDeque<Result<u8, SerialError>>,
    news: bool,
}

impl Receiver {
    pub(super) fn new(port: Arc<File>, parity: SerialParity) -> Self {
        let counters = Counters::of(&port);
        let (marks, arrived) = (Marks::default(), VecDeque::new());
        Self { port, parity, marks, counters, arrived, news: false }
    }

    /// Bytes up to the next error, or the error that is next. None if there is
    /// nothing.
    pub(super) fn take(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, SerialError> {
        self.fill()?;
        if let Some(Err(error)) = self.arrived.front() {
            let error = *error;
            self.arrived.pop_front();
            return Err(error);
        }
        let mut taken = 0;
        for place in buffer {
            let Some(Ok(byte)) = self.arrived.front() else { break };
            *place = *byte;
            self.arrived.pop_front();
            taken += 1;
        }
        Ok((taken > 0).then_some(taken))
    }

    pub(super) fn ready(&mut self) -> bool {
        self.fill().is_err() || !self.arrived.is_empty()
    }

    /// Reads from the kernel if there is nothing left of the last time.
    fn fill(&mut self) -> Result<(), SerialError> {
        if !self.arrived.is_empty() {
            return Ok(());
        }
        let mut bytes = [0; KERNEL_BYTES];
        let read = loop {
            match (&*self.port).read(&mut bytes) {
                // A terminal that was hung up reads as ended.
                Ok(0) => return Err(SerialError::Gone),
                Ok(read) => break read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(kind(&error)),
            }
        };
        let counted = self.counted();
        if counted.overrun > 0 {
            self.arrived.push_back(Err(SerialError::Overrun));
        }
        for byte in &bytes[..read] {
            match self.marks.next(*byte) {
                Some(Arrived::Byte(byte)) => self.arrived.push_back(Ok(byte)),
                Some(Arrived::Damaged) => {
                    self.arrived.push_back(Err(damage(self.parity, counted)));
                }
                None => {}
            }
        }
        self.news = true;
        Ok(())
    }

    /// What was counted since the last time.
    fn counted(&mut self) -> Counters {
        let Some(before) = self.counters else { return Counters::default() };
        let now = Counters::of(&self.port).unwrap_or(before);
        self.counters = Some(now);
        now.since(before)
    }
}

impl Source for Receiver {
    fn news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }
}

/// What is wrong with a byte that the kernel has marked.
fn damage(parity: SerialParity, counted: Counters) -> SerialError {
    match parity {
        SerialParity::None => SerialError::FrameFormat,
        _ if counted.frame > 0 && counted.parity == 0 => SerialError::FrameFormat,
        _ => SerialError::Parity,
    }
}

/// What an error means for a port that is open.
pub(super) fn kind(error: &io::Error) -> SerialError {
    match error.raw_os_error().map(Errno::from_i32) {
        Some(Errno::EIO | Errno::ENODEV | Errno::ENXIO | Errno::ESHUTDOWN) => SerialError::Gone,
        _ => SerialError::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_byte_has_the_error_that_was_counted() {
        let counted = |frame, parity| Counters { frame, parity, overrun: 0 };
        let even = SerialParity::Even;
        assert_eq!(damage(SerialParity::None, counted(0, 0)), SerialError::FrameFormat);
        assert_eq!(damage(even, counted(1, 0)), SerialError::FrameFormat);
        assert_eq!(damage(even, counted(0, 1)), SerialError::Parity);
        assert_eq!(damage(even, counted(1, 1)), SerialError::Parity);
        assert_eq!(damage(even, counted(0, 0)), SerialError::Parity, "a port that does not count");
    }

    #[test]
    fn every_error_number_has_the_kind_it_describes() {
        use SerialError::{Gone, Other};
        for (errno, expected) in [(5, Gone), (19, Gone), (6, Gone), (22, Other), (12, Other)] {
            assert_eq!(kind(&io::Error::from_raw_os_error(errno)), expected, "{errno}");
        }
    }
}
