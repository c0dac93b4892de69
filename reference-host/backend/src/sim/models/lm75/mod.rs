//! LM75: temperature, with a thermal watchdog.
//!
//! Written from TI's LM75B/LM75C datasheet (SNIS153B, "TI") for the common
//! chip of 9 bits, and from NXP's LM75B datasheet (revision 6.1, "NXP") for the
//! one of 11 bits. What they leave open, and what this model then does:
//! - It has measured once when it is attached; then a conversion ends every
//!   100 ms, the period of NXP section 7.1 and TI's typical conversion time.
//! - Bytes read past a register's end repeat the register; bytes written past
//!   it, and to the read-only temperature, are acknowledged and dropped.
//! - A limit changes when both of its bytes have been written.
//! - Unused bits of the temperature and the limits read 0. The reserved bits of
//!   the configuration read back as written and do nothing; those of the pointer
//!   are ignored.
//! - In shutdown a comparator's output stays as it was (NXP section 7.6; TI leaves
//!   it undefined), and a temperature that was measured before stays readable.

mod chip;
mod watchdog;

pub use chip::{Lm75, Options};
