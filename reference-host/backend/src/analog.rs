//! Pulses and voltages.

/// Why a duty cycle could not be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PwmError {
    /// Above the maximum. Nothing was changed.
    #[error("above the maximum duty cycle")]
    AboveMax,
    /// The output is not there any more.
    #[error("gone")]
    Gone,
    /// Anything else.
    #[error("other error")]
    Other,
}

impl embedded_hal::pwm::Error for PwmError {
    fn kind(&self) -> embedded_hal::pwm::ErrorKind {
        embedded_hal::pwm::ErrorKind::Other
    }
}

/// Why a voltage could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdcError {
    /// Outside of what the converter can measure.
    #[error("out of range")]
    OutOfRange,
    /// The converter is not there any more.
    #[error("gone")]
    Gone,
    /// Anything else.
    #[error("other error")]
    Other,
}

/// An output of pulses.
pub trait Pwm: Send {
    /// The duty cycle that is always on: never 0, always the same.
    fn max_duty(&self) -> u16;

    /// Is on for `duty` parts of [`Self::max_duty`].
    fn set_duty(&mut self, duty: u16) -> Result<(), PwmError>;
}

/// An input of a converter.
pub trait Adc: Send {
    /// The largest code: never 0, always the same.
    fn max_code(&self) -> i32;

    /// Converts once: the code.
    fn read(&mut self) -> Result<i32, AdcError>;

    /// Converts once: µV.
    fn read_microvolts(&mut self) -> Result<i32, AdcError>;
}
