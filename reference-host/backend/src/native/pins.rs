//! Pins.

use std::fmt;

use embedded_hal::digital::{self, ErrorType, PinState, StatefulOutputPin};

use crate::{InputPin, Level, OutputPin, PinError};

/// An output as embedded-hal's `OutputPin` and `StatefulOutputPin`.
pub struct NativeOutput(Box<dyn OutputPin>);

impl NativeOutput {
    /// Drives `pin`.
    pub fn new(pin: impl OutputPin + 'static) -> Self {
        Self(Box::new(pin))
    }
}

impl fmt::Debug for NativeOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeOutput").finish_non_exhaustive()
    }
}

impl ErrorType for NativeOutput {
    type Error = PinError;
}

impl digital::OutputPin for NativeOutput {
    fn set_low(&mut self) -> Result<(), PinError> {
        self.0.set(Level::Low)
    }

    fn set_high(&mut self) -> Result<(), PinError> {
        self.0.set(Level::High)
    }

    fn set_state(&mut self, state: PinState) -> Result<(), PinError> {
        self.0.set((state == PinState::High).into())
    }
}

impl StatefulOutputPin for NativeOutput {
    fn is_set_high(&mut self) -> Result<bool, PinError> {
        Ok(self.0.get()?.is_high())
    }

    fn is_set_low(&mut self) -> Result<bool, PinError> {
        Ok(!self.0.get()?.is_high())
    }
}

/// An input as embedded-hal's `InputPin`.
pub struct NativeInput(pub(super) Box<dyn InputPin>);

impl NativeInput {
    /// Reads `pin`.
    pub fn new(pin: impl InputPin + 'static) -> Self {
        Self(Box::new(pin))
    }
}

impl fmt::Debug for NativeInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeInput").finish_non_exhaustive()
    }
}

impl ErrorType for NativeInput {
    type Error = PinError;
}

impl digital::InputPin for NativeInput {
    fn is_high(&mut self) -> Result<bool, PinError> {
        Ok(self.0.level()?.is_high())
    }

    fn is_low(&mut self) -> Result<bool, PinError> {
        Ok(!self.0.level()?.is_high())
    }
}
