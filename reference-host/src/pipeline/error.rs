//! Why a file is no pipeline that this host runs.

use std::path::PathBuf;

use miette::Diagnostic;
use periplasm_request::{ParseError, SECTION, StructureError};
use thiserror::Error;

use super::{MAX_PIPELINE_BYTES, SlotKind};
use crate::text::printable;

/// Why a pipeline file could not be loaded.
#[derive(Debug, Error, Diagnostic)]
pub enum LoadError {
    /// The file is not there, or may not be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        error: std::io::Error,
    },
    /// The file was read, and is no pipeline.
    #[error("{} is not a pipeline this host can run: {problem}", path.display())]
    #[diagnostic(forward(problem))]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why not.
        problem: PipelineError,
    },
}

/// Why bytes are no pipeline.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum PipelineError {
    /// No bytes at all.
    #[error("it is empty")]
    #[diagnostic(help("`cargo xtask compose <manifest>` writes a pipeline"))]
    Empty,
    /// More bytes than a host reads.
    #[error("it holds more than {} MiB, the most a host reads", MAX_PIPELINE_BYTES >> 20)]
    #[diagnostic(help("a pipeline holds code, not data: look for what makes a stage so large"))]
    TooLong,
    /// No WebAssembly of any kind.
    #[error("it is {0}, not a WebAssembly component")]
    #[diagnostic(help("give the .wasm file that `cargo xtask compose <manifest>` wrote"))]
    NotWasm(&'static str),
    /// A core module.
    #[error("it is a core WebAssembly module, not a component")]
    #[diagnostic(help("build it with `cargo xtask build`, then compose it into a pipeline"))]
    CoreModule,
    /// A component that holds code instead of stages.
    #[error("it is a single component that was not composed: it has {0} at its top level")]
    #[diagnostic(help(
        "name it as a stage in a pipeline.toml and run `cargo xtask compose` on that"
    ))]
    NotComposed(&'static str),
    /// Bytes that are no valid component.
    #[error("it is not a valid component: {message} (at byte {offset:#x})")]
    #[diagnostic(help(
        "the file is damaged, or needs WebAssembly features this host does not have"
    ))]
    Invalid {
        /// What is wrong.
        message: String,
        /// Where, in bytes from the start of the file.
        offset: u64,
    },
    /// A valid component, built in a way no composition is.
    #[error("it is not a composition of stages: {0}")]
    #[diagnostic(help("compose it anew with `cargo xtask compose`"))]
    Structure(String),
    /// The requests cannot be read.
    #[error("its section `{SECTION}` is not what compose writes: {}", printable(&.0.to_string(), 256))]
    #[diagnostic(help("compose it anew, with a compose of the same version as this host"))]
    Requests(ParseError),
    /// More than one section of requests.
    #[error("it has more than one section `{SECTION}`")]
    #[diagnostic(help("a host cannot tell which one is meant; compose it anew"))]
    TwoRequestSections,
    /// An import that asks for something, and nothing says for what.
    #[error("stage `{stage}` imports slot `{slot}`, and no request says which hardware it wants")]
    #[diagnostic(help("give slot `{slot}` a request in the manifest and compose again"))]
    NoRequest {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
    },
    /// A request for a slot that is not imported.
    #[error("there is a request for slot `{slot}` of stage `{stage}`, and no such import")]
    #[diagnostic(help("the requests do not belong to this component; compose it anew"))]
    NoSlot {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
    },
    /// A request of one kind for a slot of another.
    #[error("slot `{slot}` of stage `{stage}` opens {kind}, and its request is for {request}")]
    #[diagnostic(help("the request in the manifest must be of kind {kind}"))]
    KindMismatch {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// What the slot opens, by its type.
        kind: SlotKind,
        /// The kind of the request.
        request: &'static str,
    },
    /// A slot that opens something this host does not have.
    #[error("slot `{slot}` of stage `{stage}` is of an unknown type: {found}")]
    #[diagnostic(help("this host has slots that `open` {}", kinds()))]
    UnknownSlot {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// What the slot's interface looks like.
        found: String,
    },
    /// An import that is neither a slot nor known.
    #[error("it imports `{name}`, which this host does not have")]
    #[diagnostic(help("{help}"))]
    UnknownImport {
        /// The import.
        name: String,
        /// What the host has instead.
        help: String,
    },
}

/// A component that a validator does not take. The message may quote names
/// from the file.
pub(super) fn invalid(message: &str, offset: u64) -> PipelineError {
    PipelineError::Invalid { message: printable(message, 256).into_owned(), offset }
}

impl From<StructureError> for PipelineError {
    fn from(error: StructureError) -> Self {
        match error {
            StructureError::CoreModule => Self::CoreModule,
            StructureError::NotComposed(what) => Self::NotComposed(what),
            StructureError::Invalid { message, offset } => invalid(&message, offset),
            StructureError::TwoRequestSections => Self::TwoRequestSections,
            StructureError::Other(what) => Self::Structure(printable(&what, 256).into_owned()),
            other => Self::Structure(other.to_string()),
        }
    }
}

/// The words for all kinds of slots, as a list.
fn kinds() -> String {
    let words: Vec<&str> = SlotKind::all().map(SlotKind::as_str).collect();
    match words.split_last() {
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
