//! Reading and writing whole files.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::error::PrepareError;

/// All of the file `path`.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, PrepareError> {
    std::fs::read(path).map_err(|e| PrepareError::file(path, e))
}

/// Makes the file `path` with `bytes` in it, which appears whole.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), PrepareError> {
    let file = |e| PrepareError::file(path, e);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(file)?;
    }
    periplasm_compose::write(path, bytes).map_err(|e| file(std::io::Error::other(e)))
}

/// The same for a program, which is left alone if it is the same already: what
/// was built with it stays good.
pub(super) fn write_program(path: &Path, text: &str) -> Result<(), PrepareError> {
    if std::fs::read(path).is_ok_and(|found| found == text.as_bytes()) {
        return Ok(());
    }
    write(path, text.as_bytes())?;
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path, mode).map_err(|e| PrepareError::file(path, e))
}
