//! The crates.io driver `tb6612fng`, untouched, as a component.
#![no_std]

use bindings::exports::periplasm::device::motor;
use bindings::{in1, in2, speed, standby};
use periplasm_driver::embedded_hal::digital::OutputPin as _;
use periplasm_driver::{Device, Error, OutputPin, PinError, Pwm, PwmError};
use tb6612fng::{DriveCommand, Motor, MotorError};

periplasm_driver::driver!(Tb6612fng);

struct Tb6612fng;

static MOTOR: Device<Motor<OutputPin, OutputPin, Pwm>> = Device::new(|| {
    let motor = Motor::new(in1::open(), in2::open(), speed::open()).map_err(fault)?;
    standby::open().set_high()?;
    Ok(motor)
});

fn fault(error: MotorError<PinError, PinError, PwmError>) -> Error {
    match error {
        MotorError::In1Error(error) | MotorError::In2Error(error) => error.into(),
        MotorError::PwmError(error) => error.into(),
        MotorError::InvalidSpeed => Error::InvalidData,
    }
}

fn command(command: DriveCommand) -> Result<(), Error> {
    MOTOR.with(|motor| motor.drive(command).map_err(fault))
}

impl motor::Guest for Tb6612fng {
    fn drive(speed: i16) -> Result<(), Error> {
        // The driver has percent.
        let percent = u8::try_from((speed.unsigned_abs() + 5) / 10).unwrap_or(u8::MAX);
        match speed {
            0 => command(DriveCommand::Stop),
            1..=1000 => command(DriveCommand::Forward(percent)),
            -1000..0 => command(DriveCommand::Backward(percent)),
            _ => Err(Error::InvalidData),
        }
    }

    fn brake() -> Result<(), Error> {
        command(DriveCommand::Brake)
    }
}
