//! DS1307: the date and the time, and 56 bytes of memory.
//!
//! Written from Maxim's datasheet (19-5225, revision 3/15). What it leaves open,
//! and what this model then does:
//! - The clock of the board is its crystal.
//! - Registers that hold no date, which the datasheet calls illogical, read back
//!   as they were written until the next second, and are then counted on from
//!   the nearest date that there is.
//! - The memory is 0 after the first power-up.
//!
//! Its pin is `sqw`: SQW/OUT with its pull-up. It has the level that the control
//! register says, or a square wave of 1 Hz that falls with every new second;
//! faster ones are not shown.

mod calendar;
mod chip;
mod clock;

pub use chip::{Ds1307, Options};
