//! Models on SPI, serial lines and pins: against their datasheets, and with
//! unmodified drivers from crates.io.

mod cable;
#[path = "../support/picture.rs"]
mod picture;
mod pms;
mod sdcard;
mod st7789;
mod tb6612fng;
mod tmc2209;
mod w25q32;
mod ws2812;
