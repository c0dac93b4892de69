//! SSD1306: a controller for OLED displays of one colour, on I2C or SPI.
//!
//! Written from Solomon Systech's datasheet (revision 1.1, April 2008), and as
//! the common modules connect it: the panel is 128 pixels wide, its upper left
//! pixel is at SEG127 and at its last row, and it has no supply but the chip's
//! charge pump. What the datasheet leaves open, and what this model then does:
//! - The memory after power-up is noise, so that a driver that does not clear it
//!   is seen.
//! - A range whose end lies before its begin ends at its begin.
//! - Commands that it does not have are taken as commands without arguments.
//! - Scrolling (26h to 2Fh) is taken and not shown, the contrast neither, and
//!   timing (D5h, D9h, DBh) shows nothing on a panel that is lit evenly.
//! - Over I2C a read gives the status (section 8.1.5.2) with unknown bits 0; over
//!   SPI nothing can be read.
//!
//! Its pins are `reset` (RES#), and on SPI `dc` (D/C#).

mod chip;
mod command;
mod memory;
mod panel;

pub use chip::{Options, Ssd1306};
pub use panel::Panel;
