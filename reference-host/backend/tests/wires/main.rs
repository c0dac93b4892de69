//! Models on SPI, serial lines and pins: against their datasheets, and with
//! unmodified drivers from crates.io.

mod cable;
mod cable_async;
#[path = "../support/picture.rs"]
mod picture;
mod pms;
mod sdcard;
/// lora-phy logs through defmt, which wants a logger.
#[path = "../../../../drivers/lora-phy/src/silence.rs"]
mod silence;
mod st7789;
mod sx1262;
mod tb6612fng;
mod tmc2209;
mod w25q32;
mod ws2812;
