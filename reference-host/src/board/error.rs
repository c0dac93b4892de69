//! Why a board file cannot be used.

use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use periplasm_backend::sim::ConfigError;
use thiserror::Error;

use super::MAX_BOARD_BYTES;
use super::usb::UsbProblem;
use crate::pipeline::SlotKind;

/// Why a board file could not be loaded.
#[derive(Debug, Error, Diagnostic)]
pub enum BoardError {
    /// The file is not there, or may not be read.
    #[error("cannot read the board file {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        error: std::io::Error,
    },
    /// More bytes than a host reads.
    #[error("{} is longer than {} KiB", path.display(), MAX_BOARD_BYTES >> 10)]
    #[diagnostic(help("is it really a board file?"))]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// Bytes that are no text.
    #[error("{} is not text in UTF-8", path.display())]
    #[diagnostic(help("a board file is TOML; was the pipeline given in its place?"))]
    NotText {
        /// The file.
        path: PathBuf,
        /// Where the text ends.
        error: std::str::Utf8Error,
    },
    /// The text is no board.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Malformed(#[from] Box<Malformed>),
}

/// A board file with everything that is wrong with it.
#[derive(Debug, Error, Diagnostic)]
#[error("{} cannot be used as a board", source_code.name())]
pub struct Malformed {
    #[source_code]
    pub(super) source_code: NamedSource<Arc<String>>,
    /// What is wrong, in the order of the file.
    #[related]
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a board file, and where.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Problem {
    /// Not TOML, or a key that is missing, unknown or of the wrong type.
    #[error("{message}")]
    Syntax {
        /// What is wrong.
        message: String,
        /// Where.
        #[label("here")]
        at: Option<SourceSpan>,
        /// What to write, where that is clear.
        #[help]
        help: Option<&'static str>,
    },
    /// A backend this host does not have.
    #[error("there is no backend {found:?}")]
    #[diagnostic(help("write \"sim\" for simulated hardware, or \"linux\" for the kernel's"))]
    UnknownBackend {
        /// What the file says.
        found: String,
        /// Where.
        #[label("not a backend")]
        at: SourceSpan,
    },
    /// The Linux backend on another system.
    #[error("the backend \"linux\" works on Linux only")]
    #[diagnostic(help("use \"sim\" here"))]
    NotLinux {
        /// Where the backend is named.
        #[label("not on this system")]
        at: SourceSpan,
    },
    /// A limit out of its range.
    #[error("`{key}` must be from {min} to {max}")]
    Limit {
        /// The key.
        key: &'static str,
        /// The least.
        min: i64,
        /// The most.
        max: i64,
        /// Where.
        #[label("out of range")]
        at: SourceSpan,
    },
    /// A name that no request can have.
    #[error("{found:?} cannot be the name of {}", what(*kind))]
    #[diagnostic(help("use lower-case words of letters and digits, joined by `-`"))]
    Name {
        /// What is named.
        kind: SlotKind,
        /// What the file says.
        found: String,
        /// Where.
        #[label("not a name")]
        at: SourceSpan,
    },
    /// A number that is no address.
    #[error("{} is not a {bits}-bit address", number(*found))]
    #[diagnostic(help("{}", address_help(*bits)))]
    Address {
        /// The number.
        found: i64,
        /// 7 or 10.
        bits: u8,
        /// Where.
        #[label("not from 0 to {}", if *bits == 7 { "0x7f" } else { "0x3ff" })]
        at: SourceSpan,
    },
    /// A simulated device on real hardware.
    #[error("`devices` describes simulated devices, and the backend is \"linux\"")]
    #[diagnostic(help("remove it, or set backend = \"sim\""))]
    DevicesOnLinux {
        /// Where.
        #[label("only for backend = \"sim\"")]
        at: SourceSpan,
    },
    /// The speed of a real I2C bus.
    #[error("`speed-hz` is of a simulated bus, and the backend is \"linux\"")]
    #[diagnostic(help("remove it: the kernel's configuration sets the speed of an I2C bus"))]
    SpeedOnLinux {
        /// Where.
        #[label("only for backend = \"sim\"")]
        at: SourceSpan,
    },
    /// A real bus on a simulated board.
    #[error("`device` names a bus of the kernel, and the backend is \"sim\"")]
    #[diagnostic(help("remove it, or set backend = \"linux\""))]
    DeviceOnSim {
        /// Where.
        #[label("only for backend = \"linux\"")]
        at: SourceSpan,
    },
    /// A real bus that is not named.
    #[error("bus `{bus}` does not say which device it is")]
    #[diagnostic(help("add a line such as: device = \"/dev/i2c-1\""))]
    NoDevice {
        /// The bus.
        bus: String,
        /// Where.
        #[label("no `device`")]
        at: SourceSpan,
    },
    /// A device's pin on a wire that no pin of the board is on.
    #[error(
        "`{pin}` of this device is connected to `{wire}`, and this board has no pin of that name"
    )]
    #[diagnostic(help("{}", no_pin_help(wire, near.as_deref())))]
    NoPin {
        /// The device's pin.
        pin: String,
        /// What it is connected to.
        wire: String,
        /// A pin that may have been meant.
        near: Option<String>,
        /// The device.
        #[label("this device")]
        at: SourceSpan,
    },
    /// A table of USB that makes no sense.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Usb(#[from] UsbProblem),
    /// A simulated device that cannot be built.
    #[error("{error}")]
    Device {
        /// Why not.
        error: ConfigError,
        /// Where.
        #[label("this device")]
        at: SourceSpan,
    },
}

fn what(kind: SlotKind) -> &'static str {
    match kind {
        SlotKind::I2c => "a bus",
        SlotKind::Spi => "an SPI device",
        SlotKind::SpiBus => "an SPI bus",
        SlotKind::OutputPin | SlotKind::InputPin => "a pin",
        SlotKind::Pwm => "an output of pulses",
        SlotKind::Adc => "an input of a converter",
        SlotKind::Serial => "a serial port",
        SlotKind::Can => "a CAN bus",
        SlotKind::Usb => "a USB host port",
        SlotKind::UsbDevice => "a USB device port",
        SlotKind::Diag => "a log",
    }
}

fn no_pin_help(wire: &str, near: Option<&str>) -> String {
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "give the board that pin: `[output-pin.{wire}]` if a component drives it, \
             `[input-pin.{wire}]` if one reads it"
        ),
    }
}

fn number(found: i64) -> String {
    if found < 0 { found.to_string() } else { format!("{found:#x}") }
}

fn address_help(bits: u8) -> &'static str {
    if bits == 7 {
        "write the address without the read/write bit; 10-bit ones go into `allow-ten-bit`"
    } else {
        "a 10-bit address ends at 0x3ff"
    }
}
