//! The crates.io driver `pwm-pca9685`, untouched, as a component.
#![no_std]

use bindings::{bus, exports::periplasm::device::pwm, exports::periplasm::hal::pwm as given};
use periplasm_driver::embedded_hal::delay::DelayNs;
use periplasm_driver::{Delay, Device, Error, I2c, I2cError, seven_bit};
use pwm_pca9685::{Channel, Pca9685};

periplasm_driver::driver!(Pwm);
periplasm_driver::gives!(Pwm: Pwm {
    c0 = Output(0), c1 = Output(1), c2 = Output(2), c3 = Output(3),
    c4 = Output(4), c5 = Output(5), c6 = Output(6), c7 = Output(7),
    c8 = Output(8), c9 = Output(9), c10 = Output(10), c11 = Output(11),
    c12 = Output(12), c13 = Output(13), c14 = Output(14), c15 = Output(15),
});

struct Pwm;

/// The chip's oscillator, in mHz.
const OSCILLATOR: u64 = 25_000_000_000;

/// Parts of a period.
const COUNTS: u32 = 4096;

static CHIP: Device<Pca9685<I2c>> = Device::new(|| {
    let mut chip = Pca9685::new(bus::open(), seven_bit(&bus::addresses())?).map_err(fault)?;
    chip.enable().map_err(fault)?;
    // The oscillator's start.
    Delay.delay_us(500);
    Ok(chip)
});

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
            // It sleeps meanwhile, and what was on is on again after a restart.
            chip.set_prescale(prescale).map_err(fault)?;
            chip.restart(&mut Delay).map_err(fault)
        })
    }
}

/// One of the sixteen, in another stage's slot.
struct Output(u8);

impl given::Guest for Pwm {
    type Pwm = Output;
}

impl given::GuestPwm for Output {
    fn max_duty_cycle(&self) -> u16 {
        u16::MAX
    }

    fn set_duty_cycle(&self, duty: u16) -> Result<(), given::Error> {
        <Pwm as pwm::Guest>::set_duty(self.0, duty).map_err(|error| match error {
            Error::Gone => given::Error::Gone,
            _ => given::Error::Other,
        })
    }
}
