//! A file that whole blocks are written to.

use std::fs::File;
use std::io::{self, Write};

pub(super) struct Out {
    /// Until writing failed.
    open: Option<Open>,
}

struct Open {
    file: File,
    /// How long the whole blocks in it are.
    len: u64,
    lost: Box<dyn FnOnce(io::Error) + Send>,
}

impl Out {
    pub(super) fn new(file: File, lost: Box<dyn FnOnce(io::Error) + Send>) -> Self {
        Self { open: Some(Open { file, len: 0, lost }) }
    }

    /// Writes the first block; whoever opened the file gets the error.
    pub(super) fn first(&mut self, block: &[u8]) -> io::Result<()> {
        self.open.as_mut().map_or(Ok(()), |open| open.write(block))
    }

    /// Writes a block with one call of the system, so that a process that is
    /// killed leaves none behind that is cut off.
    pub(super) fn write(&mut self, block: &[u8]) {
        let Some(Err(error)) = self.open.as_mut().map(|open| open.write(block)) else { return };
        if let Some(Open { file, len, lost }) = self.open.take() {
            // Part of a block is none. What is no file, such as a pipe, has no
            // length: who reads it sees its end.
            let _ = file.set_len(len);
            lost(error);
        }
    }
}

impl Open {
    fn write(&mut self, block: &[u8]) -> io::Result<()> {
        self.file.write_all(block)?;
        self.len = self.len.saturating_add(block.len() as u64);
        Ok(())
    }
}
