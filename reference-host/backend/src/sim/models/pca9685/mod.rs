//! PCA9685: sixteen PWM outputs of 12 bits.
//!
//! Written from NXP's datasheet (revision 4, 16 April 2015). What it leaves
//! open, and what this model then does:
//! - The internal oscillator has its nominal 25 MHz.
//! - RESTART that is written earlier than 500 µs after the end of sleep does
//!   nothing: the datasheet guarantees nothing then (section 7.3.1.1).
//! - LEDn_ON equal to LEDn_OFF, which the datasheet forbids, is off.
//! - With "change on ACK" an output changes with the last of its four registers.
//! - It answers at its own address only: not at the subaddresses, the all-call
//!   address or the general call.
//!
//! It has no pins that can be connected: a wire that changes 30 000 times a
//! second says nothing. [`Pca9685::output`] is what an oscilloscope would see.

mod chip;
mod mode;
mod outputs;

pub use chip::{Options, Pca9685};
pub use outputs::Output;
