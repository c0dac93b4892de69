//! From embedded-storage to `periplasm:device/block-storage`.
//!
//! A flash chip's block is what it erases at once: so each can be written
//! alone. `fault` says what the chip's error is to the device interface.

use embedded_storage::nor_flash::{NorFlash, ReadNorFlash};

use crate::blocks::Blocks;
use crate::{Bytes, Error};

/// What a flash chip is.
pub fn size<F: NorFlash>(flash: &F) -> Blocks {
    let blocks = flash.capacity() / F::ERASE_SIZE;
    Blocks { block_bytes: F::ERASE_SIZE as u32, blocks: blocks as u64 }
}

/// Fills `into` with the blocks from `first` on.
///
/// # Errors
///
/// As [`Blocks::read`], and those of the chip.
pub fn read<F: NorFlash>(
    flash: &mut F,
    first: u64,
    into: &impl Bytes,
    fault: impl Fn(F::Error) -> Error,
) -> Result<(), Error> {
    size(flash).read(first, into, |first, bytes| {
        ReadNorFlash::read(flash, offset::<F>(first)?, bytes).map_err(&fault)
    })
}

/// Erases the blocks from `first` on, and writes those of `from`.
///
/// # Errors
///
/// As [`Blocks::write`], and those of the chip. After one of the chip's, the
/// blocks may be erased.
pub fn write<F: NorFlash>(
    flash: &mut F,
    first: u64,
    from: &impl Bytes,
    fault: impl Fn(F::Error) -> Error,
) -> Result<(), Error> {
    size(flash).write(first, from, |first, bytes| {
        let start = offset::<F>(first)?;
        let end = u32::try_from(bytes.len()).ok().and_then(|len| start.checked_add(len));
        flash.erase(start, end.ok_or(Error::InvalidData)?).map_err(&fault)?;
        flash.write(start, bytes).map_err(&fault)
    })
}

/// Where a block begins. Embedded-storage has 32 bits for it.
fn offset<F: NorFlash>(block: u64) -> Result<u32, Error> {
    let offset = block.checked_mul(F::ERASE_SIZE as u64);
    offset.and_then(|offset| offset.try_into().ok()).ok_or(Error::InvalidData)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use core::cell::RefCell;
    use core::convert::Infallible;
    use std::vec;
    use std::vec::Vec;

    use embedded_storage::nor_flash::ErrorType;

    use super::*;

    /// Writing only clears bits, as in a flash chip.
    struct Flash(Vec<u8>);

    impl ErrorType for Flash {
        type Error = Infallible;
    }

    impl ReadNorFlash for Flash {
        const READ_SIZE: usize = 1;

        fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Infallible> {
            bytes.copy_from_slice(&self.0[offset as usize..][..bytes.len()]);
            Ok(())
        }

        fn capacity(&self) -> usize {
            self.0.len()
        }
    }

    impl NorFlash for Flash {
        const WRITE_SIZE: usize = 1;
        const ERASE_SIZE: usize = 4096;

        fn erase(&mut self, from: u32, to: u32) -> Result<(), Infallible> {
            self.0[from as usize..to as usize].fill(0xff);
            Ok(())
        }

        fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Infallible> {
            let kept = &mut self.0[offset as usize..][..bytes.len()];
            kept.iter_mut().zip(bytes).for_each(|(kept, byte)| *kept &= byte);
            Ok(())
        }
    }

    fn infallible(error: Infallible) -> Error {
        match error {}
    }

    #[test]
    fn blocks_are_erased_and_written_and_their_neighbours_are_not() {
        let mut flash = Flash(vec![0; 4 * 4096]);
        assert_eq!(size(&flash), Blocks { block_bytes: 4096, blocks: 4 });
        let blocks: Vec<u8> = (0..2 * 4096_u32).map(|n| (n % 251) as u8).collect();
        write(&mut flash, 1, &RefCell::new(blocks.clone()), infallible).unwrap();
        let back = RefCell::new(vec![7; 4 * 4096]);
        read(&mut flash, 0, &back, infallible).unwrap();
        let zeros = [0; 4096];
        assert_eq!(back.into_inner(), [&zeros, &blocks[..], &zeros].concat());
    }

    #[test]
    fn beyond_the_end_nothing_is_erased() {
        let mut flash = Flash(vec![5; 2 * 4096]);
        let blocks = RefCell::new(vec![0; 2 * 4096]);
        assert!(write(&mut flash, 1, &blocks, infallible).is_err());
        assert_eq!(flash.0, [5; 2 * 4096]);
    }
}
