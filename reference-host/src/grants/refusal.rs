//! What a board refuses, and what to write so that it does not.

use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use periplasm_backend::I2cAddress;
use periplasm_request::Request;
use thiserror::Error;

use super::{Grant, UsbRefusal};
use crate::board::{Backend, Board, I2cBus};
use crate::pipeline::{Pipeline, Slot, SlotKind};
use crate::text::printable;

/// A board that does not cover a pipeline's requests, with every refusal.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "{} does not allow what pipeline `{pipeline}` asks for ({} of {slots} slots refused)",
    source_code.name(),
    refusals.len()
)]
pub struct Refused {
    pipeline: String,
    slots: usize,
    #[source_code]
    source_code: NamedSource<Arc<String>>,
    /// One refusal a slot, in the order of the pipeline's slots.
    #[related]
    pub refusals: Vec<Refusal>,
}

impl Refused {
    pub(super) fn new(pipeline: &Pipeline, board: &Board, refusals: Vec<Refusal>) -> Self {
        Self {
            pipeline: printable(pipeline.name(), 64).into_owned(),
            slots: pipeline.slots().len(),
            source_code: board.source().clone(),
            refusals,
        }
    }
}

/// Why one slot is not granted.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Refusal {
    /// The board has no bus of that name.
    #[error("stage `{stage}`, slot `{slot}`: asked for bus `{bus}`; this board has {}", buses(has))]
    #[diagnostic(help("{help}"))]
    NoBus {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The bus it asked for.
        bus: String,
        /// The buses that there are.
        has: Vec<String>,
        /// What to write.
        help: String,
    },
    /// The board does not allow some of the addresses.
    #[error(
        "stage `{stage}`, slot `{slot}`: asked for {} on bus `{bus}`; allowed: {}",
        list(asked),
        list(allowed)
    )]
    #[diagnostic(help("{help}"))]
    Addresses {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The bus.
        bus: String,
        /// All addresses that were asked for.
        asked: Vec<I2cAddress>,
        /// All addresses that are allowed.
        allowed: Vec<I2cAddress>,
        /// Where the board says so.
        #[label("{label}")]
        at: SourceSpan,
        /// The addresses that are missing there.
        label: String,
        /// What to write.
        help: String,
    },
    /// The board has no hardware of that kind and name.
    #[error("stage `{stage}`, slot `{slot}`: asked for {kind} `{name}`; this board has {}", named(*kind, has))]
    #[diagnostic(help("{help}"))]
    NoneNamed {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// What it asked for.
        kind: SlotKind,
        /// The name it asked for.
        name: String,
        /// The names of what there is of this kind.
        has: Vec<String>,
        /// What to write.
        help: String,
    },
    /// The board does not allow some of the USB devices, or of what is to be done
    /// with them.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Usb(Box<UsbRefusal>),
    /// Two slots ask for what only one can have.
    #[error(
        "stage `{stage}`, slot `{slot}`: asked for {kind} `{name}`, which slot `{other_slot}` \
         of stage `{other_stage}` has for itself"
    )]
    #[diagnostic(help(
        "two drivers would undo each other's work there: name another one in the manifest, or \
         leave it to one of the two stages"
    ))]
    Taken {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// What it asked for.
        kind: SlotKind,
        /// The name it asked for.
        name: String,
        /// The stage that has it.
        other_stage: String,
        /// Its slot.
        other_slot: String,
        /// Where the board names it.
        #[label("one slot at a time")]
        at: Option<SourceSpan>,
    },
}

impl Refusal {
    pub(super) fn no_bus(slot: &Slot, bus: &str, asked: &[I2cAddress], board: &Board) -> Self {
        let bus = printable(bus, 64).into_owned();
        let help = if periplasm_request::is_slot_name(&bus) {
            let device = match board.backend() {
                Backend::Linux => "\ndevice = \"/dev/i2c-1\"",
                Backend::Sim => "",
            };
            format!("to grant it, write into the board:\n[i2c.{bus}]\n{}{device}", allow(asked))
        } else {
            "no board can have a bus of that name: change the request in the manifest".to_owned()
        };
        Self::NoBus {
            stage: slot.stage().to_owned(),
            slot: slot.name().to_owned(),
            bus,
            has: board.i2c().map(|(name, _)| name.to_owned()).collect(),
            help,
        }
    }

    pub(super) fn addresses(slot: &Slot, bus: &str, asked: &[I2cAddress], on: &I2cBus) -> Self {
        let missing: Vec<I2cAddress> =
            asked.iter().copied().filter(|a| !on.allow().contains(a)).collect();
        let mut both: Vec<I2cAddress> = on.allow().iter().chain(&missing).copied().collect();
        both.sort_unstable();
        Self::Addresses {
            stage: slot.stage().to_owned(),
            slot: slot.name().to_owned(),
            bus: bus.to_owned(),
            asked: asked.to_vec(),
            allowed: on.allow().to_vec(),
            at: on.span(),
            label: format!("{} is not among them", list(&missing)),
            help: format!("to grant it, write: {}", allow(&both)),
        }
    }

    pub(super) fn none(slot: &Slot, kind: SlotKind, name: &str, board: &Board) -> Self {
        let name = printable(name, 64).into_owned();
        let help = if periplasm_request::is_slot_name(&name) {
            let example = match slot.request() {
                Request::Usb { devices, .. } => super::usb::example(devices),
                _ => super::example::lines(kind, board.backend()).to_owned(),
            };
            format!("to grant it, write into the board:\n[{kind}.{name}]\n{example}")
                .trim_end()
                .to_owned()
        } else {
            "no board can have that name: change the request in the manifest".to_owned()
        };
        Self::NoneNamed {
            stage: slot.stage().to_owned(),
            slot: slot.name().to_owned(),
            kind,
            name,
            has: board.names(kind).into_iter().map(str::to_owned).collect(),
            help,
        }
    }

    pub(super) fn taken(slot: &Slot, other: &Grant, board: &Board) -> Self {
        let (kind, name) = (slot.kind(), slot.request().name().unwrap_or_default());
        Self::Taken {
            stage: slot.stage().to_owned(),
            slot: slot.name().to_owned(),
            kind,
            name: name.to_owned(),
            other_stage: other.stage.clone(),
            other_slot: other.slot.clone(),
            at: board.span(kind, name),
        }
    }
}

/// The most names a message lists.
const NAMES: usize = 16;

fn named(kind: SlotKind, names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(NAMES).map(|n| format!("`{n}`")).collect();
    match names.len() {
        0 => return format!("no {kind}"),
        1..=NAMES => {}
        more => shown.push(format!("{} more", more - NAMES)),
    }
    shown.join(", ")
}

fn buses(names: &[String]) -> String {
    match names {
        [] => "no bus".to_owned(),
        names => names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "),
    }
}

/// The most addresses a message lists; a hostile request may name thousands.
const LISTED: usize = 16;

fn list(addresses: &[I2cAddress]) -> String {
    if addresses.is_empty() {
        return "nothing".to_owned();
    }
    let mut shown: Vec<String> = addresses.iter().take(LISTED).map(I2cAddress::to_string).collect();
    if addresses.len() > LISTED {
        shown.push(format!("{} more", addresses.len() - LISTED));
    }
    shown.join(", ")
}

/// The lines of a board file that allow `addresses`.
fn allow(addresses: &[I2cAddress]) -> String {
    let line = |key: &str, ten_bit: bool| {
        let numbers: Vec<String> = addresses
            .iter()
            .filter(|a| a.is_ten_bit() == ten_bit)
            .take(LISTED)
            .map(|a| if ten_bit { format!("{:#05x}", a.number()) } else { a.to_string() })
            .collect();
        (!numbers.is_empty()).then(|| format!("{key} = [{}]", numbers.join(", ")))
    };
    let lines: Vec<String> =
        [line("allow", false), line("allow-ten-bit", true)].into_iter().flatten().collect();
    if lines.is_empty() { "allow = []".to_owned() } else { lines.join("\n") }
}
