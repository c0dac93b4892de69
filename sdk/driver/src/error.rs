//! From the errors of buses to those of devices.

use embedded_hal::i2c::{Error as _, ErrorKind};
use periplasm_hal::I2cError;

use crate::{BusFault, Error};

impl From<I2cError> for Error {
    fn from(error: I2cError) -> Self {
        Self::Bus(match error.kind() {
            ErrorKind::Bus => BusFault::Bus,
            ErrorKind::ArbitrationLoss => BusFault::ArbitrationLoss,
            ErrorKind::NoAcknowledge(_) => BusFault::NoAcknowledge,
            ErrorKind::Overrun => BusFault::Overrun,
            _ => BusFault::Other,
        })
    }
}
