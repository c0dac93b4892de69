//! A driver that goes wrong on demand. What it does is the number in register
//! 0 of a register file at 0x50, so that the board file chooses.
#![no_std]

extern crate alloc;

use alloc::{format, vec, vec::Vec};
use core::hint::black_box;

use bindings::{bus, diag, exports::periplasm::device::thermometer};
use periplasm_driver::hal::bindings::wasi::i2c::i2c::{ErrorCode, Operation};
use periplasm_driver::{Error, I2cError, Level};

periplasm_driver::driver!(Faulty);

struct Faulty;

/// The register file that says what to do.
const CONTROL: u16 = 0x50;

impl thermometer::Guest for Faulty {
    fn temperature() -> Result<i32, Error> {
        let control = bus::open().write_read(CONTROL, &[0], 1).map_err(fault)?;
        match control.first() {
            Some(0) => Ok(20_000),
            Some(1) => panic!("the shutter is stuck at {} degrees", black_box(42)),
            Some(2) => spin(),
            Some(3) => Ok(overflow(black_box(1))),
            Some(4) => Ok(eat()),
            Some(5) => Ok(ask_for_everything()),
            Some(6) => bus::open().read(CONTROL, u64::MAX).map(sum).map_err(fault),
            Some(7) => many_operations(),
            Some(8) => Ok(flood()),
            Some(9) => bus::open().read(CONTROL + 1, 1).map(sum).map_err(fault),
            Some(10) => Err(Error::InvalidData),
            Some(11) => index_out_of_bounds(),
            _ => Err(Error::NotReady),
        }
    }
}

fn fault(code: ErrorCode) -> Error {
    I2cError::from(code).into()
}

fn sum(bytes: Vec<u8>) -> i32 {
    bytes.iter().map(|b| i32::from(*b)).sum()
}

fn spin() -> ! {
    let mut n = 0_u64;
    loop {
        n = black_box(n.wrapping_add(1));
    }
}

#[expect(unconditional_recursion, reason = "it is what this does")]
fn overflow(depth: i32) -> i32 {
    let frame = black_box([depth; 64]);
    overflow(depth + 1) + frame[0]
}

/// Takes 64 KiB at a time until there is no more.
fn eat() -> i32 {
    let mut eaten: Vec<Vec<u8>> = Vec::new();
    loop {
        eaten.push(black_box(vec![1; 64 * 1024]));
    }
}

/// One allocation of nearly all that 32 bits can address.
fn ask_for_everything() -> i32 {
    let everything: Vec<u8> = Vec::with_capacity(black_box(isize::MAX as usize));
    everything.capacity() as i32
}

fn many_operations() -> Result<i32, Error> {
    let operations: Vec<Operation<'_>> = (0..100_000).map(|_| Operation::Read(1)).collect();
    let read = bus::open().transaction(CONTROL, &operations).map_err(fault)?;
    Ok(read.into_iter().map(sum).sum())
}

/// Says far more than a stage may.
fn flood() -> i32 {
    let voice = diag::open();
    for n in 0..10_000 {
        voice.log(Level::Info, &format!("complaint number {n}"));
    }
    20_000
}

fn index_out_of_bounds() -> Result<i32, Error> {
    let table = [1, 2, 3];
    Ok(table[black_box(7)])
}
