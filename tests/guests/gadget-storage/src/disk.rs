//! The blocks, and where the command at hand is.

use alloc::boxed::Box;
use alloc::vec;
use core::ops::Range;

use crate::fat;

/// Bytes of a block.
pub(crate) const BLOCK: usize = 512;
/// Blocks: 4 MiB. FAT16 needs 4085 clusters.
pub(crate) const BLOCKS: u32 = 8192;

/// Why a command failed: sense key, additional sense code and its qualifier
/// (SPC-4, 4.5).
pub(crate) type Sense = [u8; 3];

/// No sense.
pub(crate) const GOOD: Sense = [0, 0, 0];
/// Illegal request: invalid command operation code.
pub(crate) const NO_SUCH_COMMAND: Sense = [5, 0x20, 0];
/// Illegal request: logical block address out of range.
pub(crate) const OUT_OF_RANGE: Sense = [5, 0x21, 0];
/// Illegal request: invalid field in the command.
pub(crate) const INVALID_FIELD: Sense = [5, 0x24, 0];

/// A disk in memory.
pub(crate) struct Disk {
    pub(crate) bytes: Box<[u8]>,
    /// What came of the last command.
    pub(crate) sense: Sense,
    /// Bytes of the command at hand that were moved.
    pub(crate) done: usize,
}

impl Disk {
    /// With a file system, and one file.
    pub(crate) fn new() -> Self {
        let mut bytes = vec![0; BLOCKS as usize * BLOCK].into_boxed_slice();
        fat::format(&mut bytes);
        Self { bytes, sense: GOOD, done: 0 }
    }

    /// Forgets the command at hand.
    pub(crate) fn reset(&mut self) {
        self.done = 0;
        self.sense = GOOD;
    }

    /// Where `blocks` blocks from `first` on are.
    pub(crate) fn range(first: u32, blocks: u16) -> Result<Range<usize>, Sense> {
        let end = first.checked_add(blocks.into()).filter(|end| *end <= BLOCKS);
        let end = end.ok_or(OUT_OF_RANGE)? as usize;
        Ok(first as usize * BLOCK..end * BLOCK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_block_is_the_last() {
        assert_eq!(Disk::range(8191, 1), Ok(0x3f_fe00..0x40_0000));
        assert_eq!(Disk::range(8191, 2), Err(OUT_OF_RANGE));
        assert_eq!(Disk::range(u32::MAX, 1), Err(OUT_OF_RANGE));
        assert_eq!(Disk::range(8192, 0), Ok(0x40_0000..0x40_0000));
    }
}
