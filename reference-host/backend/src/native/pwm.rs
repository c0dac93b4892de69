//! Pulses.

use std::fmt;

use embedded_hal::pwm::{ErrorType, SetDutyCycle};

use crate::{Pwm, PwmError};

/// An output of pulses as embedded-hal's `SetDutyCycle`.
pub struct NativePwm(Box<dyn Pwm>);

impl NativePwm {
    /// Drives `output`.
    pub fn new(output: impl Pwm + 'static) -> Self {
        Self(Box::new(output))
    }
}

impl fmt::Debug for NativePwm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativePwm").finish_non_exhaustive()
    }
}

impl ErrorType for NativePwm {
    type Error = PwmError;
}

impl SetDutyCycle for NativePwm {
    fn max_duty_cycle(&self) -> u16 {
        self.0.max_duty()
    }

    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), PwmError> {
        self.0.set_duty(duty)
    }
}
