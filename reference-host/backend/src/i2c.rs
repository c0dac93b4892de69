//! The I2C trait, and a bus that several stages share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use embedded_hal::i2c::{ErrorKind, Operation};

use crate::transfer::{Outcome, Transfer};
use crate::worker::Worker;
use crate::{I2cAddress, Moment};

/// An I2C bus controller.
///
/// Errors are embedded-hal's own kinds, so that nothing is lost between a
/// native driver, a model and a component.
pub trait I2cBus: Send {
    /// Performs `operations` as one transaction, with embedded-hal's contract
    /// (`embedded_hal::i2c::I2c::transaction`): one START, a repeated START
    /// where the direction changes, adjacent operations of one direction
    /// merged, one STOP. An empty list is answered with `Ok` and puts nothing
    /// on the bus.
    ///
    /// On an error the contents of the read buffers mean nothing.
    fn transaction(
        &mut self,
        address: I2cAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), ErrorKind>;

    /// Whether [`Self::start`] does anything: always the same.
    fn starts(&self) -> bool {
        false
    }

    /// Performs a transaction without waiting for its end: what comes of it, and
    /// when it is over on the wires. What cannot do so without blocking says
    /// `None`, and does nothing.
    fn start(
        &mut self,
        _address: I2cAddress,
        _operations: &mut [Operation<'_>],
    ) -> Option<(Result<(), ErrorKind>, Moment)> {
        None
    }
}

impl<B: I2cBus + ?Sized> I2cBus for Box<B> {
    fn transaction(
        &mut self,
        address: I2cAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), ErrorKind> {
        (**self).transaction(address, operations)
    }

    fn starts(&self) -> bool {
        (**self).starts()
    }

    fn start(
        &mut self,
        address: I2cAddress,
        operations: &mut [Operation<'_>],
    ) -> Option<(Result<(), ErrorKind>, Moment)> {
        (**self).start(address, operations)
    }
}

/// An operation of a transaction that is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum I2cOperation {
    /// Read so many bytes.
    Read(usize),
    /// Write these.
    Write(Vec<u8>),
}

/// A bus that any number of stages and pipelines use, one transaction at a
/// time.
#[derive(Clone)]
pub struct SharedI2c {
    bus: Arc<Mutex<dyn I2cBus>>,
    /// For a bus that can only block.
    worker: Option<Arc<Worker>>,
}

impl SharedI2c {
    /// Shares `bus`.
    pub fn new(bus: impl I2cBus + 'static) -> Self {
        let worker = (!bus.starts()).then(Arc::default);
        Self { bus: Arc::new(Mutex::new(bus)), worker }
    }

    /// Performs one transaction while nobody else has the bus.
    pub fn transaction(
        &self,
        address: I2cAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), ErrorKind> {
        lock(&self.bus).transaction(address, operations)
    }

    /// Starts one transaction. It has the bus when all that were started before
    /// are over; a bus that can only block has a thread to do so, for which 64
    /// transactions may wait: one more ends at once, with [`ErrorKind::Other`].
    pub fn start(&self, address: I2cAddress, operations: Vec<I2cOperation>) -> Transfer<ErrorKind> {
        let mut reads = Reads::new(&operations);
        let Some(worker) = &self.worker else {
            let mut lent = reads.lend(&operations);
            let started = lock(&self.bus).start(address, &mut lent);
            drop(lent);
            let Some((result, end)) = started else {
                return Transfer::ended(Err(ErrorKind::Other));
            };
            return Transfer::until(end, reads.outcome(result));
        };
        let (transfer, promise) = Transfer::elsewhere(ErrorKind::Other);
        let bus = self.bus.clone();
        worker.give(move || {
            let mut lent = reads.lend(&operations);
            let result = lock(&bus).transaction(address, &mut lent);
            drop(lent);
            promise.keep(reads.outcome(result));
        });
        transfer
    }
}

fn lock<'a>(bus: &'a Mutex<dyn I2cBus + 'static>) -> MutexGuard<'a, dyn I2cBus + 'static> {
    // A backend that panicked in the middle of a transaction poisons the lock;
    // the wires have no memory of it, so the next one may go on.
    bus.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The buffers of a transaction that is started.
struct Reads(Vec<Vec<u8>>);

impl Reads {
    fn new(operations: &[I2cOperation]) -> Self {
        Self(
            operations
                .iter()
                .filter_map(|operation| match operation {
                    I2cOperation::Read(len) => Some(vec![0; *len]),
                    I2cOperation::Write(_) => None,
                })
                .collect(),
        )
    }

    fn lend<'a>(&'a mut self, operations: &'a [I2cOperation]) -> Vec<Operation<'a>> {
        let mut reads = self.0.iter_mut();
        operations
            .iter()
            .filter_map(|operation| match operation {
                I2cOperation::Read(_) => reads.next().map(|buffer| Operation::Read(buffer)),
                I2cOperation::Write(bytes) => Some(Operation::Write(bytes)),
            })
            .collect()
    }

    fn outcome(self, result: Result<(), ErrorKind>) -> Outcome<ErrorKind> {
        result.map(|()| self.0)
    }
}

impl fmt::Debug for SharedI2c {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedI2c").finish_non_exhaustive()
    }
}
