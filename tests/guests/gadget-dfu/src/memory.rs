//! Flash memory that the bootloader programs.

use alloc::boxed::Box;
use alloc::vec;
use core::ops::Range;

use usbd_dfu::{DFUManifestationError, DFUMemError, DFUMemIO};

/// Where STM32 has its flash.
const START: u32 = 0x0800_0000;
const PAGE: usize = 1024;
const SIZE: usize = 64 * PAGE;
/// usb-device's control buffer holds no more.
const BLOCK: usize = 128;

/// 64 pages of flash, and what is to be programmed next.
pub(crate) struct Memory {
    flash: Box<[u8]>,
    block: [u8; BLOCK],
}

impl Memory {
    /// Erased.
    pub(crate) fn new() -> Self {
        Self { flash: vec![0xff; SIZE].into_boxed_slice(), block: [0; BLOCK] }
    }

    fn range(address: u32, length: usize) -> Result<Range<usize>, DFUMemError> {
        let start = address.checked_sub(START).ok_or(DFUMemError::Address)? as usize;
        let end = start.checked_add(length).ok_or(DFUMemError::Address)?;
        if end <= SIZE { Ok(start..end) } else { Err(DFUMemError::Address) }
    }
}

impl DFUMemIO for Memory {
    const INITIAL_ADDRESS_POINTER: u32 = START;
    const MEM_INFO_STRING: &'static str = "@Flash/0x08000000/64*1Kg";
    const TRANSFER_SIZE: u16 = BLOCK as u16;
    // It is memory: a host need not wait.
    const PROGRAM_TIME_MS: u32 = 0;
    const ERASE_TIME_MS: u32 = 0;
    const FULL_ERASE_TIME_MS: u32 = 0;
    const MANIFESTATION_TIME_MS: u32 = 0;

    fn store_write_buffer(&mut self, block: &[u8]) -> Result<(), ()> {
        self.block.get_mut(..block.len()).ok_or(())?.copy_from_slice(block);
        Ok(())
    }

    /// A host reads on until a block is short: at the end it is empty.
    fn read(&mut self, address: u32, length: usize) -> Result<&[u8], DFUMemError> {
        let start = Self::range(address, 0)?.start;
        Ok(&self.flash[start..SIZE.min(start + length)])
    }

    /// Programming clears bits, as in flash.
    fn program(&mut self, address: u32, length: usize) -> Result<(), DFUMemError> {
        let range = Self::range(address, length)?;
        let block = self.block.get(..length).ok_or(DFUMemError::Prog)?;
        self.flash[range].iter_mut().zip(block).for_each(|(cell, byte)| *cell &= byte);
        Ok(())
    }

    fn erase(&mut self, address: u32) -> Result<(), DFUMemError> {
        let start = Self::range(address, 1)?.start / PAGE * PAGE;
        self.flash[start..start + PAGE].fill(0xff);
        Ok(())
    }

    fn erase_all(&mut self) -> Result<(), DFUMemError> {
        self.flash.fill(0xff);
        Ok(())
    }

    fn manifestation(&mut self) -> Result<(), DFUManifestationError> {
        Ok(())
    }
}
