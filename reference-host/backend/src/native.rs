//! A bus and a clock for a driver that runs natively, without a component.
//!
//! What a driver sees here is what it would see inside a component over the
//! same backend; the conformance tests and the benchmarks compare the two.
//!
//! ```
//! use std::sync::Arc;
//! use embedded_hal::i2c::{Error, ErrorKind, I2c, NoAcknowledgeSource};
//! use periplasm_backend::{SharedI2c, native::NativeI2c, sim};
//!
//! let empty = sim::Bus::new(Arc::new(sim::VirtualClock::new()));
//! let mut i2c = NativeI2c::new(SharedI2c::new(empty));
//! let error = i2c.write(0x76_u8, &[0xd0]).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
//! ```

use std::fmt;
use std::sync::Arc;

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{self, ErrorKind, I2c, Operation, SevenBitAddress, TenBitAddress};

use crate::{Clock, I2cAddress, SharedI2c};

/// A shared bus as embedded-hal's `I2c`, for 7-bit and for 10-bit addresses.
///
/// A number that is no address of its width is answered with
/// [`ErrorKind::Other`] and reaches no bus, as a component's call is.
#[derive(Clone, Debug)]
pub struct NativeI2c {
    bus: SharedI2c,
}

impl NativeI2c {
    /// Drives `bus`.
    pub fn new(bus: SharedI2c) -> Self {
        Self { bus }
    }

    fn run(
        &self,
        address: Option<I2cAddress>,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Error> {
        let address = address.ok_or(Error(ErrorKind::Other))?;
        self.bus.transaction(address, operations).map_err(Error)
    }
}

/// Why a transaction failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error(pub ErrorKind);

impl i2c::Error for Error {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {}

impl i2c::ErrorType for NativeI2c {
    type Error = Error;
}

impl I2c<SevenBitAddress> for NativeI2c {
    fn transaction(
        &mut self,
        address: SevenBitAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Error> {
        self.run(I2cAddress::seven_bit(address.into()).ok(), operations)
    }
}

impl I2c<TenBitAddress> for NativeI2c {
    fn transaction(
        &mut self,
        address: TenBitAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Error> {
        self.run(I2cAddress::ten_bit(address).ok(), operations)
    }
}

/// A clock as embedded-hal's `DelayNs`. Every delay is one wait, however long.
#[derive(Clone)]
pub struct NativeDelay {
    clock: Arc<dyn Clock>,
}

impl NativeDelay {
    /// Waits on `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

impl fmt::Debug for NativeDelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeDelay").finish_non_exhaustive()
    }
}

impl DelayNs for NativeDelay {
    fn delay_ns(&mut self, ns: u32) {
        self.clock.delay_ns(ns.into());
    }

    // embedded-hal's defaults for these two loop over `delay_ns`.
    fn delay_us(&mut self, us: u32) {
        self.clock.delay_ns(u64::from(us) * 1_000);
    }

    fn delay_ms(&mut self, ms: u32) {
        self.clock.delay_ns(u64::from(ms) * 1_000_000);
    }
}
