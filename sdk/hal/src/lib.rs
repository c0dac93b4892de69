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

mod delay;
mod handle;
mod i2c;

pub use bindings::periplasm::hal::diag::{Diag, Level};
pub use delay::Delay;
pub use embedded_hal;
pub use handle::I2c;
pub use i2c::I2cError;

/// The types of shared interfaces, as the bindings of a driver are to have them.
#[doc(hidden)]
pub mod slot {
    /// `wasi:i2c/i2c`.
    pub mod i2c {
        pub use crate::I2c;
        pub use crate::bindings::wasi::i2c::i2c::{
            Address, ErrorCode, NoAcknowledgeSource, Operation,
        };
    }
    pub use crate::bindings::periplasm::hal::{
        adc, buffer, can, delay, diag, input_pin, output_pin, pin_types, pwm, serial, spi, spi_bus,
        spi_types, start, wait,
    };
}
