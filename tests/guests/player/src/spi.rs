//! A device on an SPI bus.

use alloc::vec;
use alloc::vec::Vec;

use embedded_hal::spi::{Error as _, Operation, SpiDevice};
use serde::{Deserialize, Serialize};

use crate::{Outcome, UNREAD, kind};

/// One call to `SpiDevice`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// `read`.
    Read(usize),
    /// `write`.
    Write(Vec<u8>),
    /// `transfer`, with so many bytes to read.
    Transfer(Vec<u8>, usize),
    /// `transfer_in_place`.
    InPlace(Vec<u8>),
    /// `transaction`.
    Transaction(Vec<Step>),
}

/// One operation of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Read so many bytes.
    Read(usize),
    /// Write these.
    Write(Vec<u8>),
    /// Both at once, with so many bytes to read.
    Transfer(Vec<u8>, usize),
    /// Both at once in one buffer.
    InPlace(Vec<u8>),
    /// Wait.
    DelayNs(u32),
}

pub(crate) fn play<S: SpiDevice>(device: &mut S, call: &Call) -> Outcome {
    let fault = |e: S::Error| kind(e.kind());
    Ok(match call {
        Call::Read(len) => {
            let mut buffer = vec![UNREAD; *len];
            device.read(&mut buffer).map_err(fault)?;
            vec![buffer]
        }
        Call::Write(bytes) => {
            device.write(bytes).map_err(fault)?;
            vec![]
        }
        Call::Transfer(bytes, len) => {
            let mut buffer = vec![UNREAD; *len];
            device.transfer(&mut buffer, bytes).map_err(fault)?;
            vec![buffer]
        }
        Call::InPlace(bytes) => {
            let mut buffer = bytes.clone();
            device.transfer_in_place(&mut buffer).map_err(fault)?;
            vec![buffer]
        }
        Call::Transaction(steps) => {
            let mut buffers = buffers(steps);
            device.transaction(&mut operations(steps, &mut buffers)).map_err(fault)?;
            buffers
        }
    })
}

/// What is read into: one buffer for each operation, empty where none reads.
pub(crate) fn buffers(steps: &[Step]) -> Vec<Vec<u8>> {
    let buffer = |step: &Step| match step {
        Step::Read(len) | Step::Transfer(_, len) => vec![UNREAD; *len],
        Step::InPlace(bytes) => bytes.clone(),
        Step::Write(_) | Step::DelayNs(_) => vec![],
    };
    steps.iter().map(buffer).collect()
}

/// The same as embedded-hal's operations.
pub(crate) fn operations<'a>(
    steps: &'a [Step],
    buffers: &'a mut [Vec<u8>],
) -> Vec<Operation<'a, u8>> {
    let operation = |(step, buffer): (&'a Step, &'a mut Vec<u8>)| match step {
        Step::Read(_) => Operation::Read(buffer),
        Step::Write(bytes) => Operation::Write(bytes),
        Step::Transfer(bytes, _) => Operation::Transfer(buffer, bytes),
        Step::InPlace(_) => Operation::TransferInPlace(buffer),
        Step::DelayNs(ns) => Operation::DelayNs(*ns),
    };
    steps.iter().zip(buffers).map(operation).collect()
}
