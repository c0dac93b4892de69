//! Toshiba TB6612FNG: a driver of DC motors, one of its two channels.
//!
//! Written from the TB6612FNG datasheet of 2014-10-01, section "H-SW control
//! function". It is on no bus, only on pins: two direction inputs and standby
//! are wires, and the PWM input is a duty cycle.

mod bridge;

pub use bridge::{Channel, Mode, Output, mode};
