//! A whole SPI bus.

use alloc::vec;
use alloc::vec::Vec;

use embedded_hal::spi::{Error as _, SpiBus};
use serde::{Deserialize, Serialize};

use crate::{Outcome, UNREAD, kind};

/// One call to `SpiBus`.
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
    /// `flush`.
    Flush,
}

pub(crate) fn play<B: SpiBus>(bus: &mut B, call: &Call) -> Outcome {
    let (result, read) = match call {
        Call::Read(len) => {
            let mut buffer = vec![UNREAD; *len];
            (bus.read(&mut buffer), vec![buffer])
        }
        Call::Write(bytes) => (bus.write(bytes), vec![]),
        Call::Transfer(bytes, len) => {
            let mut buffer = vec![UNREAD; *len];
            (bus.transfer(&mut buffer, bytes), vec![buffer])
        }
        Call::InPlace(bytes) => {
            let mut buffer = bytes.clone();
            (bus.transfer_in_place(&mut buffer), vec![buffer])
        }
        Call::Flush => (bus.flush(), vec![]),
    };
    result.map(|()| read).map_err(|e| kind(e.kind()))
}
