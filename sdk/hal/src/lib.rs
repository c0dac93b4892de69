//! embedded-hal's traits on a component's slots.
//!
//! # For driver authors
//!
//! A slot's `open` gives a handle that *is* what a driver crate asks for: an
//! I2C slot's handle implements [`embedded_hal::i2c::I2c`] for 7- and 10-bit
//! addresses. [`Delay`] implements [`embedded_hal::delay::DelayNs`].
//!
//! # For SDK authors
//!
//! `bindings` holds what wit-bindgen made of the shared interfaces; the traits
//! are implemented on its types, so nothing is wrapped and nothing is copied
//! that the component model does not copy.
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

periplasm_macros::sdk_bindings!("periplasm:hal/sdk");

mod delay;
mod i2c;

pub use bindings::periplasm::hal::diag::{Diag, Level};
pub use bindings::wasi::i2c::i2c::I2c;
pub use delay::Delay;
pub use i2c::I2cError;
