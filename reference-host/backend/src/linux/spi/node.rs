//! A node: opened, set up, and called.

use std::io;
use std::path::Path;

use embedded_hal::spi::Operation;
use spidev::{SpiModeFlags, Spidev, SpidevOptions};

use super::bytes::{gather, scatter, turn_round};
use super::controller::Controller;
use super::errno;
use super::perform::perform;
use super::plan::{self, Limits, MAX_TRANSFERS};
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
        let calls = plan::plan(operations, self.limits, hold)?;
        gather(operations, &mut self.sent);
        let reads = calls.iter().flatten().filter(|transfer| transfer.direction.reads());
        self.received.clear();
        self.received.resize(reads.map(|transfer| transfer.len).sum(), 0);
        if self.lsb_first {
            turn_round(&mut self.sent);
        }

        let bus = self.controller.lock();
        let result = perform(&calls, &self.sent, &mut self.received, self.speed_hz, |transfers| {
            self.spidev.transfer_multiple(transfers)
        });
        drop(bus);
        let most = self.limits.bytes;
        result.map_err(|error| errno::kind(&error, plan::bytes(operations), most))?;

        if self.lsb_first {
            turn_round(&mut self.received);
        }
        scatter(&self.received, operations);
        Ok(())
    }
}
