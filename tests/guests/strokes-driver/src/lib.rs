//! The strokes of the benchmarks as a driver.
#![no_std]

use bindings::exports::test::strokes::strokes as wit;
use bindings::{card, input, output, port, screen, spi};
use periplasm_driver::Delay;
use periplasm_driver::hal::block_on;

periplasm_driver::driver!(Strokes);

struct Strokes;

impl wit::Guest for Strokes {
    fn spi(count: u32, len: u32) -> Result<(), ()> {
        strokes::spi(&mut spi::open(), count, len as usize).map_err(drop)
    }

    fn pin(count: u32) -> Result<(), ()> {
        strokes::pin(&mut output::open(), count).map_err(drop)
    }

    fn serial(count: u32) -> Result<(), ()> {
        strokes::serial(&mut port::open(), count).map_err(drop)
    }

    fn edges(count: u32) -> Result<(), ()> {
        block_on(strokes::edges(&mut output::open(), &mut input::open(), count)).map_err(drop)
    }

    fn frames(count: u32) -> Result<(), ()> {
        strokes::frames(screen::open(), count).map_err(drop)
    }

    fn card(count: u32) -> Result<(), ()> {
        strokes::card(card::open(), Delay, count).map_err(drop)
    }
}
