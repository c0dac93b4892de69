//! MPU-6050: acceleration, rotation and temperature.
//!
//! Written from InvenSense's register map (RM-MPU-6000A, revision 4.2, "RM") and
//! product specification (PS-MPU-6000A, revision 3.4, "PS"). What they leave
//! open, and what this model then does:
//! - It is still in the place that its options say: no noise, no drift.
//! - Its sensors have measured 30 ms after it was woken, the gyroscope's start-up
//!   time (PS section 6.1); before, their registers hold 0.
//! - Filters, FIFO, interrupts, self test and the auxiliary bus keep what is
//!   written to their registers and do nothing.
//! - Registers that are not described read 0.

mod chip;

pub use chip::{Mpu6050, Options};
