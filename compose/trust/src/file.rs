//! Files that people write: read up to a limit, as text.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Why a file cannot be read.
#[derive(Debug)]
pub(crate) enum FileFault {
    /// What the system says.
    Io(io::Error),
    /// It has more bytes than are read.
    TooLarge,
    /// It is not UTF-8.
    NotText,
}

/// The text of the file, of at most `limit` bytes.
pub(crate) fn read(path: &Path, limit: u64) -> Result<String, FileFault> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(FileFault::Io)?;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(FileFault::Io)?;
    if bytes.len() as u64 > limit {
        return Err(FileFault::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| FileFault::NotText)
}
