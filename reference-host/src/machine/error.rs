//! Why hardware is not there.

use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use periplasm_backend::{I2cAddress, sim};
use thiserror::Error;

use crate::pipeline::SlotKind;

/// Why hardware is not there.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum MachineError {
    /// A bus of the kernel that cannot be opened.
    #[error("bus `{bus}` is not available: {reason}")]
    #[diagnostic(help("{remedy}"))]
    I2c {
        /// The bus, as the board names it.
        bus: String,
        /// Why not.
        reason: String,
        /// What to do.
        remedy: &'static str,
        /// The board file.
        #[source_code]
        board: Arc<NamedSource<Arc<String>>>,
        /// Where it names the device.
        #[label("this device")]
        at: SourceSpan,
    },
    /// A simulated device that cannot be built (a board that was parsed has
    /// none).
    #[error("bus `{bus}` cannot be simulated: {error}")]
    Sim {
        /// The bus, as the board names it.
        bus: String,
        /// Why not.
        error: sim::ConfigError,
    },
    /// Other hardware of the kernel that cannot be opened.
    #[error("{kind} `{name}` is not available: {reason}")]
    #[diagnostic(help("{remedy}"))]
    NotAvailable {
        /// What it is.
        kind: SlotKind,
        /// Its name on the board.
        name: String,
        /// Why not.
        reason: String,
        /// What to do.
        remedy: &'static str,
        /// The board file.
        #[source_code]
        board: Arc<NamedSource<Arc<String>>>,
        /// Where it names the hardware.
        #[label("this one")]
        at: SourceSpan,
    },
    /// Other hardware that cannot be simulated (a board that was parsed has
    /// none).
    #[error("{kind} `{name}` cannot be simulated: {error}")]
    NotSimulated {
        /// What it is.
        kind: SlotKind,
        /// Its name on the board.
        name: String,
        /// Why not.
        error: sim::ConfigError,
    },
    /// Another pipeline has it for itself.
    #[error("{kind} `{name}` is in use by another pipeline on this machine")]
    #[diagnostic(help("it is free again when that pipeline has ended"))]
    InUse {
        /// What it is.
        kind: SlotKind,
        /// Its name on the board.
        name: String,
    },
    /// A grant for hardware that the machine's board does not have.
    #[error("this machine has no {kind} `{name}`: the grants were decided on another board")]
    NoneNamed {
        /// What it is.
        kind: SlotKind,
        /// Its name on the board.
        name: String,
    },
    /// A cable that no table of the board names.
    #[error("this machine has no cable `{0}`")]
    NoCable(String),
    /// A grant for a bus that the machine's board does not have.
    #[error("this machine has no bus `{0}`: the grants were decided on another board")]
    NoBus(String),
    /// A grant of an address that the machine's board does not allow.
    #[error(
        "this machine's board does not allow {address} on bus `{bus}`: \
         the grants were decided on another board"
    )]
    NotAllowed {
        /// The bus.
        bus: String,
        /// The first address that is not allowed.
        address: I2cAddress,
    },
}
