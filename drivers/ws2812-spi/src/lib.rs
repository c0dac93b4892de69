//! The crates.io driver `ws2812-spi`, untouched, as a component.
#![no_std]

extern crate alloc;

use alloc::vec;
use alloc::vec::Vec;

use bindings::chain;
use bindings::exports::periplasm::device::light::{self, Rgb};
use periplasm_driver::{Device, Error, SpiBus, SpiError};
use smart_leds_trait::{RGB8, SmartLedsWrite};
use ws2812_spi::prerendered::{Error as ChainError, Ws2812};

periplasm_driver::driver!(Lamps);

struct Lamps;

static BUS: Device<SpiBus> = Device::new(|| Ok(chain::open()));

/// What the driver needs for a lamp, and for the reset at the end.
const LAMP_BYTES: usize = 12;
const RESET_BYTES: usize = 140;

fn fault(error: ChainError<SpiError>) -> Error {
    match error {
        ChainError::Spi(error) => error.into(),
        ChainError::OutOfBounds => Error::InvalidData,
    }
}

impl light::Guest for Lamps {
    fn show(colours: Vec<Rgb>) -> Result<(), Error> {
        BUS.with(|bus| {
            // All in one transfer: a pause between two bytes would be a bit.
            let mut bytes = vec![0; LAMP_BYTES * colours.len() + RESET_BYTES];
            let colours = colours.iter().map(|c| RGB8::new(c.red, c.green, c.blue));
            Ws2812::new(bus, &mut bytes).write(colours).map_err(fault)
        })
    }
}
