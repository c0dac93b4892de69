//! What turns a driver crate into a component.
//!
//! # For driver authors
//!
//! A driver crate is a world, its slots and its mapping. The world stands in
//! `wit/world.wit`:
//!
//! ```wit
//! package my:sensor;
//!
//! world sensor {
//!     include periplasm:hal/driver@0.1.0;
//!     import bus: interface {
//!         use wasi:i2c/i2c@0.2.0-draft.{address, i2c};
//!         open: func() -> i2c;
//!         addresses: func() -> list<address>;
//!     }
//!     export periplasm:device/thermometer@0.1.0;
//! }
//! ```
//!
//! and `src/lib.rs` maps the driver's calls to the interface:
//!
//! ```ignore
//! #![no_std]
//! use bindings::{bus, exports::periplasm::device::thermometer};
//! use chip::Chip; // from crates.io, on embedded-hal 1.0
//! use periplasm_driver::{Device, Error, I2c, I2cError, seven_bit, units::milli};
//!
//! periplasm_driver::driver!(Sensor);
//!
//! struct Sensor;
//!
//! static CHIP: Device<Chip<I2c>> =
//!     Device::new(|| Ok(Chip::new(bus::open(), seven_bit(&bus::addresses())?)));
//!
//! fn fault(error: chip::Error<I2cError>) -> Error {
//!     match error {
//!         chip::Error::I2c(error) => error.into(),
//!         _ => Error::InvalidData,
//!     }
//! }
//!
//! impl thermometer::Guest for Sensor {
//!     fn temperature() -> Result<i32, Error> {
//!         CHIP.with(|chip| milli(chip.read().map_err(fault)?))
//!     }
//! }
//! ```
//!
//! (`drivers/lm75` is this example in full; it is compiled and run by the
//! project's tests.) [`driver!`] gives the component its allocator and a panic
//! handler that reports the text through the `diag` slot.
//!
//! | when the driver | then |
//! | --- | --- |
//! | gives thousandths as integers | `reading.try_into().map_err(\|_\| Error::InvalidData)` where the types differ |
//! | waits | `&mut Delay` |
//! | says "not yet" (nb) | [`poll()`] |
//! | always uses one address | the slot needs no `addresses`; the manifest still requests the address |
//! | takes a bus, a pin, a port of another kind | the slot of that kind: the table in [`hal`] |
//! | asks for a pin that the board has no line for | [`NoPin`] |
//! | drives and reads one pin | [`TwoWayPin`] of two slots |
//! | drives chip select itself | a slot of `spi-bus` and one of `output-pin` |
//! | is async | [`block_on`]`(async { … })` around its calls; [`within_ms`] for what may never happen |
//! | reads a serial port by embedded-io | `port::open().within_ms(500)`, so that a dead chip is an error |
//! | is on embedded-hal 0.2 | the same handles; [`hal_02`] for PWM and converters |
//! | keeps blocks | [`blocks::Blocks`], or `storage` (feature `storage`) if it implements embedded-storage |
//! | is an embedded-graphics display | `picture::draw` (feature `graphics`) |
//! | does not do all: registers read by hand | [`I2c`] with [`embedded_hal::i2c::I2c`] in scope |
//! | gives pins or pulses to other stages | [`gives!`] |
//! | gives an I2C bus, or stands between one and a driver | [`gives_i2c!`] and [`i2c::GiveI2c`] |
//! | needs std | feature `std`, no `#![no_std]`, and `target = "wasm32-wasip2"` in `[package.metadata.periplasm]`: `compose` gives it a sealed WASI |
//! | has a choice that is not the board's: a rate, a mode | [`setting`]`("rate")`, from `settings` in the manifest |
//! | logs through defmt | [`silence_defmt!`] |
//! | has something to say | `bindings::diag::open().log(Level::Info, "…")` |
//!
//! Each handle's error converts into [`Error`]: `?` or `error.into()`.
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

periplasm_macros::sdk_bindings!("periplasm:device/sdk");

mod address;
pub mod blocks;
mod bytes;
mod device;
mod error;
mod gives;
pub mod i2c;
mod panic;
#[cfg(feature = "graphics")]
pub mod picture;
mod poll;
mod runtime;
mod settings;
mod silence;
#[cfg(feature = "storage")]
pub mod storage;
pub mod units;

pub use address::seven_bit;
pub use bindings::periplasm::device::types::{BusFault, Error};
pub use bytes::Bytes;
pub use device::Device;
pub use embedded_hal;
pub use nb;
pub use panic::panicked;
#[cfg(feature = "std")]
pub use panic::report_panics;
pub use periplasm_hal as hal;
pub use periplasm_hal::embedded_hal_async;
pub use periplasm_hal::{
    Adc, AdcChannel, AdcError, Buffer, Can, CanError, CanFrame, Condition, Delay, Diag, I2c,
    I2cError, InputPin, Level, NoPin, OutputPin, PinError, Pwm, PwmError, Serial, SerialError,
    SerialWithin, SpiBus, SpiDevice, SpiError, SpiNb, TwoWayPin, block_on, hal_02, within_ms,
};
pub use periplasm_macros::driver;
pub use poll::poll;
pub use settings::setting;
#[doc(hidden)]
pub use wit_bindgen;

/// For the macros.
#[doc(hidden)]
pub mod __private {
    pub use alloc::vec::Vec;
}

/// The allocator that [`driver!`] gives a component.
#[cfg(target_family = "wasm")]
pub type Allocator = dlmalloc::GlobalDlmalloc;

/// The one value of [`Allocator`].
#[cfg(target_family = "wasm")]
pub const ALLOCATOR: Allocator = dlmalloc::GlobalDlmalloc;
