//! Pins.

use core::fmt;

use embedded_hal::digital::{self, Error, ErrorKind, ErrorType, PinState};

use crate::bindings::periplasm::hal::{input_pin, output_pin, pin_types};
use crate::{InputPin, OutputPin};

/// Why a pin could not be read, set or waited on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinError {
    /// It is not there any more.
    Gone,
    /// Anything else.
    Other,
}

impl Error for PinError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl fmt::Display for PinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gone => "the pin is gone",
            Self::Other => "the pin failed",
        })
    }
}

impl core::error::Error for PinError {}

impl From<pin_types::Error> for PinError {
    fn from(error: pin_types::Error) -> Self {
        match error {
            pin_types::Error::Gone => Self::Gone,
            pin_types::Error::Other => Self::Other,
        }
    }
}

impl ErrorType for OutputPin {
    type Error = PinError;
}

impl digital::OutputPin for OutputPin {
    fn set_low(&mut self) -> Result<(), PinError> {
        Ok(self.set(false)?)
    }

    fn set_high(&mut self) -> Result<(), PinError> {
        Ok(self.set(true)?)
    }

    fn set_state(&mut self, state: PinState) -> Result<(), PinError> {
        Ok(self.set(state == PinState::High)?)
    }
}

impl digital::StatefulOutputPin for OutputPin {
    fn is_set_high(&mut self) -> Result<bool, PinError> {
        Ok(output_pin::OutputPin::is_set_high(self)?)
    }

    fn is_set_low(&mut self) -> Result<bool, PinError> {
        Ok(!output_pin::OutputPin::is_set_high(self)?)
    }
}

impl ErrorType for InputPin {
    type Error = PinError;
}

impl digital::InputPin for InputPin {
    fn is_high(&mut self) -> Result<bool, PinError> {
        Ok(input_pin::InputPin::is_high(self)?)
    }

    fn is_low(&mut self) -> Result<bool, PinError> {
        Ok(!input_pin::InputPin::is_high(self)?)
    }
}
