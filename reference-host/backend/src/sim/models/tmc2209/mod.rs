//! Trinamic TMC2209: a driver of stepper motors on a one-wire UART.
//!
//! Written from the TMC2209 datasheet, revision 1.03: the UART of section 4, the
//! registers of section 5 and the step generator of section 5.2 (VACTUAL). What
//! it leaves open, and what this model then does:
//! - The wire is one, so what the host sends comes back to it first (`echo`).
//! - A reply arrives as a whole, when its last bit would.
//! - A datagram that is broken, or for another address, is dropped whole; after
//!   63 bit times of silence the next byte begins a new one.
//! - The clock is the internal one, 12 MHz. There is no motor: nothing stalls,
//!   gets hot or measures current, and those registers read 0.

mod chip;
mod datagram;
mod generator;
mod registers;

pub use chip::{Options, Tmc2209};
pub use datagram::crc8;
