//! The blocks of another stage, as what `embedded-sdmmc` finds file systems on.

use embedded_sdmmc::{Block, BlockCount, BlockDevice, BlockIdx};
use periplasm_driver::{Buffer, Bytes, Error};

use crate::bindings::periplasm::device::block_storage;
use crate::partition::Failed;

/// The stage behind `block-storage`.
pub(crate) struct Stage {
    /// Room for one block: `embedded-sdmmc` moves no more at once.
    one: Buffer,
    count: BlockCount,
}

impl Stage {
    /// # Errors
    ///
    /// [`Error::InvalidData`] when its blocks are not those that FAT is made of.
    pub(crate) fn new() -> Result<Self, Error> {
        let size = block_storage::size()?;
        if size.block_bytes != Block::LEN_U32 {
            return Err(Error::InvalidData);
        }
        // FAT reaches no more than 2 TiB.
        let count = BlockCount(size.blocks.try_into().unwrap_or(u32::MAX));
        Ok(Self { one: Buffer::new(Block::LEN_U32), count })
    }
}

/// Each block, with its number.
fn numbered<T>(first: BlockIdx, blocks: impl Iterator<Item = T>) -> impl Iterator<Item = (u64, T)> {
    (u64::from(first.0)..).zip(blocks)
}

impl BlockDevice for Stage {
    type Error = Failed;

    fn read(&self, blocks: &mut [Block], first: BlockIdx) -> Result<(), Failed> {
        for (number, block) in numbered(first, blocks.iter_mut()) {
            block_storage::read(number, &self.one).map_err(Failed::Device)?;
            let bytes = Bytes::read(&self.one, 0, Block::LEN_U32).map_err(Failed::Device)?;
            block.copy_from_slice(&bytes);
        }
        Ok(())
    }

    fn write(&self, blocks: &[Block], first: BlockIdx) -> Result<(), Failed> {
        for (number, block) in numbered(first, blocks.iter()) {
            Bytes::write(&self.one, 0, &block[..]).map_err(Failed::Device)?;
            block_storage::write(number, &self.one).map_err(Failed::Device)?;
        }
        Ok(())
    }

    fn num_blocks(&self) -> Result<BlockCount, Failed> {
        Ok(self.count)
    }
}
