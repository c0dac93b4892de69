//! Files that appear whole, or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a file, in place of one that is there.
pub(super) fn whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = PathBuf::from(format!("{}.{}.part", file.display(), std::process::id()));
    let written = File::create_new(&part).and_then(|open| {
        let mut open = BufWriter::new(open);
        open.write_all(bytes)?;
        open.into_inner()?;
        fs::rename(&part, file)
    });
    if written.is_err() {
        // It may not even be there.
        let _ = fs::remove_file(&part);
    }
    written
}
