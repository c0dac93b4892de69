//! Device interfaces for apps.
//!
//! An app is an ordinary program for `wasm32-wasip2`. Its world, in
//! `wit/world.wit`, imports the device interfaces it uses; [`app!`] makes them
//! callable:
//!
//! ```ignore
//! periplasm_app::app!();
//! use bindings::periplasm::device::thermometer;
//!
//! fn main() -> Result<(), periplasm_app::Error> {
//!     println!("{} m°C", thermometer::temperature()?);
//!     Ok(())
//! }
//! ```
//!
//! (`compose/pipelines/thermometer/app` is this example in full.)
#![deny(unsafe_code)]

periplasm_macros::sdk_bindings!("periplasm:device/app-sdk");

use std::fmt;

pub use bindings::periplasm::device::types::{BusFault, Error};
pub use bindings::periplasm::hal::buffer::Buffer;
pub use periplasm_macros::app;
#[doc(hidden)]
pub use wit_bindgen;

/// `value`, thousandths of a unit, as people write it: with `digits` decimals
/// (at most 3), rounded half away from zero.
///
/// ```
/// use periplasm_app::decimal;
/// assert_eq!(decimal(25_083, 2), "25.08");
/// assert_eq!(decimal(-63, 1), "-0.1");
/// assert_eq!(decimal(-4, 2), "0.00");
/// assert_eq!(decimal(999, 0), "1");
/// ```
pub fn decimal(value: i64, digits: u32) -> String {
    let digits = digits.min(3);
    let step = 10_u64.pow(3 - digits);
    let rounded = (value.unsigned_abs() + step / 2) / step;
    let sign = if value < 0 && rounded != 0 { "-" } else { "" };
    let scale = 10_u64.pow(digits);
    if digits == 0 {
        return format!("{sign}{rounded}");
    }
    format!("{sign}{}.{:0width$}", rounded / scale, rounded % scale, width = digits as usize)
}

/// The value of a key in the app's `settings`, if the manifest has it.
/// `compose` bakes the values into the component, so they are the same at every
/// call. Numbers, `true` and `false` are their text.
pub fn setting(key: &str) -> Option<String> {
    // The store that compose makes never fails.
    bindings::wasi::config::store::get(key).unwrap_or_default()
}

/// A device error in a sentence, to be shown to a person.
pub fn describe(error: &Error) -> impl fmt::Display {
    match error {
        Error::Bus(fault) => match fault {
            BusFault::Bus => "the bus is stuck or disturbed",
            BusFault::ArbitrationLoss => "another controller took the bus",
            BusFault::NoAcknowledge => "the device does not answer",
            BusFault::Overrun => "bytes were lost on the bus",
            BusFault::Other => "the bus failed",
        },
        Error::InvalidData => "the device answers, but not with anything it can have measured",
        Error::NotReady => "the device has no reading yet",
        Error::Gone => "the device is gone",
    }
}
