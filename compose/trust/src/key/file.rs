//! The files of keys.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::{KeyError, KeyFault, MAX_KEY_BYTES, PrivateKey};
use crate::file::{self, FileFault};

/// The text of a key's file.
pub(super) fn read(path: &Path) -> Result<String, KeyFault> {
    file::read(path, MAX_KEY_BYTES).map_err(|fault| match fault {
        FileFault::Io(source) => KeyFault::Unreadable { source },
        FileFault::TooLarge => KeyFault::TooLarge { limit: MAX_KEY_BYTES },
        FileFault::NotText => KeyFault::NotAKey { why: "it is not text".to_owned() },
    })
}

/// Writes a pair of keys: the private one encrypted, and for its owner alone to
/// read. Overwrites nothing, and if one cannot be written there is none.
pub fn write_pair(
    key: &PrivateKey,
    password: &str,
    private: &Path,
    public: &Path,
) -> Result<(), KeyError> {
    let pem = key.to_pem(password).map_err(|fault| fault.of(private.display()))?;
    create(private, 0o600, pem.as_bytes()).map_err(|fault| fault.of(private.display()))?;
    create(public, 0o644, key.public().to_pem().as_bytes()).map_err(|fault| {
        // Without its public half it is of no use, and was made just now.
        let _ = fs::remove_file(private);
        fault.of(public.display())
    })
}

fn create(path: &Path, mode: u32, bytes: &[u8]) -> Result<(), KeyFault> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => KeyFault::Exists,
        _ => KeyFault::CannotWrite { source },
    })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|source| {
        let _ = fs::remove_file(path);
        KeyFault::CannotWrite { source }
    })
}
