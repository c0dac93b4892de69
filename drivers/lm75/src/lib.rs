//! The crates.io driver `lm75`, untouched, as a component.
#![no_std]

use bindings::{bus, exports::periplasm::device::thermometer};
use lm75::ic;
use periplasm_driver::{Device, Error, I2c, I2cError, seven_bit, units::milli};

periplasm_driver::driver!(Lm75);

struct Lm75;

static CHIP: Device<lm75::Lm75<I2c, ic::Lm75>> =
    Device::new(|| Ok(lm75::Lm75::new(bus::open(), seven_bit(&bus::addresses())?)));

fn fault(error: lm75::Error<I2cError>) -> Error {
    match error {
        lm75::Error::I2C(error) => error.into(),
        _ => Error::InvalidData,
    }
}

impl thermometer::Guest for Lm75 {
    fn temperature() -> Result<i32, Error> {
        CHIP.with(|chip| milli(chip.read_temperature().map_err(fault)?))
    }
}
