//! Voltages as numbers.

use core::fmt;

use crate::Adc;
use crate::bindings::periplasm::hal::adc as wit;

/// One input of a converter.
///
/// embedded-hal 1.0 has no trait for it. This one is for what is written on
/// Periplasm, a mapping or an own driver; drivers on embedded-hal 0.2 take the
/// handle through that version's `OneShot`.
pub trait AdcChannel {
    /// Why a voltage could not be read.
    type Error: fmt::Debug;

    /// Converts once: the code, as the converter gives it.
    ///
    /// # Errors
    ///
    /// What the converter reports.
    fn read(&mut self) -> Result<i32, Self::Error>;

    /// Converts once: the voltage in µV.
    ///
    /// # Errors
    ///
    /// What the converter reports.
    fn read_microvolts(&mut self) -> Result<i32, Self::Error>;

    /// The largest code. It is never 0 and never changes.
    fn max_code(&self) -> i32;
}

/// Why a voltage could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdcError {
    /// The voltage is outside of what the converter can measure.
    OutOfRange,
    /// The converter is not there any more.
    Gone,
    /// Anything else.
    Other,
}

impl fmt::Display for AdcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfRange => "the voltage is out of range",
            Self::Gone => "the converter is gone",
            Self::Other => "the converter failed",
        })
    }
}

impl core::error::Error for AdcError {}

impl From<wit::Error> for AdcError {
    fn from(error: wit::Error) -> Self {
        match error {
            wit::Error::OutOfRange => Self::OutOfRange,
            wit::Error::Gone => Self::Gone,
            wit::Error::Other => Self::Other,
        }
    }
}

impl AdcChannel for Adc {
    type Error = AdcError;

    fn read(&mut self) -> Result<i32, AdcError> {
        Ok(wit::Adc::read(self)?)
    }

    fn read_microvolts(&mut self) -> Result<i32, AdcError> {
        Ok(wit::Adc::read_microvolts(self)?)
    }

    fn max_code(&self) -> i32 {
        wit::Adc::max_code(self)
    }
}
