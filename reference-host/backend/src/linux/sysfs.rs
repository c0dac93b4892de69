//! Files under `/sys`: one value each.

use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use nix::errno::Errno;

use super::{Hardware, OpenError};

/// The kernel writes at most a page into such a file.
const MAX_BYTES: usize = 4096;

/// One file, kept open: the kernel answers anew at each read, and the file
/// stays the same hardware's although another may get its name.
#[derive(Debug)]
pub(super) struct Attribute {
    path: PathBuf,
    file: File,
}

impl Attribute {
    /// Opens a file to read it.
    pub(super) fn readable(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), file: File::open(path)? })
    }

    /// Opens a file to write it; most may be read too, where that is so.
    pub(super) fn writable(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).open(path)?;
        Ok(Self { path: path.to_owned(), file })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What it says now, without the white space around it.
    pub(super) fn read(&self) -> io::Result<String> {
        let mut bytes = [0; MAX_BYTES];
        let mut len = 0;
        while len < bytes.len() {
            match self.file.read_at(&mut bytes[len..], len as u64)? {
                0 => break,
                read => len += read,
            }
        }
        let text = std::str::from_utf8(&bytes[..len])
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        Ok(text.trim().to_owned())
    }

    /// Writes a value. The kernel takes one write as one value.
    pub(super) fn write(&self, value: impl Display) -> io::Result<()> {
        self.file.write_all_at(format!("{value}\n").as_bytes(), 0)
    }
}

/// What a file says.
pub(super) fn read(path: &Path) -> io::Result<String> {
    Attribute::readable(path)?.read()
}

/// The number in a file that belongs to `what`.
pub(super) fn number<N: FromStr>(
    what: Hardware,
    path: &Path,
    expected: &'static str,
) -> Result<N, OpenError> {
    let found = read(path).map_err(|error| OpenError::opening(what, path, error))?;
    found.parse().map_err(|_| OpenError::Malformed { path: path.to_owned(), found, expected })
}

/// Whether an error says that the hardware went away: a file of a device that
/// was removed answers ENODEV (`fs/kernfs/file.c`).
pub(super) fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error().map(Errno::from_i32),
        Some(Errno::ENODEV | Errno::ENXIO | Errno::ENOENT | Errno::ESHUTDOWN)
    )
}
