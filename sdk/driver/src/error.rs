//! From the errors of buses and pins to those of devices.

use embedded_hal::{i2c, i2c::Error as _, spi};
use periplasm_hal::{I2cError, PinError, SpiError};

use crate::{BusFault, Error};

impl From<I2cError> for Error {
    fn from(error: I2cError) -> Self {
        use i2c::ErrorKind;
        Self::Bus(match error.kind() {
            ErrorKind::Bus => BusFault::Bus,
            ErrorKind::ArbitrationLoss => BusFault::ArbitrationLoss,
            ErrorKind::NoAcknowledge(_) => BusFault::NoAcknowledge,
            ErrorKind::Overrun => BusFault::Overrun,
            _ => BusFault::Other,
        })
    }
}

impl From<SpiError> for Error {
    fn from(error: SpiError) -> Self {
        use spi::ErrorKind;
        Self::Bus(match error {
            SpiError::Gone => return Self::Gone,
            SpiError::Bus(ErrorKind::Overrun) => BusFault::Overrun,
            // Two controllers drove the bus.
            SpiError::Bus(ErrorKind::ModeFault) => BusFault::ArbitrationLoss,
            SpiError::Bus(ErrorKind::FrameFormat) => BusFault::Bus,
            _ => BusFault::Other,
        })
    }
}

impl From<PinError> for Error {
    fn from(error: PinError) -> Self {
        match error {
            PinError::Gone => Self::Gone,
            PinError::Other => Self::Bus(BusFault::Other),
        }
    }
}
