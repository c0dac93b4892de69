//! The I2C trait, and a bus that several stages share.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use embedded_hal::i2c::{ErrorKind, Operation};

use crate::I2cAddress;

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
}

impl<B: I2cBus + ?Sized> I2cBus for Box<B> {
    fn transaction(
        &mut self,
        address: I2cAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), ErrorKind> {
        (**self).transaction(address, operations)
    }
}

/// A bus that any number of stages and pipelines use, one transaction at a
/// time.
#[derive(Clone)]
pub struct SharedI2c(Arc<Mutex<dyn I2cBus>>);

impl SharedI2c {
    /// Shares `bus`.
    pub fn new(bus: impl I2cBus + 'static) -> Self {
        Self(Arc::new(Mutex::new(bus)))
    }

    /// Performs one transaction while nobody else has the bus.
    pub fn transaction(
        &self,
        address: I2cAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), ErrorKind> {
        // A backend that panicked in the middle of a transaction poisons the
        // lock; the wires have no memory of it, so the next one may go on.
        let mut bus = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bus.transaction(address, operations)
    }
}

impl fmt::Debug for SharedI2c {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedI2c").finish_non_exhaustive()
    }
}
