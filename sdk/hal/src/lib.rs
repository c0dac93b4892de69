//! embedded-hal's traits on a component's slots.
//!
//! # For driver authors
//!
//! A slot's `open` gives a handle that *is* what a driver crate asks for.
//!
//! | slot | handle | implements |
//! | --- | --- | --- |
//! | `wasi:i2c/i2c` | [`I2c`] | `I2c` with 7- and 10-bit addresses, blocking and async |
//! | `periplasm:hal/spi` | [`SpiDevice`] | `SpiDevice`, blocking and async |
//! | `periplasm:hal/spi-bus` | [`SpiBus`] | `SpiBus`, blocking and async |
//! | `periplasm:hal/output-pin` | [`OutputPin`] | `OutputPin`, `StatefulOutputPin` |
//! | `periplasm:hal/input-pin` | [`InputPin`] | `InputPin`, async `Wait` |
//! | `periplasm:hal/pwm` | [`Pwm`] | `SetDutyCycle` |
//! | `periplasm:hal/adc` | [`Adc`] | [`AdcChannel`] |
//! | `periplasm:hal/serial` | [`Serial`] | embedded-io and embedded-io-async 0.6 and 0.7, embedded-hal-nb |
//! | `periplasm:hal/can` | [`Can`] | embedded-can, blocking and nb, with [`CanFrame`] |
//! | none | [`Delay`] | `DelayNs`, blocking and async |
//! | none | [`NoPin`] | `OutputPin`: a pin that the board has no line for |
//! | none | [`TwoWayPin`] of an [`OutputPin`] and an [`InputPin`] | both in one |
//! | none | [`SpiNb`] on an [`SpiBus`] | `FullDuplex` of embedded-hal-nb |
//!
//! Each also implements what embedded-hal 0.2 has for it: [`hal_02`]. An async
//! driver is called through [`block_on`].
//!
//! nb's `WouldBlock` comes after a millisecond without a byte or a frame: a
//! driver that asks in a loop sleeps meanwhile, and simulated time goes on.
//!
//! # For SDK authors
//!
//! `bindings` holds what wit-bindgen made of the shared interfaces. A handle is
//! wit-bindgen's in a type of its own: its methods have the names of
//! embedded-hal's and would hide them. Nothing is copied that the component
//! model does not copy. The bindings of a driver take their types from [`slot`].
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
mod spi_nb;
mod two_way;

pub use adc::{AdcChannel, AdcError};
#[doc(hidden)]
pub use asynch::Lock;
pub use asynch::{Anywhere, Happening, anywhere, block_on, happening, within_ms};
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
pub use serial::{SerialError, SerialWithin};
pub use spi::SpiError;
pub use spi_nb::SpiNb;
pub use two_way::TwoWayPin;
