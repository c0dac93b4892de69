//! The crates.io driver `bme280`, untouched, as a component.
#![no_std]

use bindings::{bus, exports::periplasm::device};
use bme280::{Measurements, i2c::BME280};
use device::{barometer, hygrometer, thermometer};
use periplasm_driver::{Delay, Device, Error, I2c, I2cError, seven_bit, units::milli};

periplasm_driver::driver!(Bme280);

struct Bme280;

static CHIP: Device<BME280<I2c>> = Device::new(|| {
    let mut chip = BME280::new(bus::open(), seven_bit(&bus::addresses())?);
    chip.init(&mut Delay).map_err(fault)?;
    Ok(chip)
});

fn measure() -> Result<Measurements<I2cError>, Error> {
    CHIP.with(|chip| chip.measure(&mut Delay).map_err(fault))
}

fn fault(error: bme280::Error<I2cError>) -> Error {
    match error {
        bme280::Error::Bus(error) => error.into(),
        _ => Error::InvalidData,
    }
}

impl thermometer::Guest for Bme280 {
    fn temperature() -> Result<i32, Error> {
        milli(measure()?.temperature)
    }
}

impl hygrometer::Guest for Bme280 {
    fn humidity() -> Result<u32, Error> {
        milli(measure()?.humidity)
    }
}

impl barometer::Guest for Bme280 {
    fn pressure() -> Result<u32, Error> {
        milli(measure()?.pressure)
    }
}
