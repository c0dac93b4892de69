//! Makes many of one operation in one call, for benchmarks.
#![no_std]

use bindings::{bus, exports::test::hammer::hammer};
use embedded_hal::i2c::I2c;

periplasm_driver::driver!(Hammer);

struct Hammer;

impl hammer::Guest for Hammer {
    fn write_reads(count: u32) -> Result<u32, ()> {
        let mut bus = bus::open();
        let mut sum = 0_u32;
        for _ in 0..count {
            let mut buffer = [0; 8];
            // By name: the handle has a method of the same name, WIT's.
            I2c::write_read(&mut bus, 0x50_u8, &[0], &mut buffer).map_err(|_| ())?;
            sum = sum.wrapping_add(u32::from(buffer[7]));
        }
        Ok(sum)
    }
}
