//! From the labels of the draft to the names of slots.

use alloc::string::String;

use crate::bindings::exports::wasi::gpio::general::GpioError;
use crate::bindings::periplasm::adapt::{inputs, outputs};

/// A label as a slot would have it.
fn plain(label: &str) -> String {
    let plain = label.chars().map(|c| match c {
        '_' | ' ' => '-',
        c => c.to_ascii_lowercase(),
    });
    plain.collect()
}

/// The place of the output with this label.
pub(crate) fn output(label: &str) -> Result<u32, GpioError> {
    let label = plain(label);
    place(&outputs::names(), &label).ok_or_else(|| absent(&inputs::names(), &label))
}

/// The place of the input with this label.
pub(crate) fn input(label: &str) -> Result<u32, GpioError> {
    let label = plain(label);
    place(&inputs::names(), &label).ok_or_else(|| absent(&outputs::names(), &label))
}

fn place(names: &[String], label: &str) -> Option<u32> {
    (0..).zip(names).find(|(_, name)| *name == label).map(|(place, _)| place)
}

/// `others` are the pins of the other direction.
fn absent(others: &[String], label: &str) -> GpioError {
    match place(others, label) {
        Some(_) => GpioError::PinModeNotAllowed,
        None => GpioError::UndefinedPinLabel,
    }
}
