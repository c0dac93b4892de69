//! SPI: devices behind chip selects, and whole buses.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use embedded_hal::spi::Operation;

use crate::Moment;
use crate::transfer::{Outcome, Transfer};
use crate::worker::Worker;

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

    /// Whether [`Self::start`] does anything: always the same.
    fn starts(&self) -> bool {
        false
    }

    /// Performs a transaction without waiting for its end: what comes of it, and
    /// when it is over on the wires. What cannot do so without blocking says
    /// `None`, and does nothing.
    fn start(
        &mut self,
        _operations: &mut [Operation<'_, u8>],
    ) -> Option<(Result<(), SpiError>, Moment)> {
        None
    }
}

impl<D: SpiDevice + ?Sized> SpiDevice for Box<D> {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SpiError> {
        (**self).transaction(operations)
    }

    fn starts(&self) -> bool {
        (**self).starts()
    }

    fn start(
        &mut self,
        operations: &mut [Operation<'_, u8>],
    ) -> Option<(Result<(), SpiError>, Moment)> {
        (**self).start(operations)
    }
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

/// An operation of a transaction that is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpiOperation {
    /// Read so many bytes.
    Read(usize),
    /// Write these.
    Write(Vec<u8>),
    /// Both at once.
    Transfer {
        /// What is sent.
        write: Vec<u8>,
        /// How many bytes are read.
        read: usize,
    },
    /// Wait.
    DelayNs(u32),
}

/// A device that any number of stages and pipelines use, one transaction at a
/// time.
#[derive(Clone)]
pub struct SharedSpi {
    device: Arc<Mutex<dyn SpiDevice>>,
    /// For a device that can only block.
    worker: Option<Arc<Worker>>,
}

impl SharedSpi {
    /// Shares `device`.
    pub fn new(device: impl SpiDevice + 'static) -> Self {
        let worker = (!device.starts()).then(Arc::default);
        Self { device: Arc::new(Mutex::new(device)), worker }
    }

    /// Performs one transaction while nobody else has the device.
    pub fn transaction(&self, operations: &mut [Operation<'_, u8>]) -> Result<(), SpiError> {
        lock(&self.device).transaction(operations)
    }

    /// Starts one transaction. It has the device when all that were started
    /// before are over; one that can only block has a thread to do so, for which
    /// 64 transactions may wait: one more ends at once, with [`SpiError::Other`].
    pub fn start(&self, operations: Vec<SpiOperation>) -> Transfer<SpiError> {
        let mut reads = Reads::new(&operations);
        let Some(worker) = &self.worker else {
            let mut lent = reads.lend(&operations);
            let started = lock(&self.device).start(&mut lent);
            drop(lent);
            let Some((result, end)) = started else {
                return Transfer::ended(Err(SpiError::Other));
            };
            return Transfer::until(end, reads.outcome(result));
        };
        let (transfer, promise) = Transfer::elsewhere(SpiError::Other);
        let device = self.device.clone();
        worker.give(move || {
            let mut lent = reads.lend(&operations);
            let result = lock(&device).transaction(&mut lent);
            drop(lent);
            promise.keep(reads.outcome(result));
        });
        transfer
    }
}

fn lock<'a>(device: &'a Mutex<dyn SpiDevice + 'static>) -> MutexGuard<'a, dyn SpiDevice + 'static> {
    // As for I2C: the wires have no memory of a backend's panic.
    device.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for SharedSpi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSpi").finish_non_exhaustive()
    }
}

/// The buffers of a transaction that is started.
struct Reads(Vec<Vec<u8>>);

impl Reads {
    fn new(operations: &[SpiOperation]) -> Self {
        Self(
            operations
                .iter()
                .filter_map(|operation| match operation {
                    SpiOperation::Read(len) | SpiOperation::Transfer { read: len, .. } => {
                        Some(vec![0; *len])
                    }
                    SpiOperation::Write(_) | SpiOperation::DelayNs(_) => None,
                })
                .collect(),
        )
    }

    fn lend<'a>(&'a mut self, operations: &'a [SpiOperation]) -> Vec<Operation<'a, u8>> {
        let mut reads = self.0.iter_mut();
        operations
            .iter()
            .filter_map(|operation| match operation {
                SpiOperation::Read(_) => reads.next().map(|buffer| Operation::Read(buffer)),
                SpiOperation::Write(bytes) => Some(Operation::Write(bytes)),
                SpiOperation::Transfer { write, .. } => {
                    reads.next().map(|buffer| Operation::Transfer(buffer, write))
                }
                SpiOperation::DelayNs(ns) => Some(Operation::DelayNs(*ns)),
            })
            .collect()
    }

    fn outcome(self, result: Result<(), SpiError>) -> Outcome<SpiError> {
        result.map(|()| self.0)
    }
}
