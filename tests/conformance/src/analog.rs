//! `embedded_hal::pwm`, and the converter.

use alloc::vec::Vec;

use embedded_hal::pwm::SetDutyCycle;

use crate::{Case, Hardware, Outcome, bad, good, same};

pub(crate) fn add<H: Hardware>(cases: &mut Vec<Case<H>>) {
    cases.extend([
        Case { name: "SetDutyCycle: every duty up to the maximum is taken", run: duties },
        Case { name: "SetDutyCycle: a duty above the maximum is refused", run: above },
        Case { name: "SetDutyCycle: parts and percents are of the maximum", run: parts },
        Case { name: "ADC: code and voltage agree", run: adc },
    ]);
}

fn duties<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut pwm = hardware.pwm();
    let max = pwm.max_duty_cycle();
    if max == 0 {
        return Err("max_duty_cycle is 0".into());
    }
    for duty in [0, 1, max / 2, max - 1, max] {
        good("set_duty_cycle", pwm.set_duty_cycle(duty))?;
    }
    good("fully off", pwm.set_duty_cycle_fully_off())?;
    good("fully on", pwm.set_duty_cycle_fully_on())
}

fn above<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut pwm = hardware.pwm();
    let max = pwm.max_duty_cycle();
    if max < u16::MAX {
        bad("max + 1", pwm.set_duty_cycle(max + 1))?;
        bad("65535", pwm.set_duty_cycle(u16::MAX))?;
    }
    same!(pwm.max_duty_cycle(), max);
    good("after it", pwm.set_duty_cycle(max))
}

fn parts<H: Hardware>(hardware: &mut H) -> Outcome {
    let mut pwm = hardware.pwm();
    good("half", pwm.set_duty_cycle_fraction(1, 2))?;
    good("40 %", pwm.set_duty_cycle_percent(40))?;
    good("100 %", pwm.set_duty_cycle_percent(100))
}

fn adc<H: Hardware>(hardware: &mut H) -> Outcome {
    let (code, microvolts) = hardware.adc()?;
    // Half of the full scale, give or take one step of 610 µV.
    if !(2046..=2049).contains(&code) {
        same!(code, 2048, "code");
    }
    if !(1_249_389..=1_250_611).contains(&microvolts) {
        same!(microvolts, 1_250_000, "µV");
    }
    Ok(())
}
