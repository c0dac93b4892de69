//! A composed component, read before anything of it runs.
//!
//! What it imports, which stages it has and how they are wired is read from
//! the component itself. Only two things are claims that anybody may have
//! written: the pipeline's name, and which hardware a slot asks for.

mod classify;
mod digest;
mod error;
mod slots;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

pub use classify::SharedImport;
pub use digest::Digest;
pub use error::{LoadError, PipelineError};
pub use periplasm_request::{NamedBy, Stage, Wire};
use periplasm_request::{Request, Requests, Structure};
pub use slots::{Slot, SlotKind};

use wasmparser::{Validator, WasmFeatures};

use self::error::invalid;
use crate::text::printable;

/// The most bytes of a pipeline that are read.
pub const MAX_PIPELINE_BYTES: usize = 64 << 20;

/// The most bytes of a name from a pipeline that messages show.
const MAX_SHOWN_NAME: usize = 128;

/// A composed component that has been checked: it is valid, it consists of
/// stages, and each of its slots has a request of the slot's own kind.
///
/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pipeline(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bytes: Vec<u8>,
    digest: Digest,
    name: String,
    stages: Vec<Stage>,
    slots: Vec<Slot>,
    shared: Vec<SharedImport>,
    exports: Vec<String>,
    run: Option<String>,
    gadget: Option<String>,
    functions: Vec<u64>,
}

impl Pipeline {
    /// Reads a pipeline from a file.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        let path = path.as_ref();
        let unreadable = |error| LoadError::Unreadable { path: path.to_owned(), error };
        let mut bytes = Vec::new();
        // One byte more than allowed shows that there is more, without
        // reading what a length in the file's metadata might promise.
        File::open(path)
            .map_err(unreadable)?
            .take(MAX_PIPELINE_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        Self::from_bytes(bytes)
            .map_err(|problem| LoadError::Malformed { path: path.to_owned(), problem })
    }

    /// Reads a pipeline that anybody may have written.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, PipelineError> {
        check_container(&bytes)?;
        let types = Validator::new_with_features(features())
            .validate_all(&bytes)
            .map_err(|error| invalid(error.message(), error.offset()))?;
        let structure = Structure::read(&bytes)?;
        let requests = match structure.requests {
            Some(section) => Requests::from_bytes(section).map_err(PipelineError::Requests)?,
            None => Requests {
                version: periplasm_request::VERSION,
                pipeline: "unnamed".to_owned(),
                stages: Vec::new(),
            },
        };
        let imports = classify::classify(&types, &structure.imports)?;
        let slots = slots::with_requests(imports.slots, &requests)?;
        let stages = structure.stages(&requests)?;
        let run = structure.exports.iter().find(|name| classify::is_run(&types, name));
        let run = run.map(|name| (*name).to_owned());
        let gadget = structure.exports.iter().find(|name| classify::is_gadget(&types, name));
        let gadget = gadget.map(|name| (*name).to_owned());
        let exports = structure.exports.iter().map(|name| (*name).to_owned()).collect();
        let mut functions = structure.functions;
        functions.sort_unstable();
        Ok(Self(Arc::new(Inner {
            digest: Digest::of(&bytes),
            name: printable(&requests.pipeline, MAX_SHOWN_NAME).into_owned(),
            stages,
            slots,
            shared: imports.shared,
            exports,
            run,
            gadget,
            functions,
            bytes,
        })))
    }

    /// The component itself.
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// What tells these bytes from all others.
    pub fn digest(&self) -> Digest {
        self.0.digest
    }

    /// The pipeline's name: a claim, for people. It is fit for a terminal, and
    /// cut if it is long.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The stages, in the order in which they are instantiated.
    pub fn stages(&self) -> &[Stage] {
        &self.0.stages
    }

    /// The slots of all stages, in the order of the imports.
    pub fn slots(&self) -> &[Slot] {
        &self.0.slots
    }

    /// The interfaces that all stages share.
    pub fn shared_imports(&self) -> &[SharedImport] {
        &self.0.shared
    }

    /// The names of what the pipeline exports.
    pub fn exports(&self) -> &[String] {
        &self.0.exports
    }

    /// The export that runs the app, if the pipeline has an app: by its name
    /// and its type.
    pub fn run_export(&self) -> Option<&str> {
        self.0.run.as_deref()
    }

    /// The export that runs a gadget, if the pipeline has one: by its name and
    /// its type.
    pub fn gadget_export(&self) -> Option<&str> {
        self.0.gadget.as_deref()
    }

    /// The stage whose code stands at `offset` of [`Self::bytes`], given where
    /// the function around it starts.
    ///
    /// The second number keeps code that the engine made itself (adapters
    /// between stages, whose offsets count from elsewhere) from being taken
    /// for a stage's. Of two stages that are instances of one component, which
    /// it was cannot be told.
    pub(crate) fn stage_at(&self, function: u64, offset: u64) -> Option<usize> {
        self.0.functions.binary_search(&function).ok()?;
        let mut here = (0..).zip(self.stages()).filter(|(_, s)| s.range().contains(&offset));
        match (here.next(), here.next()) {
            (Some((stage, _)), None) => Some(stage),
            _ => None,
        }
    }

    /// The request of one slot.
    pub fn request(&self, stage: &str, slot: &str) -> Option<&Request> {
        self.slots().iter().find(|s| s.stage() == stage && s.name() == slot).map(Slot::request)
    }
}

/// What this host runs: everything standard that needs no collector, threads
/// or async (the engine's settings refuse the same).
fn features() -> WasmFeatures {
    WasmFeatures::WASM2
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::CALL_INDIRECT_OVERLONG
        | WasmFeatures::BULK_MEMORY_OPT
        | WasmFeatures::COMPONENT_MODEL
        | WasmFeatures::CM_IMPLEMENTS
}

/// Says in plain words what a file is that is no component at all.
fn check_container(bytes: &[u8]) -> Result<(), PipelineError> {
    const MAGIC: &[u8] = b"\0asm";
    // The binary format: magic, then two bytes of version and two of layer
    // (component model, design/mvp/Binary.md).
    const CORE: &[u8] = &[0x01, 0x00, 0x00, 0x00];
    if bytes.is_empty() {
        return Err(PipelineError::Empty);
    }
    if bytes.starts_with(b"\x7fELF") {
        return Err(PipelineError::NotWasm("compiled code (ELF)"));
    }
    if bytes.len() > MAX_PIPELINE_BYTES {
        return Err(PipelineError::TooLong);
    }
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        let head = &bytes[..bytes.len().min(512)];
        let text = head.utf8_chunks().next().is_some_and(|chunk| {
            let complete = chunk.invalid().is_empty() || chunk.valid().len() + 4 > head.len();
            complete && !chunk.valid().contains(|c: char| c.is_control() && !c.is_whitespace())
        });
        return Err(PipelineError::NotWasm(if text { "a text file" } else { "unknown bytes" }));
    };
    if rest.starts_with(CORE) { Err(PipelineError::CoreModule) } else { Ok(()) }
}
