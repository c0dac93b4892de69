//! What the memories of the machines hold at the start.

use std::path::Path;

use super::error::LabError;
use super::fat;

/// The flash's file in the machine's folder.
pub(super) const FLASH: &str = "flash.img";

/// The USB disk's.
pub(super) const STICK: &str = "stick.img";

/// Bytes of the W25Q32JV: 32 Mbit (datasheet, section 1).
pub(super) const FLASH_BYTES: usize = 4 << 20;

/// Bytes of the USB disk.
pub(super) const STICK_BYTES: usize = 8 << 20;

/// Contents that differ at every place: a block that is read from the wrong
/// place, or shifted, is seen.
pub(super) fn pattern(bytes: usize) -> Vec<u8> {
    // xorshift32, by Marsaglia (2003), with the shifts 13, 17 and 5.
    let mut state = 0x2545_f491_u32;
    let mut pattern = Vec::with_capacity(bytes);
    while pattern.len() < bytes {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        pattern.extend(state.to_le_bytes());
    }
    pattern.truncate(bytes);
    pattern
}

pub(super) fn flash(path: &Path) -> Result<(), LabError> {
    write(path, &pattern(FLASH_BYTES))
}

pub(super) fn stick(path: &Path) -> Result<(), LabError> {
    let mut bytes = pattern(STICK_BYTES);
    fat::format(&mut bytes);
    write(path, &bytes)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), LabError> {
    std::fs::write(path, bytes).map_err(|source| LabError::File { path: path.to_owned(), source })
}
