//! The crates.io driver `ds1307`, untouched, as a component.
#![no_std]

use bindings::{bus, exports::periplasm::device::clock};
use clock::DateTime;
use ds1307::{DateTimeAccess, Datelike, NaiveDate, Timelike};
use periplasm_driver::{Device, Error, I2c, I2cError};

periplasm_driver::driver!(Ds1307);

struct Ds1307;

static CHIP: Device<ds1307::Ds1307<I2c>> = Device::new(|| Ok(ds1307::Ds1307::new(bus::open())));

fn fault(error: ds1307::Error<I2cError>) -> Error {
    match error {
        ds1307::Error::I2C(error) => error.into(),
        _ => Error::InvalidData,
    }
}

impl clock::Guest for Ds1307 {
    fn now() -> Result<DateTime, Error> {
        CHIP.with(|chip| {
            // It stands still after it lost power.
            if !chip.running().map_err(fault)? {
                return Err(Error::NotReady);
            }
            let now = chip.datetime().map_err(fault)?;
            Ok(DateTime {
                year: now.year().try_into().map_err(|_| Error::InvalidData)?,
                month: now.month() as u8,
                day: now.day() as u8,
                hour: now.hour() as u8,
                minute: now.minute() as u8,
                second: now.second() as u8,
            })
        })
    }

    fn set(to: DateTime) -> Result<(), Error> {
        let date = NaiveDate::from_ymd_opt(to.year.into(), to.month.into(), to.day.into());
        let time = (to.hour.into(), to.minute.into(), to.second.into());
        let to = date.and_then(|date| date.and_hms_opt(time.0, time.1, time.2));
        let to = to.ok_or(Error::InvalidData)?;
        CHIP.with(|chip| {
            chip.set_datetime(&to).map_err(fault)?;
            chip.set_running().map_err(fault)
        })
    }
}
