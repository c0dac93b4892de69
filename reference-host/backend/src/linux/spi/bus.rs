//! A bus without chip select.

use embedded_hal::spi::Operation;
use spidev::SpiModeFlags;

use super::SpiBusConfig;
use super::device::mode_name;
use super::node::Node;
use crate::linux::{Hardware, OpenError};
use crate::{SpiBus, SpiError};

/// An SPI bus of the Linux kernel, for one who drives chip selects alone or
/// needs none.
///
/// The kernel has no node for a bus, so it is that of one chip select, with
/// `SPI_NO_CS` set. Not every controller can leave its chip select alone
/// ([`LinuxSpiBus::drives_chip_select`]); then it moves with each transfer, and
/// nothing may be connected to it that must not.
///
/// A transfer longer than `bufsiz` is several calls, with a pause between them
/// during which the clock stands still. Devices that read a pause as an end,
/// such as LEDs of the WS2812 kind, need a larger `bufsiz`.
#[derive(Debug)]
pub struct LinuxSpiBus {
    node: Node,
    drives_chip_select: bool,
}

impl LinuxSpiBus {
    /// Opens a node and sets it up.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the node and what to do.
    pub fn open(config: &SpiBusConfig) -> Result<Self, OpenError> {
        let mode = mode_name(config.mode)?;
        let mut node = Node::open(&config.device, config.speed_hz, config.lsb_first)?;
        let drives_chip_select = node.set_mode(config.mode, SpiModeFlags::SPI_NO_CS).is_err();
        if drives_chip_select {
            node.set_mode(config.mode, SpiModeFlags::empty())
                .map_err(|error| OpenError::setting(Hardware::Spi, &config.device, mode, error))?;
        }
        Ok(Self { node, drives_chip_select })
    }

    /// Whether the node's chip select moves although nobody asked for it.
    pub fn drives_chip_select(&self) -> bool {
        self.drives_chip_select
    }
}

impl SpiBus for LinuxSpiBus {
    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiError> {
        if read.is_empty() && write.is_empty() {
            return Ok(());
        }
        self.node.transaction(&mut [Operation::Transfer(read, write)], true)
    }

    // A call returns when its last bit was on the wires.
    fn flush(&mut self) -> Result<(), SpiError> {
        Ok(())
    }
}
