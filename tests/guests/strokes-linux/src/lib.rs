//! What the lab measures beside a native program on Linux's buses, as a driver.
#![no_std]

extern crate alloc;

use alloc::vec;

use bindings::exports::test::strokes_linux::strokes as wit;
use bindings::{bus, flash, input, output};
use embedded_hal::i2c::I2c;
use embedded_hal::spi::{Operation, SpiDevice};
use periplasm_driver::hal::block_on;

periplasm_driver::driver!(Strokes);

struct Strokes;

impl wit::Guest for Strokes {
    fn write_reads(count: u32) -> Result<u32, ()> {
        let mut bus = bus::open();
        let mut sum = 0;
        for _ in 0..count {
            let mut bytes = [0; 2];
            // By name: the handle has a method of the same name, WIT's.
            I2c::write_read(&mut bus, 0x48_u8, &[0], &mut bytes).map_err(drop)?;
            sum = added(sum, &bytes);
        }
        Ok(sum)
    }

    fn flash_reads(count: u32, len: u32) -> Result<u32, ()> {
        let mut flash = flash::open();
        let mut bytes = vec![0; len as usize];
        let mut sum = 0;
        for number in 0..count {
            let [_, high, middle, low] = number.wrapping_mul(len).to_be_bytes();
            let command = [0x03, high, middle, low];
            let read = &mut [Operation::Write(&command), Operation::Read(&mut bytes)];
            SpiDevice::transaction(&mut flash, read).map_err(drop)?;
            sum = added(sum, &bytes);
        }
        Ok(sum)
    }

    fn edges(count: u32) -> Result<u32, ()> {
        block_on(strokes::edges(&mut output::open(), &mut input::open(), count)).map_err(drop)?;
        Ok(count)
    }
}

/// The last byte, added. Not all of them: it is the bus that is measured.
fn added(sum: u32, bytes: &[u8]) -> u32 {
    sum.wrapping_mul(31).wrapping_add(bytes.last().copied().unwrap_or_default().into())
}
