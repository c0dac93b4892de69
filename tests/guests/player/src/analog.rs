//! Pulses and voltages.

use alloc::vec;

use embedded_hal::pwm::{Error as _, SetDutyCycle};
use serde::{Deserialize, Serialize};

use crate::{Converter, Hardware, Kinds, Outcome, done, kind};

/// One call to an output of pulses or a converter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// `SetDutyCycle::max_duty_cycle`.
    MaxDuty,
    /// `SetDutyCycle::set_duty_cycle`.
    SetDuty(u16),
    /// `SetDutyCycle::set_duty_cycle_fully_on`.
    FullyOn,
    /// `SetDutyCycle::set_duty_cycle_fully_off`.
    FullyOff,
    /// `SetDutyCycle::set_duty_cycle_percent`, at most 100.
    Percent(u8),
    /// The converter's code.
    Code,
    /// The voltage.
    Microvolts,
    /// The largest code.
    MaxCode,
}

pub(crate) fn play<K: Kinds>(hardware: &mut Hardware<K>, call: &Call) -> Outcome {
    let (pwm, adc) = (&mut hardware.pwm, &mut hardware.adc);
    match call {
        Call::MaxDuty => Ok(vec![pwm.max_duty_cycle().to_be_bytes().to_vec()]),
        Call::SetDuty(duty) => done(pwm.set_duty_cycle(*duty), |e| kind(e.kind())),
        Call::FullyOn => done(pwm.set_duty_cycle_fully_on(), |e| kind(e.kind())),
        Call::FullyOff => done(pwm.set_duty_cycle_fully_off(), |e| kind(e.kind())),
        Call::Percent(percent) => done(pwm.set_duty_cycle_percent(*percent), |e| kind(e.kind())),
        Call::Code => Ok(vec![adc.code()?.to_be_bytes().to_vec()]),
        Call::Microvolts => Ok(vec![adc.microvolts()?.to_be_bytes().to_vec()]),
        Call::MaxCode => Ok(vec![adc.max_code().to_be_bytes().to_vec()]),
    }
}
