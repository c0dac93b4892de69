//! Plays a sequence of embedded-hal calls and writes down what came of each.
//! The same code runs natively and inside a component, so that a difference
//! between the two is a difference in what lies below embedded-hal.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::{vec, vec::Vec};

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{Error as _, ErrorKind, I2c, Operation, SevenBitAddress, TenBitAddress};

/// Where a call goes, and so which of the two `I2c` traits it uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// `I2c<SevenBitAddress>`; any `u8`, valid or not.
    Seven(u8),
    /// `I2c<TenBitAddress>`; any `u16`, valid or not.
    Ten(u16),
}

/// One operation of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read so many bytes.
    Read(usize),
    /// Write these.
    Write(Vec<u8>),
}

/// One call to embedded-hal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// `I2c::read`.
    Read(Address, usize),
    /// `I2c::write`.
    Write(Address, Vec<u8>),
    /// `I2c::write_read`.
    WriteRead(Address, Vec<u8>, usize),
    /// `I2c::transaction`.
    Transaction(Address, Vec<Step>),
    /// `DelayNs::delay_ns`.
    DelayNs(u32),
    /// `DelayNs::delay_us`.
    DelayUs(u32),
    /// `DelayNs::delay_ms`.
    DelayMs(u32),
}

/// What came of a call: the bytes of each read in order, or the error's kind.
pub type Outcome = Result<Vec<Vec<u8>>, ErrorKind>;

/// Makes all `calls`, failed ones included, one after the other.
pub fn play<B, D>(bus: &mut B, delay: &mut D, calls: &[Call]) -> Vec<Outcome>
where
    B: I2c<SevenBitAddress> + I2c<TenBitAddress>,
    D: DelayNs,
{
    calls.iter().map(|call| play_one(bus, delay, call)).collect()
}

fn play_one<B, D>(bus: &mut B, delay: &mut D, call: &Call) -> Outcome
where
    B: I2c<SevenBitAddress> + I2c<TenBitAddress>,
    D: DelayNs,
{
    match call {
        Call::DelayNs(ns) => delay.delay_ns(*ns),
        Call::DelayUs(us) => delay.delay_us(*us),
        Call::DelayMs(ms) => delay.delay_ms(*ms),
        Call::Read(Address::Seven(a), len) => return read(bus, *a, *len),
        Call::Read(Address::Ten(a), len) => return read(bus, *a, *len),
        Call::Write(Address::Seven(a), bytes) => return write(bus, *a, bytes),
        Call::Write(Address::Ten(a), bytes) => return write(bus, *a, bytes),
        Call::WriteRead(Address::Seven(a), bytes, len) => return write_read(bus, *a, bytes, *len),
        Call::WriteRead(Address::Ten(a), bytes, len) => return write_read(bus, *a, bytes, *len),
        Call::Transaction(Address::Seven(a), steps) => return transaction(bus, *a, steps),
        Call::Transaction(Address::Ten(a), steps) => return transaction(bus, *a, steps),
    }
    Ok(Vec::new())
}

/// What an unread buffer holds, so that a byte nobody wrote is seen.
const UNREAD: u8 = 0xa5;

fn read<A: embedded_hal::i2c::AddressMode, B: I2c<A>>(bus: &mut B, a: A, len: usize) -> Outcome {
    let mut buffer = vec![UNREAD; len];
    bus.read(a, &mut buffer).map_err(|e| e.kind())?;
    Ok(vec![buffer])
}

fn write<A: embedded_hal::i2c::AddressMode, B: I2c<A>>(bus: &mut B, a: A, bytes: &[u8]) -> Outcome {
    bus.write(a, bytes).map_err(|e| e.kind())?;
    Ok(Vec::new())
}

fn write_read<A, B>(bus: &mut B, a: A, bytes: &[u8], len: usize) -> Outcome
where
    A: embedded_hal::i2c::AddressMode,
    B: I2c<A>,
{
    let mut buffer = vec![UNREAD; len];
    bus.write_read(a, bytes, &mut buffer).map_err(|e| e.kind())?;
    Ok(vec![buffer])
}

fn transaction<A, B>(bus: &mut B, a: A, steps: &[Step]) -> Outcome
where
    A: embedded_hal::i2c::AddressMode,
    B: I2c<A>,
{
    let mut buffers: Vec<Vec<u8>> = steps
        .iter()
        .map(|step| match step {
            Step::Read(len) => vec![UNREAD; *len],
            Step::Write(bytes) => bytes.clone(),
        })
        .collect();
    let mut operations: Vec<Operation<'_>> = steps
        .iter()
        .zip(&mut buffers)
        .map(|(step, buffer)| match step {
            Step::Read(_) => Operation::Read(buffer),
            Step::Write(_) => Operation::Write(buffer),
        })
        .collect();
    bus.transaction(a, &mut operations).map_err(|e| e.kind())?;
    let reads = steps.iter().zip(buffers).filter(|(step, _)| matches!(step, Step::Read(_)));
    Ok(reads.map(|(_, buffer)| buffer).collect())
}
