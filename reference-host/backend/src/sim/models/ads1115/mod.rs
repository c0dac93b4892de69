//! ADS1115: a converter of 16 bits with four inputs.
//!
//! Written from TI's ADS111x datasheet (SBAS444E). What it leaves open, and what
//! this model then does:
//! - The converter is ideal: no offset, no gain error, no noise; the code
//!   nearest to the voltage.
//! - The data rate is nominal (the chip's is within 10 %), and a single
//!   conversion begins when the chip is awake, 25 µs after it was asked for.
//! - What is written while a single conversion runs counts from the next one,
//!   as the datasheet says of continuous conversions.
//! - Bytes read past a register's end repeat the register.
//! - It does not answer the SMBus alert response address.
//!
//! Its pin is `alert`: ALERT/RDY with its pull-up, so high when it is disabled.

mod chip;
mod comparator;
mod config;
mod converter;

pub use chip::{Ads1115, Options};
