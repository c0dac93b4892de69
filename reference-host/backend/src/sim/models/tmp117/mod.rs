//! TMP117: temperature, in steps of 7.8125 m°C.
//!
//! Written from TI's datasheet (SNOSD82D). What it leaves open, and what this
//! model then does:
//! - It is attached 1.5 ms before its first conversion begins, the time of its
//!   power-up (section 7.3.1).
//! - Any write to the configuration begins a conversion anew, unless it is shut
//!   down.
//! - A write to the EEPROM takes 7 ms; what is written meanwhile is acknowledged
//!   and dropped.
//! - EEPROM1 to EEPROM3 hold zeros when new (a real chip's are its own).
//! - Addresses without a register read 0.
//! - It answers neither general calls nor the SMBus alert response address.
//!
//! Its pin is `alert`: ALERT with its pull-up.

mod chip;
mod config;
mod converter;
mod eeprom;

pub use chip::{Options, Tmp117};
