//! Winbond W25Q32JV: 4 MiB of serial NOR flash.
//!
//! Written from the W25Q32JV datasheet, revision F: the instructions of
//! section 8 that use one data line, the status registers of section 7 and the
//! times of section 9.6. What it leaves open, and what this model then does:
//! - It is the ordering option with Quad Enable off as it leaves the factory, so
//!   that /HOLD and /WP are what their names say.
//! - Its data output reads FFh while the chip does not drive it.
//! - While it is busy a byte on the wires counts as 8 clocks at 50 MHz if the
//!   board's clock says less. So a driver that polls the status without a delay
//!   comes to an end also where transfers take no time.
//! - Instructions that it does not have (dual, quad, suspend, security
//!   registers, single-block locks, SFDP) are ignored, as an unknown one is.
//! - A program or erase instruction for protected memory is not executed, and
//!   leaves write enable as it was.

mod chip;
mod input;
mod protection;
mod timing;

pub use chip::{CAPACITY, Options, W25q32};
pub use timing::Times;
