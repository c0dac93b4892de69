//! What is tried on the machines, one file a run.

mod disk;
mod found;
mod gadget;
mod gpio;
mod i2c;
mod keyboard;
mod overhead;
mod pipeline;
mod refusals;
mod serial;
mod smbus;
mod spi;

use super::machine::Machine;
use super::session::{Lab, Result};

/// One thing that is tried, made of checks.
pub(super) struct Run {
    /// As it is called on the command line.
    pub(super) name: &'static str,
    pub(super) machine: Machine,
    /// What it shows, in a line.
    pub(super) about: &'static str,
    /// Leaves the machine as it was.
    pub(super) go: fn(&mut Lab) -> Result<()>,
}

/// All of them, in the order in which they are tried on their machine.
pub(super) const ALL: &[Run] = &[
    i2c::RUN,
    pipeline::RUN,
    spi::RUN,
    gpio::RUN,
    serial::RUN,
    refusals::RUN,
    disk::RUN,
    keyboard::RUN,
    gadget::USBIP,
    gadget::RAW,
    smbus::RUN,
    overhead::BUSES,
    overhead::STICK,
];

/// Those that are tried only where they are asked for by name. dummy_hcd, which
/// stands for a device controller, has stopped the machine's kernel once.
pub(super) const BY_NAME: [&str; 1] = [gadget::RAW.name];
