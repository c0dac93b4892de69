//! From a chip that keeps bytes to `periplasm:device/block-storage`.

use alloc::vec;

use crate::{Bytes, Error};

/// The most bytes that are moved at once, unless a block is larger.
const CHUNK_BYTES: u32 = 4096;

/// What the device is, and the loop over the blocks of a buffer.
///
/// ```
/// # use periplasm_driver::{Buffer, Error, blocks::Blocks};
/// # struct Card; impl Card { fn read_block(&mut self, _: u64, _: &mut [u8]) -> Result<(), Error> { Ok(()) } }
/// fn read(card: &mut Card, first: u64, into: &Buffer) -> Result<(), Error> {
///     let card_blocks = Blocks { block_bytes: 512, blocks: 1 << 16 };
///     card_blocks.read(first, into, |first, bytes| {
///         let mut blocks = (first..).zip(bytes.chunks_exact_mut(512));
///         blocks.try_for_each(|(number, block)| card.read_block(number, block))
///     })
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// Bytes of a block. Not 0.
    pub block_bytes: u32,
    /// Blocks, numbered from 0.
    pub blocks: u64,
}

impl Blocks {
    /// Fills `into` with the blocks from `first` on. `read` is called with the
    /// number of a block and room for it and some that follow it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidData`] when `into` is no whole number of blocks or they
    /// are not all there; then nothing is read. And what `read` returns.
    pub fn read(
        &self,
        first: u64,
        into: &impl Bytes,
        mut read: impl FnMut(u64, &mut [u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (len, chunk) = self.check(first, into.len())?;
        let mut bytes = vec![0; chunk.min(len) as usize];
        for offset in (0..len).step_by(chunk as usize) {
            let bytes = &mut bytes[..chunk.min(len - offset) as usize];
            read(first + u64::from(offset / self.block_bytes), bytes)?;
            into.write(offset, bytes)?;
        }
        Ok(())
    }

    /// Keeps the blocks of `from` from `first` on. `write` is called with the
    /// number of a block and its bytes and those of some that follow it.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn write(
        &self,
        first: u64,
        from: &impl Bytes,
        mut write: impl FnMut(u64, &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (len, chunk) = self.check(first, from.len())?;
        for offset in (0..len).step_by(chunk as usize) {
            let bytes = from.read(offset, chunk.min(len - offset))?;
            write(first + u64::from(offset / self.block_bytes), &bytes)?;
        }
        Ok(())
    }

    /// The bytes to move, and how many at once.
    fn check(&self, first: u64, len: u32) -> Result<(u32, u32), Error> {
        let count = len.checked_div(self.block_bytes).ok_or(Error::InvalidData)?;
        let end = first.checked_add(count.into()).ok_or(Error::InvalidData)?;
        if !len.is_multiple_of(self.block_bytes) || end > self.blocks {
            return Err(Error::InvalidData);
        }
        Ok((len, (CHUNK_BYTES / self.block_bytes).max(1) * self.block_bytes))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use core::cell::RefCell;
    use std::vec::Vec;

    use super::*;

    const CARD: Blocks = Blocks { block_bytes: 512, blocks: 100 };

    #[test]
    fn blocks_are_moved_some_at_a_time_and_in_order() {
        let buffer = RefCell::new(vec![0; 512 * 19]);
        let mut calls = Vec::new();
        CARD.read(81, &buffer, |first, bytes| {
            calls.push((first, bytes.len() / 512));
            for (block, number) in bytes.chunks_exact_mut(512).zip(first..) {
                block.fill(number as u8);
            }
            Ok(())
        })
        .unwrap();
        assert_eq!(calls, [(81, 8), (89, 8), (97, 3)]);
        let mut written = Vec::new();
        CARD.write(0, &buffer, |first, bytes| {
            written.extend(bytes.iter().step_by(512).zip(first..).map(|(b, n)| (n, *b)));
            Ok(())
        })
        .unwrap();
        assert_eq!(written, (0..19).map(|n| (n, 81 + n as u8)).collect::<Vec<_>>());
    }

    #[test]
    fn a_large_block_is_moved_alone() {
        let flash = Blocks { block_bytes: 8192, blocks: 2 };
        let mut calls = Vec::new();
        let buffer = RefCell::new(vec![0; 8192 * 2]);
        flash
            .read(0, &buffer, |first, bytes| {
                calls.push((first, bytes.len()));
                Ok(())
            })
            .unwrap();
        assert_eq!(calls, [(0, 8192), (1, 8192)]);
    }

    #[test]
    fn what_is_not_there_is_refused_before_anything_is_touched() {
        let wrong = [(100, 512), (99, 1024), (u64::MAX, 512), (0, 511), (0, 513)];
        for (first, len) in wrong {
            let buffer = RefCell::new(vec![0; len]);
            let error = CARD.write(first, &buffer, |_, _| panic!("{first} {len}")).unwrap_err();
            assert!(matches!(error, Error::InvalidData), "{error:?}");
        }
        let none = Blocks { block_bytes: 0, blocks: 1 };
        assert!(none.read(0, &RefCell::new(vec![]), |_, _| Ok(())).is_err());
        CARD.read(100, &RefCell::new(vec![]), |_, _| panic!("nothing to read")).unwrap();
    }
}
