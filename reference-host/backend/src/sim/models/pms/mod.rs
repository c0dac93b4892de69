//! Plantower PMS5003 and the modules built around it, such as DFRobot's SEN0177:
//! dust in the air, over a serial line.
//!
//! Written from the PMS5003 data manual, version 2.3, appendix I ("PMS5003
//! transport protocol - active mode") and II (passive mode). What it leaves
//! open, and what this model then does:
//! - Active mode sends a frame a second, between the manual's 200 ms and 2.3 s;
//!   the first comes a second after power up.
//! - A frame arrives as a whole. The reserved bytes and the error code are 0.
//! - A command with a wrong checksum is dropped, and so is a command in sleep
//!   other than the one that ends it.

mod frame;
mod sensor;

pub use frame::{Options, frame};
pub use sensor::Pms;
