//! Drives a motor with pins and pulses, wherever they come from.
#![no_std]

use bindings::{exports::periplasm::device::motor, fault, in1, in2, speed};
use periplasm_driver::hal::embedded_hal::digital::{InputPin as _, OutputPin as _};
use periplasm_driver::hal::embedded_hal::pwm::SetDutyCycle as _;
use periplasm_driver::hal::{InputPin, OutputPin, PinError, Pwm, PwmError};
use periplasm_driver::{Device, Error};

periplasm_driver::driver!(Motor);

struct Motor;

struct Bridge {
    forwards: OutputPin,
    backwards: OutputPin,
    fault: InputPin,
    speed: Pwm,
}

static BRIDGE: Device<Bridge> = Device::new(|| {
    Ok(Bridge {
        forwards: in1::open(),
        backwards: in2::open(),
        fault: fault::open(),
        speed: speed::open(),
    })
});

fn pin(error: PinError) -> Error {
    match error {
        PinError::Gone => Error::Gone,
        PinError::Other => Error::NotReady,
    }
}

fn pulses(error: PwmError) -> Error {
    match error {
        PwmError::Gone => Error::Gone,
        _ => Error::InvalidData,
    }
}

impl motor::Guest for Motor {
    fn drive(speed: i16) -> Result<(), Error> {
        BRIDGE.with(|bridge| {
            if bridge.fault.is_high().map_err(pin)? {
                return Err(Error::NotReady);
            }
            let (thousandths, full) = (speed.unsigned_abs(), 1000);
            if thousandths > full {
                return Err(Error::InvalidData);
            }
            bridge.forwards.set_state((speed > 0).into()).map_err(pin)?;
            bridge.backwards.set_state((speed < 0).into()).map_err(pin)?;
            bridge.speed.set_duty_cycle_fraction(thousandths, full).map_err(pulses)
        })
    }

    fn brake() -> Result<(), Error> {
        BRIDGE.with(|bridge| {
            bridge.forwards.set_high().map_err(pin)?;
            bridge.backwards.set_high().map_err(pin)
        })
    }
}
