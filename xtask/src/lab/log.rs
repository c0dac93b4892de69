//! What happened on a machine, in the order in which it did, for people.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use super::error::LabError;

/// `log.txt` in the machine's folder.
pub(super) struct Log {
    file: File,
    started: Instant,
}

impl Log {
    /// Begins a new one.
    pub(super) fn begin(folder: &Path) -> Result<Self, LabError> {
        let path = folder.join("log.txt");
        let file = File::create(&path).map_err(|source| LabError::File { path, source })?;
        Ok(Self { file, started: Instant::now() })
    }

    /// Writes `text` behind the time and `mark`; its other lines are indented.
    pub(super) fn note(&mut self, mark: &str, text: &str) {
        let seconds = self.started.elapsed().as_secs_f64();
        let text = text.trim_end().replace('\n', "\n              ");
        // What cannot be logged is still reported.
        let _ = writeln!(self.file, "{seconds:8.3}  {mark:3} {text}");
    }
}
