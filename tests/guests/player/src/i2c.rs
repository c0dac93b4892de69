//! I2C.

use alloc::vec;
use alloc::vec::Vec;

use embedded_hal::i2c::{AddressMode, Error as _, I2c, Operation, SevenBitAddress, TenBitAddress};
use serde::{Deserialize, Serialize};

use crate::{Outcome, UNREAD, kind};

/// Where a call goes, and so which of the two `I2c` traits it uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Address {
    /// `I2c<SevenBitAddress>`; any `u8`, valid or not.
    Seven(u8),
    /// `I2c<TenBitAddress>`; any `u16`, valid or not.
    Ten(u16),
}

/// One operation of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Read so many bytes.
    Read(usize),
    /// Write these.
    Write(Vec<u8>),
}

/// One call to embedded-hal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// `I2c::read`.
    Read(Address, usize),
    /// `I2c::write`.
    Write(Address, Vec<u8>),
    /// `I2c::write_read`.
    WriteRead(Address, Vec<u8>, usize),
    /// `I2c::transaction`.
    Transaction(Address, Vec<Step>),
}

pub(crate) fn play<B>(bus: &mut B, call: &Call) -> Outcome
where
    B: I2c<SevenBitAddress> + I2c<TenBitAddress>,
{
    match call {
        Call::Read(Address::Seven(a), len) => read(bus, *a, *len),
        Call::Read(Address::Ten(a), len) => read(bus, *a, *len),
        Call::Write(Address::Seven(a), bytes) => write(bus, *a, bytes),
        Call::Write(Address::Ten(a), bytes) => write(bus, *a, bytes),
        Call::WriteRead(Address::Seven(a), bytes, len) => write_read(bus, *a, bytes, *len),
        Call::WriteRead(Address::Ten(a), bytes, len) => write_read(bus, *a, bytes, *len),
        Call::Transaction(Address::Seven(a), steps) => transaction(bus, *a, steps),
        Call::Transaction(Address::Ten(a), steps) => transaction(bus, *a, steps),
    }
}

fn read<A: AddressMode, B: I2c<A>>(bus: &mut B, a: A, len: usize) -> Outcome {
    let mut buffer = vec![UNREAD; len];
    bus.read(a, &mut buffer).map_err(|e| kind(e.kind()))?;
    Ok(vec![buffer])
}

fn write<A: AddressMode, B: I2c<A>>(bus: &mut B, a: A, bytes: &[u8]) -> Outcome {
    bus.write(a, bytes).map_err(|e| kind(e.kind()))?;
    Ok(Vec::new())
}

fn write_read<A, B>(bus: &mut B, a: A, bytes: &[u8], len: usize) -> Outcome
where
    A: AddressMode,
    B: I2c<A>,
{
    let mut buffer = vec![UNREAD; len];
    bus.write_read(a, bytes, &mut buffer).map_err(|e| kind(e.kind()))?;
    Ok(vec![buffer])
}

fn transaction<A, B>(bus: &mut B, a: A, steps: &[Step]) -> Outcome
where
    A: AddressMode,
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
    bus.transaction(a, &mut operations).map_err(|e| kind(e.kind()))?;
    let reads = steps.iter().zip(buffers).filter(|(step, _)| matches!(step, Step::Read(_)));
    Ok(reads.map(|(_, buffer)| buffer).collect())
}
