//! Request ∩ board. What is not granted does not exist for a stage.

mod example;
mod refusal;
mod usb;

use periplasm_backend::I2cAddress;
use periplasm_request::{Request, UsbFilter};
pub use refusal::{Refusal, Refused};
pub use usb::UsbRefusal;

use crate::board::Board;
use crate::pipeline::{Digest, Pipeline, Slot, SlotKind};

/// What a pipeline is given on a board: one grant a slot.
#[derive(Clone, Debug)]
pub struct Grants {
    pipeline: Digest,
    grants: Vec<Grant>,
}

/// What one slot is given.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The stage.
    pub stage: String,
    /// The slot.
    pub slot: String,
    /// The hardware.
    pub hardware: Granted,
}

/// The hardware behind a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Granted {
    /// A bus, and the targets that exist on it for this slot.
    I2c {
        /// The bus, as the board names it.
        bus: String,
        /// The targets, in the order of the request.
        addresses: Vec<I2cAddress>,
    },
    /// USB devices. An operation is permitted when one filter of the request and
    /// one of the board permit it.
    Usb {
        /// Where they are, as the board names it.
        name: String,
        /// What was asked for.
        request: Vec<UsbFilter>,
        /// What the board allows.
        allow: Vec<UsbFilter>,
    },
    /// Anything else that the board names.
    Named {
        /// What it is.
        kind: SlotKind,
        /// Its name on the board.
        name: String,
    },
    /// The stage's log and panic report. Every stage may have it.
    Diag,
}

impl Grants {
    /// Grants every request of `pipeline`, or says all that `board` refuses.
    /// A request is granted whole or not at all.
    pub fn decide(pipeline: &Pipeline, board: &Board) -> Result<Self, Box<Refused>> {
        let mut grants = Vec::new();
        let mut refusals = Vec::new();
        for slot in pipeline.slots() {
            match grant(slot, board).and_then(|grant| alone(grant, &grants, slot, board)) {
                Ok(grant) => grants.push(grant),
                Err(refusal) => refusals.push(*refusal),
            }
        }
        if refusals.is_empty() {
            Ok(Self { pipeline: pipeline.digest(), grants })
        } else {
            Err(Box::new(Refused::new(pipeline, board, refusals)))
        }
    }

    /// The grants, in the order of the pipeline's slots.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Grant> {
        self.grants.iter()
    }

    /// What a slot of `pipeline` was granted: nothing, if these grants were
    /// decided for another pipeline, even for one with slots of the same names.
    pub(crate) fn of(&self, pipeline: &Pipeline, slot: &Slot) -> Option<&Granted> {
        let belongs = |grant: &&Grant| grant.stage == slot.stage() && grant.slot == slot.name();
        let grant = self.grants.iter().find(belongs)?;
        (self.pipeline == pipeline.digest()).then_some(&grant.hardware)
    }
}

fn grant(slot: &Slot, board: &Board) -> Result<Grant, Box<Refusal>> {
    let hardware = match slot.request() {
        Request::I2c { bus, addresses } => {
            let no_bus = || Box::new(Refusal::no_bus(slot, bus, addresses, board));
            let on_board = board.i2c_bus(bus).ok_or_else(no_bus)?;
            if addresses.iter().any(|address| !on_board.allow().contains(address)) {
                return Err(Box::new(Refusal::addresses(slot, bus, addresses, on_board)));
            }
            Granted::I2c { bus: bus.clone(), addresses: addresses.clone() }
        }
        Request::Usb { name, devices } => {
            let none = || Box::new(Refusal::none(slot, SlotKind::Usb, name, board));
            let port = board.usb(name).ok_or_else(none)?;
            usb::grant(slot, name, devices, port)
                .map_err(|refusal| Box::new(Refusal::Usb(refusal)))?
        }
        Request::Diag => Granted::Diag,
        other => match (slot.kind(), other.name()) {
            (kind, Some(name)) if board.span(kind, name).is_some() => {
                Granted::Named { kind, name: name.to_owned() }
            }
            (kind, name) => {
                return Err(Box::new(Refusal::none(slot, kind, name.unwrap_or_default(), board)));
            }
        },
    };
    let (stage, slot) = (slot.stage().to_owned(), slot.name().to_owned());
    Ok(Grant { stage, slot, hardware })
}

/// Refuses what another slot has for itself already.
fn alone(
    grant: Grant,
    others: &[Grant],
    slot: &Slot,
    board: &Board,
) -> Result<Grant, Box<Refusal>> {
    let shares = |other: &&Grant| slot.kind().is_exclusive() && other.hardware == grant.hardware;
    match others.iter().find(shares) {
        Some(other) => Err(Box::new(Refusal::taken(slot, other, board))),
        None => Ok(grant),
    }
}
