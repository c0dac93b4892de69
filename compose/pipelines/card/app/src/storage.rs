//! The card as what `embedded-sdmmc` finds file systems on.

use std::fmt;

use embedded_sdmmc::{Block, BlockCount, BlockDevice, BlockIdx};
use periplasm_app::{Buffer, Error, describe};

use crate::bindings::periplasm::device::block_storage;

/// The device behind `block-storage`, whose blocks must have 512 bytes.
pub(crate) struct Storage;

/// Why the card failed.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) Error);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(&self.0).fmt(f)
    }
}

impl std::error::Error for Failed {}

/// A buffer with room for so many blocks.
fn buffer(blocks: usize) -> Buffer {
    Buffer::new((blocks * Block::LEN) as u32)
}

impl BlockDevice for Storage {
    type Error = Failed;

    fn read(&self, blocks: &mut [Block], start: BlockIdx) -> Result<(), Failed> {
        let buffer = buffer(blocks.len());
        block_storage::read(start.0.into(), &buffer).map_err(Failed)?;
        let bytes = buffer.read(0, buffer.len()).map_err(|_| Failed(Error::InvalidData))?;
        for (block, bytes) in blocks.iter_mut().zip(bytes.chunks_exact(Block::LEN)) {
            block.copy_from_slice(bytes);
        }
        Ok(())
    }

    fn write(&self, blocks: &[Block], start: BlockIdx) -> Result<(), Failed> {
        let buffer = buffer(blocks.len());
        let bytes = blocks.iter().flat_map(|block| block.contents).collect::<Vec<_>>();
        buffer.write(0, &bytes).map_err(|_| Failed(Error::InvalidData))?;
        block_storage::write(start.0.into(), &buffer).map_err(Failed)
    }

    fn num_blocks(&self) -> Result<BlockCount, Failed> {
        let size = block_storage::size().map_err(Failed)?;
        if size.block_bytes != Block::LEN_U32 {
            return Err(Failed(Error::InvalidData));
        }
        // More than 2 TiB cannot be reached by this file system.
        Ok(BlockCount(u32::try_from(size.blocks).unwrap_or(u32::MAX)))
    }
}
