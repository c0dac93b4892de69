//! Writing components: whole, or not at all.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A component that cannot be written.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("cannot write {}", path.display())]
#[diagnostic(help("is the folder there, writable, and not full? The file is as it was before"))]
pub struct WriteError {
    /// Where it should go.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

/// Writes `bytes` to the file at `path`: all of them, or, on an error, nothing.
/// The file never holds a part of them.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    try_write(path, bytes).map_err(|source| WriteError { path: path.to_owned(), source })
}

fn try_write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Through links: what is written is the file that a link names, and the
    // link stays.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match target.metadata() {
        // `/dev/null`, a pipe: nothing that could be half written, and a file
        // renamed to its place would take the device from the system.
        Ok(there) if !there.is_file() && !there.is_dir() => {
            OpenOptions::new().write(true).open(&target)?.write_all(bytes)
        }
        _ => replace(&target, bytes),
    }
}

/// Whoever reads the file, and when, finds the old bytes or the new ones.
fn replace(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // In the same folder, so that the rename stays on one file system.
    let mut builder = tempfile::Builder::new();
    builder.prefix(".periplasm-").suffix(".part");
    #[cfg(unix)]
    {
        // Temporary files are private; what is written may be read by all
        // whom the umask lets.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    // The name of a temporary file says nothing to a reader of the error.
    let plain = |error: io::Error| error.raw_os_error().map_or(error, io::Error::from_raw_os_error);
    let mut file = builder.tempfile_in(folder).map_err(plain)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}
