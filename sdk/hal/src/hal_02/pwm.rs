//! Pulses.

use embedded_hal::pwm::SetDutyCycle;

use crate::{Pwm, PwmError};

/// An output as embedded-hal 0.2 has it: it can be disabled, and knows its duty
/// cycle. It starts enabled, and with whatever duty cycle the output has: 0 by
/// its own count.
///
/// 0.2 has no way to say that a call failed. The first error is kept: ask
/// [`Self::check`] after the driver's calls.
#[derive(Debug)]
pub struct PwmPin<P = Pwm> {
    pwm: P,
    duty: u16,
    enabled: bool,
    error: Option<PwmError>,
}

impl<P: SetDutyCycle<Error = PwmError>> PwmPin<P> {
    /// A pin on an output.
    pub fn new(pwm: P) -> Self {
        Self { pwm, duty: 0, enabled: true, error: None }
    }

    /// Whether all went well since the last check.
    ///
    /// # Errors
    ///
    /// The first error since then.
    pub fn check(&mut self) -> Result<(), PwmError> {
        self.error.take().map_or(Ok(()), Err)
    }

    fn drive(&mut self) {
        let duty = if self.enabled { self.duty } else { 0 };
        if let Err(error) = self.pwm.set_duty_cycle(duty) {
            self.error.get_or_insert(error);
        }
    }
}

impl<P: SetDutyCycle<Error = PwmError>> embedded_hal_02::PwmPin for PwmPin<P> {
    type Duty = u16;

    fn disable(&mut self) {
        self.enabled = false;
        self.drive();
    }

    fn enable(&mut self) {
        self.enabled = true;
        self.drive();
    }

    fn get_duty(&self) -> u16 {
        self.duty
    }

    fn get_max_duty(&self) -> u16 {
        self.pwm.max_duty_cycle()
    }

    fn set_duty(&mut self, duty: u16) {
        self.duty = duty;
        if self.enabled {
            self.drive();
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use embedded_hal::pwm::ErrorType;
    use embedded_hal_02::PwmPin as _;

    use super::*;

    struct Output(Vec<u16>);

    impl ErrorType for Output {
        type Error = PwmError;
    }

    impl SetDutyCycle for Output {
        fn max_duty_cycle(&self) -> u16 {
            100
        }

        fn set_duty_cycle(&mut self, duty: u16) -> Result<(), PwmError> {
            self.0.push(duty);
            if duty > 100 { Err(PwmError::AboveMax) } else { Ok(()) }
        }
    }

    #[test]
    fn a_disabled_pin_is_off_and_keeps_its_duty_cycle() {
        let mut pin = PwmPin::new(Output(vec![]));
        pin.set_duty(40);
        pin.disable();
        pin.set_duty(60);
        pin.enable();
        assert_eq!(pin.pwm.0, [40, 0, 60]);
        assert_eq!((pin.get_duty(), pin.get_max_duty(), pin.check()), (60, 100, Ok(())));
    }

    #[test]
    fn an_error_is_kept_until_it_is_asked_for() {
        let mut pin = PwmPin::new(Output(vec![]));
        pin.set_duty(101);
        pin.set_duty(1);
        assert_eq!(pin.check(), Err(PwmError::AboveMax));
        assert_eq!(pin.check(), Ok(()));
    }
}
