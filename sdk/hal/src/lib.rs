//! embedded-hal's traits on a component's slots.
//!
//! # For driver authors
//!
//! A slot's `open` gives a handle that *is* what a driver crate asks for:
//! [`I2c`], an I2C slot's, implements [`embedded_hal::i2c::I2c`] for 7- and
//! 10-bit addresses. [`Delay`] implements [`embedded_hal::delay::DelayNs`].
//!
//! # For SDK authors
//!
//! `bindings` holds what wit-bindgen made of the shared interfaces. [`I2c`] is
//! its handle in a type of its own: wit-bindgen's methods have the names of
//! embedded-hal's and would hide them. Nothing is copied that the component
//! model does not copy. The bindings of a driver take their types for
//! `wasi:i2c/i2c` from [`slot::i2c`].
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

periplasm_macros::sdk_bindings!("periplasm:hal/sdk");

mod adc;
mod asynch;
mod can;
mod delay;
mod fill;
pub mod hal_02;
mod handle;
mod i2c;
mod no_pin;
mod patience;
mod pins;
mod pwm;
mod serial;
pub mod slot;
mod spi;
mod spi_bus;

pub use adc::{AdcChannel, AdcError};
pub use asynch::{Happening, block_on, happening, within_ms};
pub use bindings::periplasm::hal::buffer::Buffer;
pub use bindings::periplasm::hal::diag::{Diag, Level};
pub use bindings::periplasm::hal::pin_types::{Condition, Edge};
pub use can::{CanError, CanFrame};
pub use delay::Delay;
pub use embedded_can;
pub use embedded_hal;
pub use embedded_hal_async;
pub use handle::{Adc, Can, I2c, InputPin, OutputPin, Pwm, Serial, SpiBus, SpiDevice};
pub use i2c::I2cError;
pub use no_pin::NoPin;
pub use pins::PinError;
pub use pwm::PwmError;
pub use serial::SerialError;
pub use spi::SpiError;
