//! The crates.io driver `sen0177`, untouched, as a component.
#![no_std]

use bindings::exports::periplasm::device::air_quality::{self, Particles};
use bindings::port;
use periplasm_driver::{Device, Error, SerialError, SerialWithin};
use sen0177::serial::Sen0177;
use sen0177::{AirQualitySensor, SensorError};

periplasm_driver::driver!(Sensor);

struct Sensor;

/// A frame comes every 2.3 s at the latest.
static SENSOR: Device<Sen0177<SerialWithin, SerialError>> =
    Device::new(|| Ok(Sen0177::new(port::open().within_ms(3_000))));

fn fault(error: SensorError<SerialError>) -> Error {
    match error {
        SensorError::ReadError(error) => error.into(),
        SensorError::BadMagic | SensorError::ChecksumMismatch => Error::InvalidData,
    }
}

impl air_quality::Guest for Sensor {
    fn read() -> Result<Particles, Error> {
        let reading = SENSOR.with(|sensor| sensor.read().map_err(fault))?;
        let (pm1, pm2_5, pm10) = (reading.pm1(), reading.pm2_5(), reading.pm10());
        Ok(Particles { pm1, pm2_5, pm10 })
    }
}
