//! CAN.

use alloc::vec;
use alloc::vec::Vec;

use embedded_can::{Error as _, ExtendedId, Frame, Id, StandardId, blocking, nb as can_nb};
use serde::{Deserialize, Serialize};

use crate::{Outcome, kind};

/// One call to a bus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// `transmit`, blocking or not.
    Transmit {
        /// By nb.
        nb: bool,
        /// Whether the identifier has 29 bits.
        extended: bool,
        /// The identifier; the highest bits of one that is too wide are cut.
        id: u32,
        /// What the frame carries.
        payload: Payload,
    },
    /// nb's `receive`.
    Receive,
}

/// What a frame carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Payload {
    /// Bytes, more than a frame holds included.
    Data(Vec<u8>),
    /// A request for so many, more than a frame holds included.
    Remote(usize),
}

pub(crate) fn play<C: blocking::Can + can_nb::Can>(bus: &mut C, call: &Call) -> Outcome {
    match call {
        Call::Transmit { nb: false, extended, id, payload } => {
            let frame = frame::<<C as blocking::Can>::Frame>(*extended, *id, payload);
            let sent = blocking::Can::transmit(bus, &frame.ok_or("no frame")?);
            sent.map(|()| vec![]).map_err(|e| kind(e.kind()))
        }
        Call::Transmit { nb: true, extended, id, payload } => {
            let frame = frame::<<C as can_nb::Can>::Frame>(*extended, *id, payload);
            let sent = can_nb::Can::transmit(bus, &frame.ok_or("no frame")?);
            sent.map(|dropped| dropped.iter().map(shown).collect()).map_err(fault)
        }
        Call::Receive => can_nb::Can::receive(bus).map(|f| vec![shown(&f)]).map_err(fault),
    }
}

fn frame<F: Frame>(extended: bool, id: u32, payload: &Payload) -> Option<F> {
    let id: Id = match extended {
        true => ExtendedId::new(id & ExtendedId::MAX.as_raw())?.into(),
        false => StandardId::new(id as u16 & StandardId::MAX.as_raw())?.into(),
    };
    match payload {
        Payload::Data(bytes) => F::new(id, bytes),
        Payload::Remote(len) => F::new_remote(id, *len),
    }
}

/// All that a frame says of itself.
fn shown(frame: &impl Frame) -> Vec<u8> {
    let id = match frame.id() {
        Id::Standard(id) => id.as_raw().into(),
        Id::Extended(id) => id.as_raw(),
    };
    let flags = [frame.is_extended().into(), frame.is_remote_frame().into(), frame.dlc() as u8];
    [&id.to_be_bytes(), &flags[..], frame.data()].concat()
}

fn fault<E: embedded_can::Error>(error: nb::Error<E>) -> alloc::string::String {
    match error {
        nb::Error::WouldBlock => "would block".into(),
        nb::Error::Other(error) => kind(error.kind()),
    }
}
