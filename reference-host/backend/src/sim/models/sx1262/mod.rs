//! Semtech SX1262: a radio for LoRa packets, over SPI.
//!
//! Written from the SX1261/2 datasheet, revision 2.1: the LoRa modem of section
//! 6.1, the pins and times of section 8 and the commands of sections 11 to 13.
//! What it leaves open, and what this model then does:
//! - BUSY is high for 10 µs after a command that changes no mode.
//! - A command that comes while BUSY is high is lost.
//! - Radios on one `air` hear each other when frequency, spreading factor,
//!   bandwidth, IQ and sync word agree, however far apart. Packets do not
//!   collide, and none is damaged on its way.
//! - A receiver hears a packet if it listens before the last five symbols of its
//!   preamble. It reports the preamble at its end, and the header 8 symbols later.
//! - The FSK modem is not there: with it chosen nothing is sent or received.
//! - Power, ramp, calibration, regulator and TCXO are taken and change nothing.

mod air;
mod airtime;
mod chip;
mod commands;
mod execute;
mod reception;
mod settings;

pub use air::{Air, Packet};
pub use airtime::time_on_air_ns;
pub use chip::Sx1262;
pub use settings::{Modulation, Options, Scripted, Shape};
