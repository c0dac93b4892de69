//! I2C.

use std::fmt;

use embedded_hal::i2c::{self, ErrorKind, I2c, Operation, SevenBitAddress, TenBitAddress};

use crate::{I2cAddress, SharedI2c};

/// A shared bus as embedded-hal's `I2c`, for 7-bit and for 10-bit addresses.
///
/// A number that is no address of its width is answered with
/// [`ErrorKind::Other`] and reaches no bus, as a component's call is.
#[derive(Clone, Debug)]
pub struct NativeI2c {
    pub(super) bus: SharedI2c,
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
