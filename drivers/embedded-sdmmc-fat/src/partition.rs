//! The first partition, and nothing behind it.
//!
//! `embedded-sdmmc` looks for free clusters to the end of the last block of the
//! table, which has entries for more clusters than there are. So on a volume that
//! is full it would write behind the partition, where another one may be.

use core::fmt;

use embedded_sdmmc::{Block, BlockCount, BlockDevice, BlockIdx};
use periplasm_driver::Error;

/// Where the first partition's entry has its first block and how many there are
/// (UEFI specification 2.10, table 5.2).
const FIRST: usize = 446 + 8;
const COUNT: usize = 446 + 12;

/// Why blocks were not moved.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The device failed.
    Device(Error),
    /// They are behind the partition.
    Beyond,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl core::error::Error for Failed {}

/// A device up to the end of its first partition.
pub(crate) struct Partition<D> {
    device: D,
    end: u64,
}

impl<D: BlockDevice<Error = Failed>> Partition<D> {
    /// # Errors
    ///
    /// Those of the device.
    pub(crate) fn first(device: D) -> Result<Self, Failed> {
        let mut table = [Block::new()];
        device.read(&mut table, BlockIdx(0))?;
        let [table] = table;
        let number = |at: usize| {
            u64::from(u32::from_le_bytes([table[at], table[at + 1], table[at + 2], table[at + 3]]))
        };
        Ok(Self { device, end: number(FIRST) + number(COUNT) })
    }

    fn check(&self, first: BlockIdx, count: usize) -> Result<(), Failed> {
        let inside = u64::from(first.0) + count as u64 <= self.end;
        if inside { Ok(()) } else { Err(Failed::Beyond) }
    }
}

impl<D: BlockDevice<Error = Failed>> BlockDevice for Partition<D> {
    type Error = Failed;

    fn read(&self, blocks: &mut [Block], first: BlockIdx) -> Result<(), Failed> {
        // The table itself is there even if it is empty.
        if first.0 > 0 {
            self.check(first, blocks.len())?;
        }
        self.device.read(blocks, first)
    }

    fn write(&self, blocks: &[Block], first: BlockIdx) -> Result<(), Failed> {
        self.check(first, blocks.len())?;
        self.device.write(blocks, first)
    }

    fn num_blocks(&self) -> Result<BlockCount, Failed> {
        self.device.num_blocks()
    }
}
