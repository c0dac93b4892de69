//! Sitronix ST7789V: a colour display of 240 × 320 pixels over SPI.
//!
//! Written from the ST7789V datasheet, version 1.6: the 4-line serial interface
//! of section 8.4, the address control of section 8.12 and the commands of
//! section 9.1. What it leaves open, and what this model then does:
//! - Nothing is read back: the modules that this chip is on have one data line.
//!   Reads give FFh.
//! - Commands of section 9.2 (voltages, gamma) and those that change no picture
//!   (tearing effect, brightness) are taken with their parameters and do nothing.
//! - Commands that come earlier after a reset or after Sleep Out than the
//!   datasheet asks for (5 ms) are lost.
//! - A window that does not lie in the memory is not taken.
//! - The whole memory is black at first. (A real one holds noise.)
//! - A panel of a module shows a part of the memory (`width`, `height`,
//!   `x-offset`, `y-offset`), and may be of the kind that shows colours
//!   inverted unless it is told to invert them (`ips`).

mod chip;
mod memory;
mod settings;

pub use chip::St7789;
pub use settings::Options;
