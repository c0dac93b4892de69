//! The crates.io driver `tmp117`, untouched, as a component: its async half,
//! which waits for the chip's pin.
#![no_std]

use bindings::{alert, bus, exports::periplasm::device::thermometer};
use periplasm_driver::units::milli;
use periplasm_driver::{
    BusFault, Delay, Device, Error, I2c, I2cError, InputPin, block_on, seven_bit, within_ms,
};
use tmp117::{asynchronous, register::Average};

periplasm_driver::driver!(Tmp117);

struct Tmp117;

type Chip = asynchronous::Tmp117<I2c, I2cError, InputPin, Delay>;

/// Eight averaged conversions take 125 ms; a pin that is silent for so long is
/// not connected.
const PATIENCE_MS: u32 = 500;

static CHIP: Device<Chip> = Device::new(|| {
    let address = seven_bit(&bus::addresses())?;
    Ok(Chip::new_alert(bus::open(), address, alert::open(), Delay))
});

fn fault(error: tmp117::Error<I2cError>) -> Error {
    match error {
        tmp117::Error::Bus(error) => error.into(),
        tmp117::Error::AlertPin => Error::Bus(BusFault::Other),
        tmp117::Error::DataNotReady | tmp117::Error::Timeout => Error::NotReady,
        tmp117::Error::InvalidData => Error::InvalidData,
    }
}

impl thermometer::Guest for Tmp117 {
    fn temperature() -> Result<i32, Error> {
        CHIP.with(|chip| {
            let reading = block_on(within_ms(PATIENCE_MS, chip.oneshot(Average::Avg8)));
            milli(reading.ok_or(Error::NotReady)?.map_err(fault)?)
        })
    }
}
