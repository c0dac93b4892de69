//! The memories of an RP2040 board (datasheet, 2.2).

use alloc::boxed::Box;
use alloc::vec;
use core::ops::Range;

const ROM: u32 = 0;
const ROM_SIZE: usize = 16 << 10;
const FLASH: u32 = 0x1000_0000;
/// What a Pico has.
const FLASH_SIZE: usize = 2 << 20;
const SRAM: u32 = 0x2000_0000;
const SRAM_SIZE: usize = 264 << 10;

/// What flash is erased by, and what it is written by.
const SECTOR: u32 = 4096;
const PAGE: u32 = 256;

/// Codes of PICOBOOT's status (2.8.5.5).
pub(crate) const INVALID_ADDRESS: u32 = 4;
pub(crate) const BAD_ALIGNMENT: u32 = 5;

pub(crate) struct Memory {
    rom: Box<[u8]>,
    flash: Box<[u8]>,
    sram: Box<[u8]>,
}

/// What an address is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rom,
    Flash,
    Sram,
}

impl Default for Memory {
    /// Flash that is erased, and a ROM with nothing but its mark.
    fn default() -> Self {
        let mut rom = vec![0; ROM_SIZE].into_boxed_slice();
        // "Mu", and the version of the bootrom (2.8.3).
        rom[0x10..0x14].copy_from_slice(&[b'M', b'u', 1, 3]);
        Self { rom, flash: vec![0xff; FLASH_SIZE].into(), sram: vec![0; SRAM_SIZE].into() }
    }
}

impl Memory {
    pub(crate) fn read(&self, address: u32, len: u32) -> Result<&[u8], u32> {
        let (kind, range) = find(address, len)?;
        Ok(match kind {
            Kind::Rom => &self.rom[range],
            Kind::Flash => &self.flash[range],
            Kind::Sram => &self.sram[range],
        })
    }

    /// Whether this can be written.
    pub(crate) fn check_write(address: u32, len: u32) -> Result<(), u32> {
        match find(address, len)?.0 {
            Kind::Rom => Err(INVALID_ADDRESS),
            Kind::Flash if !address.is_multiple_of(PAGE) => Err(BAD_ALIGNMENT),
            Kind::Flash | Kind::Sram => Ok(()),
        }
    }

    /// Flash is written by clearing bits.
    pub(crate) fn write(&mut self, address: u32, data: &[u8]) -> Result<(), u32> {
        let len = u32::try_from(data.len()).map_err(|_| INVALID_ADDRESS)?;
        Self::check_write(address, len)?;
        let (kind, range) = find(address, len)?;
        if kind == Kind::Sram {
            self.sram[range].copy_from_slice(data);
        } else {
            self.flash[range].iter_mut().zip(data).for_each(|(cell, byte)| *cell &= byte);
        }
        Ok(())
    }

    pub(crate) fn erase(&mut self, address: u32, len: u32) -> Result<(), u32> {
        if !address.is_multiple_of(SECTOR) || !len.is_multiple_of(SECTOR) {
            return Err(BAD_ALIGNMENT);
        }
        let (Kind::Flash, range) = find(address, len)? else { return Err(INVALID_ADDRESS) };
        self.flash[range].fill(0xff);
        Ok(())
    }
}

fn find(address: u32, len: u32) -> Result<(Kind, Range<usize>), u32> {
    let memories = [
        (Kind::Flash, FLASH, FLASH_SIZE),
        (Kind::Sram, SRAM, SRAM_SIZE),
        (Kind::Rom, ROM, ROM_SIZE),
    ];
    for (kind, start, size) in memories {
        if let Some(first) = address.checked_sub(start).map(|first| first as usize)
            && let Some(end) = first.checked_add(len as usize)
            && end <= size
        {
            return Ok((kind, first..end));
        }
    }
    Err(INVALID_ADDRESS)
}
