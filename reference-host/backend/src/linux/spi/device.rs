//! A device behind a chip select.

use embedded_hal::spi::Operation;
use spidev::SpiModeFlags;

use super::SpiConfig;
use super::node::Node;
use crate::linux::{Hardware, OpenError};
use crate::{SpiDevice, SpiError};

/// A device on an SPI bus of the Linux kernel.
///
/// A transaction is one call, which nobody on the bus can come between, if what
/// it sends and what it receives each fit into the module parameter `bufsiz` of
/// `spidev` (4096 bytes unless the machine says otherwise). A longer one is
/// several calls with chip select held between them: the last transfer of a
/// call has `cs_change` set, which at that place means that the device stays
/// selected until the next call.
///
/// The kernel calls that a hint. It holds for controllers that leave chip
/// select to the SPI core, which are those with a GPIO as chip select and most
/// others; a controller that drives its own chip select by its FIFO, such as
/// some of DesignWare's, may release it. And it holds only until a message
/// goes to another device of the same bus: other devices that this program
/// opened are kept out, other programs and the kernel's own drivers are not.
/// Where either can happen, `hold_chip_select` is to be false: a transaction of
/// more than one call is then refused with [`SpiError::TooLong`] before
/// anything is sent. A larger `bufsiz` is the better remedy:
/// `options spidev bufsiz=65536` in `/etc/modprobe.d`, or
/// `spidev.bufsiz=65536` on the kernel's command line.
///
/// A delay with no bytes before it, the part of one beyond 65.5 ms, and a
/// transaction of nothing go as transfers of no bytes. The SPI core performs
/// them; a controller whose driver takes whole messages by itself may refuse.
///
/// Mode and chip select's polarity belong to the node, not to whoever opened
/// it: the last one who set it up did so for all. A node is to be opened for one
/// slot.
///
/// A delay is at least as long as it was asked to be; it is rounded up to
/// microseconds, and the kernel adds up to a tenth.
#[derive(Debug)]
pub struct LinuxSpi {
    node: Node,
    hold: bool,
}

/// What each mode is called in an error.
const MODES: [&str; 4] = ["SPI mode 0", "SPI mode 1", "SPI mode 2", "SPI mode 3"];

pub(super) fn mode_name(mode: u8) -> Result<&'static str, OpenError> {
    MODES.get(usize::from(mode)).copied().ok_or(OpenError::Setting {
        setting: "the mode",
        found: mode.to_string(),
        expected: "from 0 to 3",
    })
}

impl LinuxSpi {
    /// Opens a node and sets it up.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the node and what to do.
    pub fn open(config: &SpiConfig) -> Result<Self, OpenError> {
        let mode = mode_name(config.mode)?;
        let mut node = Node::open(&config.device, config.speed_hz, config.lsb_first)?;
        let (more, setting) = match config.cs_active_high {
            true => (SpiModeFlags::SPI_CS_HIGH, "a chip select that is active high"),
            false => (SpiModeFlags::empty(), mode),
        };
        node.set_mode(config.mode, more)
            .map_err(|error| OpenError::setting(Hardware::Spi, &config.device, setting, error))?;
        Ok(Self { node, hold: config.hold_chip_select })
    }
}

impl SpiDevice for LinuxSpi {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SpiError> {
        self.node.transaction(operations, self.hold)
    }
}
