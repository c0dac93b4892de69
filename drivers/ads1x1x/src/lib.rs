//! The crates.io driver `ads1x1x`, untouched, as a component.
#![no_std]

use ads1x1x::{Ads1x1x, FullScaleRange, TargetAddr, channel, ic, mode};
use bindings::{bus, exports::periplasm::device::adc};
use periplasm_driver::{BusFault, Device, Error, I2c, I2cError, nb, poll, seven_bit};

periplasm_driver::driver!(Ads1115);

struct Ads1115;

type Chip = Ads1x1x<I2c, ic::Ads1115, ic::Resolution16Bit, mode::OneShot>;

static CHIP: Device<Chip> = Device::new(|| {
    let address = match seven_bit(&bus::addresses())? {
        0x48 => TargetAddr::Gnd,
        0x49 => TargetAddr::Vdd,
        0x4a => TargetAddr::Sda,
        0x4b => TargetAddr::Scl,
        _ => return Err(Error::Bus(BusFault::Other)),
    };
    let mut chip = Ads1x1x::new_ads1115(bus::open(), address);
    // All that an input may be at: up to the highest supply, 5.5 V.
    chip.set_full_scale_range(FullScaleRange::Within6_144V).map_err(fault)?;
    Ok(chip)
});

fn fault(error: ads1x1x::Error<I2cError>) -> Error {
    match error {
        ads1x1x::Error::I2C(error) => error.into(),
        _ => Error::InvalidData,
    }
}

fn convert(chip: &mut Chip, input: u8) -> nb::Result<i16, ads1x1x::Error<I2cError>> {
    match input {
        0 => chip.read(channel::SingleA0),
        1 => chip.read(channel::SingleA1),
        2 => chip.read(channel::SingleA2),
        _ => chip.read(channel::SingleA3),
    }
}

impl adc::Guest for Ads1115 {
    fn inputs() -> u8 {
        4
    }

    fn microvolts(input: u8) -> Result<i32, Error> {
        if input >= Self::inputs() {
            return Err(Error::InvalidData);
        }
        // 128 samples a second, within 10 %: 8.7 ms at most.
        let code = CHIP.with(|chip| poll(1_000, 20, fault, || convert(chip, input)))?;
        // Steps of 187.5 µV.
        Ok(i32::from(code) * 375 / 2)
    }
}
