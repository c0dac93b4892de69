//! What a board refuses, and what to write so that it does not.

use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use periplasm_backend::I2cAddress;
use thiserror::Error;

use crate::board::{Backend, Board, I2cBus};
use crate::pipeline::{Pipeline, Slot};
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
    /// A kind of hardware this host does not have.
    #[error("stage `{stage}`, slot `{slot}`: asked for {kind}, which this host does not have")]
    #[diagnostic(help("a newer host may have it"))]
    Kind {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The kind.
        kind: &'static str,
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

    pub(super) fn kind(slot: &Slot, kind: &'static str) -> Self {
        let (stage, slot) = (slot.stage().to_owned(), slot.name().to_owned());
        Self::Kind { stage, slot, kind }
    }
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
