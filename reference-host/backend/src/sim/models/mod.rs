//! Simulated chips, register by register, written from their datasheets.
//!
//! Where a datasheet leaves something open, the model's documentation says what
//! it does. Where a datasheet says that something *may* fail, the model fails,
//! so that a driver that relies on luck is found out here.

pub mod bme280;
pub mod lm75;
pub mod registers;
