//! The draft of `wasi:gpio` on slots of kinds output-pin and input-pin.
//!
//! `compose` puts one of these into each stage that imports `wasi:gpio/digital`
//! or `wasi:gpio/delay`. The pins that the stage sees are its slots, by their
//! names; a label is found whatever its case, and with `_` or a space for `-`.
//!
//! | of the draft | here |
//! | --- | --- |
//! | active-high, active-low | done: the slot's pin is driven and read the other way round |
//! | active, inactive | the pin is driven so when it is had |
//! | pull-up, pull-down | resistors are the board's; the configuration tells what was asked for |
//! | a pin for both directions | none: a slot has one |
//! | watching | an event of the pin |
//! | analog pins | not in it |
#![no_std]

extern crate alloc;

mod config;
mod input;
mod label;
mod output;
mod poll;
mod two_way;

use bindings::exports::wasi::gpio::{delay, digital};
use periplasm_driver::hal::slot::delay as hal;

periplasm_driver::driver!(Adapter);

struct Adapter;

impl digital::Guest for Adapter {
    type DigitalOutPin = output::Output;
    type StatefulDigitalOutPin = output::Output;
    type DigitalInPin = input::Input;
    type DigitalInOutPin = two_way::None;
}

impl delay::Guest for Adapter {
    fn delay_ns(ns: u32) {
        hal::delay(ns.into());
    }

    fn delay_us(us: u32) {
        hal::delay(u64::from(us) * 1_000);
    }

    fn delay_ms(ms: u32) {
        hal::delay(u64::from(ms) * 1_000_000);
    }
}
