//! The crates.io driver `embedded-sdmmc`, untouched, as a component: the card.
//! Its file systems run in the app, on `block-storage`.
#![no_std]

extern crate alloc;

use alloc::vec;

use bindings::card;
use bindings::exports::periplasm::device::block_storage::{self, Capacity};
use embedded_sdmmc::sdcard::spi::{Error as CardError, SdCard};
use embedded_sdmmc::{Block, BlockDevice, BlockIdx};
use periplasm_driver::blocks::Blocks;
use periplasm_driver::{Buffer, BusFault, Delay, Device, Error, SpiDevice};

periplasm_driver::driver!(Card);

struct Card;

struct Opened {
    card: SdCard<SpiDevice, Delay>,
    blocks: Blocks,
}

static CARD: Device<Opened> = Device::new(|| {
    let card = SdCard::new(card::open(), Delay);
    let blocks = card.num_blocks().map_err(fault)?.0.into();
    Ok(Opened { card, blocks: Blocks { block_bytes: Block::LEN_U32, blocks } })
});

fn fault(error: CardError) -> Error {
    match error {
        // The driver keeps no more of it.
        CardError::Transport => Error::Bus(BusFault::Other),
        CardError::CardNotFound => Error::Gone,
        _ => Error::InvalidData,
    }
}

impl block_storage::Guest for Card {
    fn size() -> Result<Capacity, Error> {
        CARD.with(|opened| {
            let Blocks { block_bytes, blocks } = opened.blocks;
            Ok(Capacity { block_bytes, blocks })
        })
    }

    fn read(first: u64, into: &Buffer) -> Result<(), Error> {
        CARD.with(|Opened { card, blocks }| {
            blocks.read(first, into, |first, bytes| {
                let mut read = vec![Block::new(); bytes.len() / Block::LEN];
                card.read(&mut read, BlockIdx(first as u32)).map_err(fault)?;
                let places = bytes.chunks_exact_mut(Block::LEN);
                places.zip(&read).for_each(|(place, block)| place.copy_from_slice(&**block));
                Ok(())
            })
        })
    }

    fn write(first: u64, from: &Buffer) -> Result<(), Error> {
        CARD.with(|Opened { card, blocks }| {
            blocks.write(first, from, |first, bytes| {
                let mut written = vec![Block::new(); bytes.len() / Block::LEN];
                let places = bytes.chunks_exact(Block::LEN);
                places.zip(&mut written).for_each(|(bytes, block)| block.copy_from_slice(bytes));
                card.write(&written, BlockIdx(first as u32)).map_err(fault)
            })
        })
    }
}
