//! From the file that cargo built to a component.

use std::path::Path;

use wit_component::ComponentEncoder;

use super::error::BuildError;
use crate::component::{MAX_BYTES, Sniffed, sniff};
use crate::source::{FileError, read_file};

/// Reads the file. A core module is made a component, with its world taken
/// from the sections that its bindings left in it.
pub(super) fn component(path: &Path) -> Result<Vec<u8>, BuildError> {
    let bytes = read_file(path).map_err(|error| match error {
        FileError::Io(source) => BuildError::Unreadable { path: path.to_owned(), source },
        FileError::TooLarge => BuildError::TooLarge { path: path.to_owned(), limit: MAX_BYTES },
    })?;
    if sniff(&bytes) == Sniffed::Component {
        return Ok(bytes);
    }
    ComponentEncoder::default()
        .validate(true)
        .module(&bytes)
        .and_then(|encoder| encoder.encode())
        .map_err(|error| {
            let message = error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ");
            BuildError::Componentize { path: path.to_owned(), message }
        })
}
