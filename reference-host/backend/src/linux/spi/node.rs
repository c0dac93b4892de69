//! A node: opened, set up, and called.

use std::io;
use std::path::Path;

use embedded_hal::spi::Operation;
use spidev::{SpiModeFlags, Spidev, SpidevOptions, SpidevTransfer};

use super::bytes::{gather, scatter, split, turn_round};
use super::controller::Controller;
use super::errno;
use super::plan::{self, Direction, Limits, MAX_TRANSFERS, Transfer};
use crate::SpiError;
use crate::linux::sysfs;
use crate::linux::{Hardware, OpenError};

const WHAT: Hardware = Hardware::Spi;

/// What one call can take, and what it takes if the kernel does not say.
const BUFSIZ: &str = "/sys/module/spidev/parameters/bufsiz";
const DEFAULT_BUFSIZ: usize = 4096;

#[derive(Debug)]
pub(super) struct Node {
    spidev: Spidev,
    controller: Controller,
    limits: Limits,
    speed_hz: u32,
    lsb_first: bool,
    // What is sent and received, kept for the next transaction.
    sent: Vec<u8>,
    received: Vec<u8>,
}

impl Node {
    pub(super) fn open(path: &Path, speed_hz: u32, lsb_first: bool) -> Result<Self, OpenError> {
        if speed_hz == 0 {
            return Err(OpenError::Setting {
                setting: "the speed",
                found: "0 Hz".to_owned(),
                expected: "at least 1 Hz",
            });
        }
        let opening = |error| OpenError::opening(WHAT, path, error);
        let mut spidev = Spidev::open(path).map_err(opening)?;
        spidev.query_configuration().map_err(|error| OpenError::asking(WHAT, path, error))?;
        for (options, setting) in [
            (SpidevOptions::new().bits_per_word(8).build(), "8 bits a word"),
            (SpidevOptions::new().max_speed_hz(speed_hz).build(), "this speed"),
        ] {
            let refused = |error| OpenError::setting(WHAT, path, setting, error);
            spidev.configure(&options).map_err(refused)?;
        }
        let bytes = sysfs::read(Path::new(BUFSIZ)).ok().and_then(|text| text.parse().ok());
        let limits = Limits { bytes: bytes.unwrap_or(DEFAULT_BUFSIZ), transfers: MAX_TRANSFERS };
        let controller = Controller::of(spidev.inner());
        let (sent, received) = (Vec::new(), Vec::new());
        Ok(Self { spidev, controller, limits, speed_hz, lsb_first, sent, received })
    }

    /// Sets clock polarity and phase, and what else `more` says. The bit order
    /// is not among it: few controllers can do both, so the bytes are turned
    /// round here.
    pub(super) fn set_mode(&mut self, mode: u8, more: SpiModeFlags) -> io::Result<()> {
        let mode = SpiModeFlags::from_bits_truncate(u32::from(mode & 3)) | more;
        self.spidev.configure(&SpidevOptions::new().mode(mode).build())?;
        // Where chip select is a GPIO, the kernel takes its polarity from the
        // device tree alone, and drops the flag without a word.
        let found = self.spidev.query_configuration()?.spi_mode;
        match found {
            Some(found) if found.contains(mode) => Ok(()),
            _ => Err(nix::errno::Errno::EINVAL.into()),
        }
    }

    /// Performs a transaction in as many calls as it needs. `hold` says whether
    /// it may be more than one.
    pub(super) fn transaction(
        &mut self,
        operations: &mut [Operation<'_, u8>],
        hold: bool,
    ) -> Result<(), SpiError> {
        let calls = plan::calls(operations, self.limits);
        if calls.len() > 1 && !hold {
            return Err(plan::too_long(operations, self.limits));
        }
        gather(operations, &mut self.sent);
        let reads = calls.iter().flatten().filter(|transfer| transfer.direction.reads());
        self.received.clear();
        self.received.resize(reads.map(|transfer| transfer.len).sum(), 0);
        if self.lsb_first {
            turn_round(&mut self.sent);
        }

        let result = self.perform(&calls);
        let most = self.limits.bytes;
        result.map_err(|error| errno::kind(&error, plan::bytes(operations), most))?;

        if self.lsb_first {
            turn_round(&mut self.received);
        }
        scatter(&self.received, operations);
        Ok(())
    }

    fn perform(&mut self, calls: &[Vec<Transfer>]) -> io::Result<()> {
        let _bus = self.controller.lock();
        let (mut sent, mut received) = (&self.sent[..], &mut self.received[..]);
        for (place, call) in calls.iter().enumerate() {
            let last = place + 1 == calls.len();
            let (out, rest) = sent.split_at(taken(call, Direction::writes));
            sent = rest;
            let (input, rest) = received.split_at_mut(taken(call, Direction::reads));
            received = rest;
            let mut kernel = transfers(call, out, input, self.speed_hz);
            if let Some(transfer) = kernel.last_mut().filter(|_| !last) {
                // At the end of a call, this keeps chip select as it is.
                transfer.cs_change = 1;
            }
            if let Err(error) = self.spidev.transfer_multiple(&mut kernel) {
                if place > 0 {
                    // The kernel may have refused it before it looked at chip
                    // select, which is still held: a call of nothing releases it.
                    let _ = self.spidev.transfer_multiple(&mut [SpidevTransfer::delay(0)]);
                }
                return Err(error);
            }
        }
        Ok(())
    }
}

fn taken(call: &[Transfer], uses: fn(Direction) -> bool) -> usize {
    call.iter().filter(|transfer| uses(transfer.direction)).map(|transfer| transfer.len).sum()
}

/// The kernel's form of a call. The two buffers have exactly its bytes.
fn transfers<'a, 'b>(
    call: &[Transfer],
    mut out: &'a [u8],
    mut input: &'b mut [u8],
    speed_hz: u32,
) -> Vec<SpidevTransfer<'a, 'b>> {
    let mut kernel = Vec::with_capacity(call.len());
    for transfer in call {
        let out = split(&mut out, if transfer.direction.writes() { transfer.len } else { 0 });
        let reads = if transfer.direction.reads() { transfer.len } else { 0 };
        let (read, rest) = std::mem::take(&mut input).split_at_mut(reads);
        input = rest;
        let mut made = match transfer.direction {
            Direction::Nothing => SpidevTransfer::delay(0),
            Direction::Write => SpidevTransfer::write(out),
            // Zeros are sent where there is nothing to send (`spi.h`).
            Direction::Read => SpidevTransfer::read(read),
            Direction::Both => SpidevTransfer::read_write(out, read),
        };
        made.delay_usecs = transfer.delay_us;
        // Said each time: another program may set up the same node.
        made.speed_hz = speed_hz;
        made.bits_per_word = 8;
        kernel.push(made);
    }
    kernel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_gets_exactly_its_part_of_the_buffers() {
        let transfer = |direction, len, delay_us| Transfer { direction, len, delay_us };
        let call = [
            transfer(Direction::Write, 2, 0),
            transfer(Direction::Nothing, 0, 9),
            transfer(Direction::Both, 3, 1),
            transfer(Direction::Read, 1, 0),
        ];
        assert_eq!((taken(&call, Direction::writes), taken(&call, Direction::reads)), (5, 4));
        let (out, mut input) = ([0; 5], [0; 4]);
        let kernel = transfers(&call, &out, &mut input, 1_000_000);
        let shown: Vec<_> =
            kernel.iter().map(|t| (t.delay_usecs, t.cs_change, t.speed_hz)).collect();
        assert_eq!(
            shown,
            [(0, 0, 1_000_000), (9, 0, 1_000_000), (1, 0, 1_000_000), (0, 0, 1_000_000)]
        );
    }
}
