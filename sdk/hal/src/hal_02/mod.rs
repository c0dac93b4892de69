//! embedded-hal 0.2, for the drivers that are still on it.
//!
//! The handles implement its traits themselves, so such a driver takes them as
//! any other does, and its errors are the same. Three need a word:
//!
//! - A [`SpiDevice`](crate::SpiDevice) selects the chip for each call. A driver
//!   that wants to drive chip select itself, with a pin of its own, gets a
//!   [`SpiBus`](crate::SpiBus) and an [`OutputPin`](crate::OutputPin), or, if it
//!   selects for each call too, a `SpiDevice` and a [`NoPin`](crate::NoPin).
//! - [`PwmPin`] remembers what 0.2 asks of a pin and no handle has.
//! - [`Converter`] is the converter that an [`Adc`](crate::Adc) is an input of.
//!
//! The crate embedded-hal-compat does the same by wrapping, for what it has. It
//! has no `SpiDevice`, no `u8` delays, no serial port and no converter, and
//! nobody else may add them to its wrapper.

mod adc;
mod delay;
mod i2c;
mod pins;
mod pwm;
mod serial;
mod spi;

pub use adc::Converter;
pub use pwm::PwmPin;
