//! From embedded-hal's operations to the kernel's calls.
//!
//! The facts, from `drivers/spi/spidev.c` and `drivers/spi/spi.c`:
//!
//! - One call copies what it sends into one buffer of `bufsiz` bytes, and what
//!   it receives into another. Each transfer begins at a multiple of
//!   `ARCH_DMA_MINALIGN`, so a short one takes up to 128 bytes of its buffer.
//! - Chip select is driven before the first transfer and released after the
//!   last, unless that one has `cs_change` set: then it stays as it is until the
//!   next call, on controllers that can do so.
//! - A transfer of no bytes moves nothing, but has its delay and drives chip
//!   select. A call of no transfers does nothing at all.
//! - A delay is 16 bits of microseconds, after the transfer it belongs to.

use embedded_hal::spi::Operation;

use crate::SpiError;

/// The largest `ARCH_DMA_MINALIGN` (arm64, and some of MIPS and PowerPC).
const ALIGNMENT: usize = 128;

/// The most transfers of one call: its number has room for their bytes in 14
/// bits, on some machines in 13 (`_IOC_SIZEBITS`), and each is 32 bytes long.
pub(super) const MAX_TRANSFERS: usize = if cfg!(any(
    target_arch = "mips",
    target_arch = "mips64",
    target_arch = "powerpc",
    target_arch = "powerpc64",
    target_arch = "sparc",
    target_arch = "sparc64",
)) {
    255
} else {
    511
};

/// Which of the two wires carry something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Nothing,
    Write,
    Read,
    Both,
}

impl Direction {
    pub(super) fn writes(self) -> bool {
        matches!(self, Self::Write | Self::Both)
    }

    pub(super) fn reads(self) -> bool {
        matches!(self, Self::Read | Self::Both)
    }
}

/// One transfer of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Transfer {
    pub(super) direction: Direction,
    pub(super) len: usize,
    /// The pause behind it.
    pub(super) delay_us: u16,
}

/// What one call can do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The module parameter `bufsiz`.
    pub(super) bytes: usize,
    /// At most [`MAX_TRANSFERS`].
    pub(super) transfers: usize,
}

/// The transfers of each call that `operations` need: at least one call of at
/// least one transfer. Chip select is to be held between the calls; where `hold`
/// says that it cannot be, there is one or none.
pub(super) fn plan(
    operations: &[Operation<'_, u8>],
    limits: Limits,
    hold: bool,
) -> Result<Vec<Vec<Transfer>>, SpiError> {
    let calls = calls(operations, limits);
    match &calls[..] {
        [first, _, ..] if !hold => {
            let most = first.iter().map(|transfer| transfer.len).sum();
            Err(SpiError::TooLong { bytes: bytes(operations), most })
        }
        _ => Ok(calls),
    }
}

fn calls(operations: &[Operation<'_, u8>], limits: Limits) -> Vec<Vec<Transfer>> {
    let mut calls = Calls { limits, done: Vec::new(), call: Vec::new(), sent: 0, received: 0 };
    for run in runs(operations) {
        calls.run(run);
    }
    calls.finish()
}

/// How an operation uses the wires, and for how many bytes.
pub(super) fn shape(operation: &Operation<'_, u8>) -> (Direction, usize) {
    let (direction, len) = match operation {
        Operation::Read(buffer) => (Direction::Read, buffer.len()),
        Operation::Write(bytes) => (Direction::Write, bytes.len()),
        Operation::TransferInPlace(buffer) => (Direction::Both, buffer.len()),
        Operation::Transfer(read, []) => (Direction::Read, read.len()),
        Operation::Transfer([], bytes) => (Direction::Write, bytes.len()),
        Operation::Transfer(read, bytes) => (Direction::Both, read.len().max(bytes.len())),
        Operation::DelayNs(_) => (Direction::Nothing, 0),
    };
    if len == 0 { (Direction::Nothing, 0) } else { (direction, len) }
}

/// The bytes of a whole transaction.
pub(super) fn bytes(operations: &[Operation<'_, u8>]) -> usize {
    operations.iter().fold(0, |sum: usize, operation| sum.saturating_add(shape(operation).1))
}

/// Operations of one direction with no pause between them, and the pause behind.
#[derive(Clone, Copy)]
struct Run {
    direction: Direction,
    len: usize,
    delay_ns: u64,
}

fn runs(operations: &[Operation<'_, u8>]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for operation in operations {
        let (direction, len) = shape(operation);
        let delay_ns = match operation {
            Operation::DelayNs(ns) => u64::from(*ns),
            _ => 0,
        };
        match runs.last_mut() {
            Some(last) if direction == Direction::Nothing => last.delay_ns += delay_ns,
            Some(last) if last.direction == direction && last.delay_ns == 0 => last.len += len,
            _ => runs.push(Run { direction, len, delay_ns }),
        }
    }
    if runs.is_empty() {
        runs.push(Run { direction: Direction::Nothing, len: 0, delay_ns: 0 });
    }
    runs
}

struct Calls {
    limits: Limits,
    done: Vec<Vec<Transfer>>,
    call: Vec<Transfer>,
    /// Bytes of the two buffers that the call takes.
    sent: usize,
    received: usize,
}

impl Calls {
    fn run(&mut self, run: Run) {
        let mut left = run.len;
        let mut pause = run.delay_ns.div_ceil(1000);
        loop {
            let len = left.min(self.room(run.direction));
            left -= len;
            // The pause belongs behind the last byte.
            let delay_us = if left == 0 { u16::try_from(pause).unwrap_or(u16::MAX) } else { 0 };
            pause -= u64::from(delay_us);
            let direction = if len == 0 { Direction::Nothing } else { run.direction };
            self.push(Transfer { direction, len, delay_us });
            if left == 0 && pause == 0 {
                return;
            }
        }
    }

    /// How many bytes a transfer may have, in a new call if this one is full.
    fn room(&mut self, direction: Direction) -> usize {
        let alignment = alignment(self.limits);
        let free = |call: &Self| {
            let sent = if direction.writes() { call.sent } else { 0 };
            let received = if direction.reads() { call.received } else { 0 };
            let free = call.limits.bytes.saturating_sub(sent.max(received));
            free / alignment * alignment
        };
        let full = self.call.len() >= self.limits.transfers;
        if full || (direction != Direction::Nothing && free(self) == 0) {
            self.next();
        }
        // A kernel without room for a byte is left to refuse it.
        free(self).max(1)
    }

    fn push(&mut self, transfer: Transfer) {
        let taken = transfer.len.next_multiple_of(alignment(self.limits));
        if transfer.direction.writes() {
            self.sent += taken;
        }
        if transfer.direction.reads() {
            self.received += taken;
        }
        self.call.push(transfer);
    }

    fn next(&mut self) {
        if !self.call.is_empty() {
            self.done.push(std::mem::take(&mut self.call));
        }
        (self.sent, self.received) = (0, 0);
    }

    fn finish(mut self) -> Vec<Vec<Transfer>> {
        self.next();
        self.done
    }
}

/// A buffer shorter than the alignment can work only where that is shorter.
fn alignment(limits: Limits) -> usize {
    if limits.bytes >= ALIGNMENT { ALIGNMENT } else { 1 }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
