//! What the benchmarks do over and over. The same code runs natively and in a
//! component; each function does `count` of one thing.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::vec;

use embassy_futures::join::join;
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::OutputPin;
use embedded_hal::i2c::I2c;
use embedded_hal::spi::SpiDevice;
use embedded_hal_async::digital::Wait;
use embedded_io::{Read, Write};
use embedded_sdmmc::{Block, BlockDevice, BlockIdx, SdCard};
use ssd1306::prelude::*;
use ssd1306::{I2CDisplayInterface, Ssd1306};

/// Why a stroke failed: what was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed(pub &'static str);

/// Transfers of `len` bytes both ways.
pub fn spi<D: SpiDevice>(device: &mut D, count: u32, len: usize) -> Result<(), Failed> {
    let mut bytes = vec![0x55; len];
    for _ in 0..count {
        device.transfer_in_place(&mut bytes).map_err(|_| Failed("spi"))?;
    }
    Ok(())
}

/// Changes of a pin.
pub fn pin<P: OutputPin>(pin: &mut P, count: u32) -> Result<(), Failed> {
    for number in 0..count {
        pin.set_state((number % 2 == 0).into()).map_err(|_| Failed("pin"))?;
    }
    Ok(())
}

/// 64 bytes out and back in, on a port that is wired to itself.
pub fn serial<P: Read + Write>(port: &mut P, count: u32) -> Result<(), Failed> {
    let mut bytes = [0x55; 64];
    for _ in 0..count {
        port.write_all(&bytes).map_err(|_| Failed("serial write"))?;
        port.read_exact(&mut bytes).map_err(|_| Failed("serial read"))?;
    }
    Ok(())
}

/// Edges that are waited for while the pin that makes them is set. Every other
/// one is falling, so each is one change of the pin.
pub async fn edges<O: OutputPin, I: Wait>(
    output: &mut O,
    input: &mut I,
    count: u32,
) -> Result<(), Failed> {
    output.set_low().map_err(|_| Failed("pin"))?;
    for number in 0..count {
        let (edge, set) =
            join(input.wait_for_any_edge(), async { output.set_state((number % 2 == 0).into()) })
                .await;
        edge.map_err(|_| Failed("edge"))?;
        set.map_err(|_| Failed("pin"))?;
    }
    Ok(())
}

/// Whole frames of an SSD1306 of 128 × 64 pixels, by the crate `ssd1306`.
pub fn frames<B: I2c>(bus: B, count: u32) -> Result<(), Failed> {
    let interface = I2CDisplayInterface::new(bus);
    let mut display = Ssd1306::new(interface, DisplaySize128x64, DisplayRotation::Rotate0);
    display
        .init_with_addr_mode(ssd1306::command::AddrMode::Horizontal)
        .map_err(|_| Failed("init"))?;
    let mut pixels = [0; 128 * 64 / 8];
    for number in 0..count {
        pixels.fill(number as u8);
        display.set_draw_area((0, 0), (128, 64)).map_err(|_| Failed("area"))?;
        display.draw(&pixels).map_err(|_| Failed("draw"))?;
    }
    Ok(())
}

/// Bytes of one [`card`] read.
pub const CARD_BYTES: usize = 1 << 20;

/// Blocks that are read at once.
const BLOCKS: usize = 64;

/// The first MiB of an SD card, by the crate `embedded-sdmmc`.
pub fn card<D: SpiDevice<u8>, T: DelayNs>(device: D, delay: T, count: u32) -> Result<(), Failed> {
    let card = SdCard::new(device, delay);
    let mut blocks = vec![Block::new(); BLOCKS];
    for _ in 0..count {
        for first in (0..CARD_BYTES / Block::LEN).step_by(BLOCKS) {
            let first = BlockIdx(u32::try_from(first).map_err(|_| Failed("block"))?);
            card.read(&mut blocks, first).map_err(|_| Failed("card"))?;
        }
    }
    Ok(())
}
