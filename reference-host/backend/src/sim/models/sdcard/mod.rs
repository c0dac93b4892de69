//! An SD memory card in SPI mode.
//!
//! Written from the SD Physical Layer Simplified Specification, version 9.00
//! ("Part 1"): section 7 for SPI mode, section 4.5 for the checksums and section
//! 5 for the registers. What it leaves open, and what this model then does:
//! - The card has had its 74 clocks with chip select high when it is attached:
//!   an SPI device behind embedded-hal cannot give them.
//! - It keeps its place in a command when chip select goes high in between, as
//!   most cards do. The specification wants chip select low from a command to
//!   the end of its data.
//! - A response follows its command after one byte (NCR), read data after one
//!   more (NAC). Initialization takes 20 ms from the first ACMD41, and writing a
//!   block half a millisecond, on the board's clock.
//! - Erase, lock, switch and SDIO commands are answered as illegal.
//! - Blocks that were never written read as zeros.

mod card;
mod command;
mod crc;
mod registers;
mod storage;

pub use card::SdCard;
pub use crc::{crc7, crc16};
pub use storage::{BLOCK, Kind, Options};
