//! Pulses of a variable width.

use core::fmt;

use embedded_hal::pwm::{Error, ErrorKind, ErrorType, SetDutyCycle};

use crate::Pwm;
use crate::bindings::periplasm::hal::pwm as wit;

/// Why a duty cycle could not be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PwmError {
    /// Above the duty cycle that is always on. Nothing was changed.
    AboveMax,
    /// The output is not there any more.
    Gone,
    /// Anything else.
    Other,
}

impl Error for PwmError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl fmt::Display for PwmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AboveMax => "the duty cycle is above the largest",
            Self::Gone => "the output is gone",
            Self::Other => "the output failed",
        })
    }
}

impl core::error::Error for PwmError {}

impl From<wit::Error> for PwmError {
    fn from(error: wit::Error) -> Self {
        match error {
            wit::Error::AboveMax => Self::AboveMax,
            wit::Error::Gone => Self::Gone,
            wit::Error::Other => Self::Other,
        }
    }
}

impl ErrorType for Pwm {
    type Error = PwmError;
}

impl SetDutyCycle for Pwm {
    fn max_duty_cycle(&self) -> u16 {
        wit::Pwm::max_duty_cycle(self)
    }

    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), PwmError> {
        Ok(wit::Pwm::set_duty_cycle(self, duty)?)
    }
}
