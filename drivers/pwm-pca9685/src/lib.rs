//! The crates.io driver `pwm-pca9685`, untouched, as a component.
#![no_std]

use bindings::{bus, exports::periplasm::device::pwm};
use periplasm_driver::embedded_hal::delay::DelayNs;
use periplasm_driver::{Delay, Device, Error, I2c, I2cError, seven_bit};
use pwm_pca9685::{Channel, Pca9685};

periplasm_driver::driver!(Pwm);

struct Pwm;

/// The chip's oscillator, in mHz.
const OSCILLATOR: u64 = 25_000_000_000;

/// Parts of a period.
const COUNTS: u32 = 4096;

static CHIP: Device<Pca9685<I2c>> = Device::new(|| {
    let mut chip = Pca9685::new(bus::open(), seven_bit(&bus::addresses())?).map_err(fault)?;
    wake(&mut chip)?;
    Ok(chip)
});

fn wake(chip: &mut Pca9685<I2c>) -> Result<(), Error> {
    chip.enable().map_err(fault)?;
    // The oscillator's start.
    Delay.delay_us(500);
    Ok(())
}

fn fault(error: pwm_pca9685::Error<I2cError>) -> Error {
    match error {
        pwm_pca9685::Error::I2C(error) => error.into(),
        _ => Error::InvalidData,
    }
}

impl pwm::Guest for Pwm {
    fn channels() -> u8 {
        16
    }

    fn set_duty(channel: u8, duty: u16) -> Result<(), Error> {
        let channel = Channel::try_from(channel).map_err(|()| Error::InvalidData)?;
        let full = u32::from(u16::MAX);
        let counts = (u32::from(duty) * COUNTS + full / 2) / full;
        CHIP.with(|chip| match counts {
            0 => chip.set_channel_full_off(channel).map_err(fault),
            COUNTS => {
                chip.set_channel_full_on(channel, 0).map_err(fault)?;
                // "Full off", if it is set, would win.
                chip.set_channel_off(channel, 0).map_err(fault)
            }
            counts => chip.set_channel_on_off(channel, 0, counts as u16).map_err(fault),
        })
    }

    fn set_frequency(millihertz: u32) -> Result<(), Error> {
        let period = u64::from(COUNTS) * u64::from(millihertz);
        // Rounded, and one less: the chip counts from 0.
        let divider = (OSCILLATOR + period / 2).checked_div(period).ok_or(Error::InvalidData)?;
        let prescale = u8::try_from(divider.saturating_sub(1)).map_err(|_| Error::InvalidData)?;
        if prescale < 3 {
            return Err(Error::InvalidData);
        }
        CHIP.with(|chip| {
            chip.enable_restart_and_disable().map_err(fault)?;
            chip.set_prescale(prescale).map_err(fault)?;
            chip.restart(&mut Delay).map_err(fault)?;
            // Where nothing was on there was nothing to restart.
            wake(chip)
        })
    }
}
