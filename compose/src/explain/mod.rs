//! What a composed component is made of and may do, from its bytes alone.
//!
//! Stages, wiring and slots are read from the component's structure. Only three
//! things are claims that its author wrote: its name, the names of stages
//! without a slot, and which hardware a slot asks for. A claim that contradicts
//! the structure is an error.

mod error;
mod stages;

use std::path::Path;

use periplasm_request::{Requests, Structure, VERSION, is_slot_name};
use wasmparser::{Validator, WasmFeatures};

pub use error::ExplainError;

use crate::component::{MAX_BYTES, Sniffed, sniff};
use crate::report::{Facts, Report};
use crate::source::{FileError, read_file};

impl Report {
    /// Reads a composed component from a file: [`Report::of_component`].
    pub fn of_file(path: &Path) -> Result<Self, ExplainError> {
        let bytes = read_file(path).map_err(|error| match error {
            FileError::Io(error) => ExplainError::Unreadable { error },
            FileError::TooLarge => ExplainError::TooLarge { limit: MAX_BYTES },
        })?;
        Self::of_component(&bytes)
    }

    /// Reads a composed component, which anybody may have written. What it is
    /// made from is not in it: every `source` is unknown.
    pub fn of_component(bytes: &[u8]) -> Result<Self, ExplainError> {
        check_container(bytes)?;
        Validator::new_with_features(WasmFeatures::default())
            .validate_all(bytes)
            .map_err(|error| ExplainError::invalid(&error.to_string()))?;
        let structure = Structure::read(bytes)?;
        let requests = match structure.requests {
            Some(section) => Requests::from_bytes(section).map_err(ExplainError::Requests)?,
            None => {
                Requests { version: VERSION, pipeline: "unnamed".to_owned(), stages: Vec::new() }
            }
        };
        let found = stages::read(bytes, &structure, &requests)?;
        let exports = structure.exported().filter_map(|(stage, name)| {
            Some((found.iter().position(|one| one.place == stage)?, name))
        });
        let facts = Facts {
            pipeline: match is_slot_name(&requests.pipeline) {
                true => requests.pipeline.clone(),
                false => "unnamed".to_owned(),
            },
            component: bytes,
            stages: found.iter().map(stages::Found::facts).collect(),
            exports: exports.collect(),
            requests: &requests,
        };
        Ok(Self::new(&facts))
    }
}

fn check_container(bytes: &[u8]) -> Result<(), ExplainError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ExplainError::TooLarge { limit: MAX_BYTES });
    }
    match sniff(bytes) {
        Sniffed::Component => Ok(()),
        Sniffed::Module => Err(ExplainError::NotComposed("a core module")),
        Sniffed::Other(what, _) => Err(ExplainError::NotAComponent(what)),
    }
}
