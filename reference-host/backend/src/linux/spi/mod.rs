//! SPI, by `/dev/spidev*` (`Documentation/spi/spidev.rst`).
//!
//! A transaction is one `SPI_IOC_MESSAGE` call wherever it fits: the kernel
//! drives chip select, waits the delays inside it, and lets nobody else on the
//! bus. What does not fit, and what then happens, is in [`LinuxSpi`].
//!
//! | the kernel says | reported as |
//! | --- | --- |
//! | ESHUTDOWN, ENODEV, ENXIO: the device or its controller was removed | gone |
//! | EMSGSIZE: longer than the controller's driver can do | too long |
//! | EINVAL: a transfer that the controller cannot do, such as both ways at once on three wires | other |
//! | ETIMEDOUT: the controller did not finish | other |
//! | EIO, EREMOTEIO, EPROTO, ENOMEM and all else | other |
//!
//! A controller that sees an overrun or a mode fault has no error number of its
//! own for it: `drivers/spi` answers EIO, so these kinds never come from here.

mod bus;
mod bytes;
mod controller;
mod device;
mod errno;
mod node;
mod perform;
mod plan;

use std::path::PathBuf;

pub use bus::LinuxSpiBus;
pub use device::LinuxSpi;

/// A device behind a chip select.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpiConfig {
    /// The node, such as `/dev/spidev0.0`.
    pub device: PathBuf,
    /// Clock polarity and phase: 0 to 3.
    pub mode: u8,
    /// The fastest clock, in hertz. The controller takes the next one below
    /// that it can make.
    pub speed_hz: u32,
    /// Whether the least significant bit of a byte goes first.
    pub lsb_first: bool,
    /// Whether the device is selected by a high level. Where chip select is a
    /// GPIO, the device tree says so and this setting is refused.
    pub cs_active_high: bool,
    /// Whether the controller keeps chip select between two calls if asked to.
    /// If not, a transaction that is more than one call is refused.
    pub hold_chip_select: bool,
}

/// A bus whose chip selects are somebody else's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpiBusConfig {
    /// The node, such as `/dev/spidev0.0`.
    pub device: PathBuf,
    /// Clock polarity and phase: 0 to 3.
    pub mode: u8,
    /// The fastest clock, in hertz.
    pub speed_hz: u32,
    /// Whether the least significant bit of a byte goes first.
    pub lsb_first: bool,
}
