//! From the errors of buses and pins to those of devices.

use embedded_hal::{i2c, i2c::Error as _, spi};
use periplasm_hal::embedded_can;
use periplasm_hal::{AdcError, CanError, I2cError, PinError, PwmError, SerialError, SpiError};

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

impl From<PwmError> for Error {
    fn from(error: PwmError) -> Self {
        match error {
            PwmError::AboveMax => Self::InvalidData,
            PwmError::Gone => Self::Gone,
            PwmError::Other => Self::Bus(BusFault::Other),
        }
    }
}

impl From<AdcError> for Error {
    fn from(error: AdcError) -> Self {
        match error {
            AdcError::OutOfRange => Self::InvalidData,
            AdcError::Gone => Self::Gone,
            AdcError::Other => Self::Bus(BusFault::Other),
        }
    }
}

impl From<SerialError> for Error {
    fn from(error: SerialError) -> Self {
        Self::Bus(match error {
            SerialError::Gone => return Self::Gone,
            SerialError::TimedOut => return Self::NotReady,
            SerialError::Overrun => BusFault::Overrun,
            SerialError::Parity | SerialError::FrameFormat | SerialError::Noise => BusFault::Bus,
            SerialError::Length | SerialError::Other => BusFault::Other,
        })
    }
}

impl From<CanError> for Error {
    fn from(error: CanError) -> Self {
        use embedded_can::ErrorKind;
        Self::Bus(match error {
            CanError::Gone => return Self::Gone,
            CanError::Bus(ErrorKind::Overrun) => BusFault::Overrun,
            CanError::Bus(ErrorKind::Acknowledge) => BusFault::NoAcknowledge,
            CanError::Bus(ErrorKind::Bit | ErrorKind::Stuff | ErrorKind::Crc | ErrorKind::Form) => {
                BusFault::Bus
            }
            _ => BusFault::Other,
        })
    }
}
