//! The crates.io driver `mpu6050`, untouched, as a component. It is on
//! embedded-hal 0.2.
#![no_std]

use bindings::{bus, exports::periplasm::device};
use device::{motion, thermometer};
use mpu6050::Mpu6050Error;
use periplasm_driver::{Delay, Device, Error, I2c, I2cError, seven_bit, units::milli};

periplasm_driver::driver!(Mpu6050);

struct Mpu6050;

/// m/s² in one g.
const GRAVITY: f32 = 9.806_65;

static CHIP: Device<mpu6050::Mpu6050<I2c>> = Device::new(|| {
    let address = seven_bit(&bus::addresses())?;
    let mut chip = mpu6050::Mpu6050::new_with_addr(bus::open(), address);
    chip.init(&mut Delay).map_err(fault)?;
    Ok(chip)
});

fn fault(error: Mpu6050Error<I2cError>) -> Error {
    match error {
        Mpu6050Error::I2c(error) => error.into(),
        Mpu6050Error::InvalidChipId(_) => Error::InvalidData,
    }
}

impl motion::Guest for Mpu6050 {
    fn acceleration() -> Result<motion::Vector, Error> {
        let g = CHIP.with(|chip| chip.get_acc().map_err(fault))?;
        let [x, y, z] = [g.x, g.y, g.z].map(|part| milli(part * GRAVITY));
        Ok(motion::Vector { x: x?, y: y?, z: z? })
    }
}

impl thermometer::Guest for Mpu6050 {
    fn temperature() -> Result<i32, Error> {
        milli(CHIP.with(|chip| chip.get_temp().map_err(fault))?)
    }
}
