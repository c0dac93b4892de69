//! Plays a sequence of calls to embedded-hal and its relatives, and writes down
//! what came of each. The same code runs natively and inside a component, so
//! that a difference between the two is a difference in what lies below them.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod analog;
pub mod can;
mod hardware;
pub mod i2c;
pub mod pins;
pub mod serial;
pub mod spi;
pub mod spi_bus;
pub mod together;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Debug;

use embedded_hal::delay::DelayNs;
pub use hardware::{Converter, Hardware, Kinds};
pub use postcard;
use serde::{Deserialize, Serialize};

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// To an I2C bus.
    I2c(i2c::Call),
    /// To an SPI device.
    Spi(spi::Call),
    /// To a whole SPI bus.
    SpiBus(spi_bus::Call),
    /// To a pin.
    Pins(pins::Call),
    /// To a PWM output or a converter.
    Analog(analog::Call),
    /// To a serial port.
    Serial(serial::Call),
    /// To a CAN bus.
    Can(can::Call),
    /// Several at once.
    Together(together::Call),
    /// `DelayNs::delay_ns`.
    DelayNs(u32),
    /// `DelayNs::delay_us`.
    DelayUs(u32),
    /// `DelayNs::delay_ms`.
    DelayMs(u32),
}

/// What came of a call: all that was read, in order, or the error's kind in
/// words.
pub type Outcome = Result<Vec<Vec<u8>>, String>;

/// Makes all `calls`, failed ones included, one after the other.
pub fn play<K: Kinds>(hardware: &mut Hardware<K>, calls: &[Call]) -> Vec<Outcome> {
    calls.iter().map(|call| play_one(hardware, call)).collect()
}

fn play_one<K: Kinds>(hardware: &mut Hardware<K>, call: &Call) -> Outcome {
    match call {
        Call::I2c(call) => return i2c::play(&mut hardware.i2c, call),
        Call::Spi(call) => return spi::play(&mut hardware.spi, call),
        Call::SpiBus(call) => return spi_bus::play(&mut hardware.spi_bus, call),
        Call::Pins(call) => return pins::play(hardware, call),
        Call::Analog(call) => return analog::play(hardware, call),
        Call::Serial(call) => return serial::play(&mut hardware.serial, call),
        Call::Can(call) => return can::play(&mut hardware.can, call),
        Call::Together(call) => return together::play(hardware, call),
        Call::DelayNs(ns) => hardware.delay.delay_ns(*ns),
        Call::DelayUs(us) => hardware.delay.delay_us(*us),
        Call::DelayMs(ms) => hardware.delay.delay_ms(*ms),
    }
    Ok(Vec::new())
}

/// What an unread buffer holds, so that a byte nobody wrote is seen.
const UNREAD: u8 = 0xa5;

fn kind(kind: impl Debug) -> String {
    format!("{kind:?}")
}

/// Nothing but that it went well.
fn done<E>(result: Result<(), E>, kind: impl FnOnce(E) -> String) -> Outcome {
    result.map(|()| Vec::new()).map_err(kind)
}
