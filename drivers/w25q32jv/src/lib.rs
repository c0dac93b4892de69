//! The crates.io driver `w25q32jv`, untouched, as a component.
#![no_std]

use bindings::exports::periplasm::device::block_storage::{self, Capacity};
use bindings::{flash, hold, wp};
use periplasm_driver::blocks::Blocks;
use periplasm_driver::embedded_hal::digital::OutputPin as _;
use periplasm_driver::embedded_hal::spi::{Operation, SpiDevice as _};
use periplasm_driver::{Buffer, Device, Error, OutputPin, PinError, SpiDevice, SpiError};
use w25q32jv::{N_SECTORS, SECTOR_SIZE};

periplasm_driver::driver!(Flash);

struct Flash;

type Chip = w25q32jv::W25q32jv<SpiDevice, OutputPin, OutputPin>;

/// "Read JEDEC ID", which every chip of this kind answers (W25Q32JV datasheet
/// of Winbond, revision G, section 8.2.29). The unique ID, which the driver
/// reads, is left out by others who make them.
const JEDEC_ID: u8 = 0x9f;

static CHIP: Device<Chip> = Device::new(|| {
    let mut spi = flash::open();
    // The lines of the chip first: while it is held it hears nothing.
    let mut hold = hold::open();
    hold.set_high()?;
    // The driver waits for as long as the chip says that it is busy. Where no
    // chip is, the line says so for ever.
    let mut id = [0; 3];
    spi.transaction(&mut [Operation::Write(&[JEDEC_ID]), Operation::Read(&mut id)])?;
    match id {
        [0x00, 0x00, 0x00] | [0xff, 0xff, 0xff] => Err(Error::InvalidData),
        _ => Chip::new(spi, hold, wp::open()).map_err(fault),
    }
});

/// A block is what is erased at once.
const BLOCKS: Blocks = Blocks { block_bytes: SECTOR_SIZE, blocks: N_SECTORS as u64 };

fn fault(error: w25q32jv::Error<SpiError, PinError>) -> Error {
    match error {
        w25q32jv::Error::SpiError(error) => error.into(),
        w25q32jv::Error::PinError(error) => error.into(),
        _ => Error::InvalidData,
    }
}

impl block_storage::Guest for Flash {
    fn size() -> Result<Capacity, Error> {
        Ok(Capacity { block_bytes: BLOCKS.block_bytes, blocks: BLOCKS.blocks })
    }

    fn read(first: u64, into: &Buffer) -> Result<(), Error> {
        CHIP.with(|chip| {
            BLOCKS.read(first, into, |first, bytes| {
                chip.read(first as u32 * SECTOR_SIZE, bytes).map_err(fault)
            })
        })
    }

    fn write(first: u64, blocks: &Buffer) -> Result<(), Error> {
        CHIP.with(|chip| {
            BLOCKS.write(first, blocks, |first, bytes| {
                // One sector a time: the driver's own loop over them panics
                // where one fails.
                for (sector, bytes) in (first as u32..).zip(bytes.chunks(SECTOR_SIZE as usize)) {
                    chip.erase_sector(sector).map_err(fault)?;
                    chip.write_blocking(sector * SECTOR_SIZE, bytes).map_err(fault)?;
                }
                Ok(())
            })
        })
    }
}
