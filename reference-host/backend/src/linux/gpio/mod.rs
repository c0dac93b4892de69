//! Pins, by `/dev/gpiochip*` (`Documentation/userspace-api/gpio/chardev.rst`,
//! the second version of the interface, Linux 5.10).
//!
//! | the kernel says | reported as |
//! | --- | --- |
//! | ENODEV, ENXIO, ESHUTDOWN: the chip was removed | gone |
//! | anything else, such as EIO or ETIMEDOUT of a chip behind I2C | other |
//!
//! The kernel takes a line back when it is dropped. What level an output then
//! has is up to the chip; most keep the last.

mod edges;
mod errno;
mod input;
mod line;
mod output;
mod place;

use std::path::PathBuf;
use std::time::Duration;

use crate::Level;

pub use input::LinuxInput;
pub use output::LinuxOutput;

/// Which line of a chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GpioLine {
    /// By its place, from 0.
    Offset(u32),
    /// By the name that the machine gives it, such as `GPIO17`.
    Name(String),
}

/// A resistor inside the chip. A chip whose driver has no say over its
/// resistors is asked in vain: the kernel answers as if it had done it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GpioBias {
    /// To high.
    PullUp,
    /// To low.
    PullDown,
    /// None.
    Disabled,
}

/// How an output drives its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GpioDrive {
    /// To both levels.
    #[default]
    PushPull,
    /// To low; high is left to a resistor.
    OpenDrain,
    /// To high; low is left to a resistor.
    OpenSource,
}

/// A line to drive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputConfig {
    /// The chip, such as `/dev/gpiochip0`.
    pub chip: PathBuf,
    /// The line.
    pub line: GpioLine,
    /// Whether high, as the component sees it, is low on the wire.
    pub active_low: bool,
    /// How it drives.
    pub drive: GpioDrive,
    /// A resistor; without it the chip's setting is left as it is.
    pub bias: Option<GpioBias>,
    /// The level from the first moment on, as the component sees it.
    pub initial: Level,
}

/// A line to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputConfig {
    /// The chip, such as `/dev/gpiochip0`.
    pub chip: PathBuf,
    /// The line.
    pub line: GpioLine,
    /// Whether high, as the component sees it, is low on the wire.
    pub active_low: bool,
    /// A resistor; without it the chip's setting is left as it is.
    pub bias: Option<GpioBias>,
    /// How long a level must stay to be one.
    pub debounce: Option<Duration>,
    /// Whether the kernel reports edges. If not, for a line without an
    /// interrupt, the level is looked at once a millisecond while somebody
    /// waits, and edges between two looks are not seen.
    pub edges: bool,
}
