//! The host owner's file: what each name is on this machine, and the most that
//! may be asked of it.
//!
//! Beside `backend` and `limits`, each table names one thing, under its kind:
//! `[output-pin.screen-dc]`. Standing there means that it may be asked for; of
//! an I2C bus, the addresses in `allow` and `allow-ten-bit`.
//!
//! | kind | keys on `backend = "sim"` | keys on `backend = "linux"` |
//! | --- | --- | --- |
//! | `i2c` | `devices` ([`DeviceConfig`]), `speed-hz` | `device` |
//! | `spi` | [`SpiConfig`](periplasm_backend::sim::SpiConfig) | `device`, `mode`, `speed-hz`, `lsb-first`, `cs-active-high`, `hold-chip-select` |
//! | `spi-bus` | [`SpiConfig`](periplasm_backend::sim::SpiConfig) | `device`, `mode`, `speed-hz`, `lsb-first` |
//! | `output-pin` | [`OutputConfig`](periplasm_backend::sim::OutputConfig) | `chip`, `line`, `active-low`, `drive`, `bias`, `initial` |
//! | `input-pin` | [`InputConfig`](periplasm_backend::sim::InputConfig) | `chip`, `line`, `active-low`, `bias`, `debounce-us`, `edges` |
//! | `pwm` | [`PwmConfig`](periplasm_backend::sim::PwmConfig) | `chip`, `channel`, `period-ns`, `inverted` |
//! | `adc` | [`AdcConfig`](periplasm_backend::sim::AdcConfig) | `device`, `channel`, `minus`, `bits` |
//! | `serial` | [`SerialConfig`](periplasm_backend::sim::SerialConfig) | `device`, `baud`, `data-bits`, `parity`, `stop-bits`, `flow` |
//! | `can` | [`CanConfig`](periplasm_backend::sim::CanConfig) | `interface` |
//!
//! | `usb` | `cable` or `usbip`, `anywhere`; `allow` | as on `sim`, and `kernel` |
//! | `usb-device` | `cable`, `port`, or `usbip`, `anywhere`; `speed` | as on `sim`, and `raw-gadget` |
//!
//! A `line` is a number or a name. What the keys on Linux mean is said at the
//! configs of `periplasm_backend::linux`, whose fields they are.
//!
//! A `cable` is a software bus inside of the host, by a name of its own: what
//! is plugged into it as a `usb-device` is a device for a `usb` at the same one.
//! `usbip = "127.0.0.1:3240"` is devices that a peer exports, or where a gadget
//! is exported; an address that others reach needs `anywhere = true`, because
//! USB/IP knows no password. `kernel = true` is the machine's own devices,
//! `raw-gadget = { driver = "…", device = "…" }` a device controller of it. A
//! `speed` is `"full"` or `"high"`. What may be asked of devices stands in
//! `allow`, a list of [`UsbFilter`](periplasm_request::UsbFilter): `[{ vendor =
//! 0x16c0, product = 0x05dc, interfaces = [0], control = ["class"] }]`.
//!
//! A simulated device's `pins` connect it to pins of the board by their names.
//!
//! ```
//! use periplasm_host::Board;
//! let board = Board::parse(
//!     r#"
//!     backend = "sim"
//!
//!     [i2c.environment]
//!     allow = [0x48]
//!     devices = [{ model = "lm75", address = 0x48, temperature = 25.5 }]
//!     "#,
//!     "board.toml",
//! )?;
//! assert_eq!(board.i2c().count(), 1);
//! # Ok::<(), periplasm_host::board::BoardError>(())
//! ```

mod check;
mod error;
mod file;
pub(crate) mod kinds;
mod limits;
mod simulated;
mod usb;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use error::{BoardError, Malformed, Problem};
pub use limits::Limits;
use miette::{NamedSource, SourceSpan};
use periplasm_backend::I2cAddress;
use periplasm_backend::sim::DeviceConfig;
use toml::Spanned;
pub use usb::{UsbDevicePort, UsbDeviceSource, UsbPort, UsbProblem, UsbSource, UsbSpeed};

use crate::pipeline::SlotKind;
use kinds::Hardware;

/// The most bytes of a board file that are read.
pub const MAX_BOARD_BYTES: usize = 1 << 20;

/// A board file and what it says.
#[derive(Clone, Debug)]
pub struct Board {
    source: NamedSource<Arc<String>>,
    folder: PathBuf,
    backend: Backend,
    limits: Limits,
    i2c: BTreeMap<String, I2cBus>,
    usb: BTreeMap<String, UsbPort>,
    usb_device: BTreeMap<String, UsbDevicePort>,
    hardware: Hardware,
}

/// Where a board gets its hardware from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Simulated buses with models, and a clock that moves when somebody waits.
    Sim,
    /// The Linux kernel's buses, and the machine's clock.
    Linux,
}

/// One I2C bus of a board.
#[derive(Clone, Debug)]
pub struct I2cBus {
    allow: Vec<I2cAddress>,
    hardware: I2cHardware,
    span: SourceSpan,
}

/// What a bus is on this machine.
#[derive(Clone, Debug)]
pub enum I2cHardware {
    /// Models on a simulated bus.
    Sim {
        /// The devices on it.
        devices: Vec<Spanned<DeviceConfig>>,
        /// Bits a second; without it no time passes.
        speed_hz: Option<NonZeroU32>,
    },
    /// A bus of the Linux kernel.
    Linux {
        /// A character device of i2c-dev, such as `/dev/i2c-1`.
        device: PathBuf,
        /// Where the board file names it.
        at: SourceSpan,
    },
}

impl Board {
    /// Reads a board file.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, BoardError> {
        let path = path.as_ref();
        let unreadable = |error| BoardError::Unreadable { path: path.to_owned(), error };
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .map_err(unreadable)?
            .take(MAX_BOARD_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if bytes.len() > MAX_BOARD_BYTES {
            return Err(BoardError::TooLong { path: path.to_owned() });
        }
        let text = String::from_utf8(bytes).map_err(|error| BoardError::NotText {
            path: path.to_owned(),
            error: error.utf8_error(),
        })?;
        let mut board = Self::parse(&text, &path.display().to_string())?;
        board.folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(board)
    }

    /// Reads the text of a board file. `file_name` is for messages; files that
    /// the board names are looked for in the current folder.
    pub fn parse(text: &str, file_name: &str) -> Result<Self, BoardError> {
        check::board(text, file_name).map_err(|malformed| BoardError::Malformed(malformed.into()))
    }

    /// Where the hardware comes from.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// What a pipeline may use of this machine.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The I2C buses with their names, sorted by name.
    pub fn i2c(&self) -> impl ExactSizeIterator<Item = (&str, &I2cBus)> {
        self.i2c.iter().map(|(name, bus)| (name.as_str(), bus))
    }

    /// The I2C bus of this name.
    pub fn i2c_bus(&self, name: &str) -> Option<&I2cBus> {
        self.i2c.get(name)
    }

    /// Where the USB devices of this name are.
    pub fn usb(&self, name: &str) -> Option<&UsbPort> {
        self.usb.get(name)
    }

    /// The port for a gadget of this name.
    pub fn usb_device(&self, name: &str) -> Option<&UsbDevicePort> {
        self.usb_device.get(name)
    }

    /// The ports for gadgets with their names, sorted by name.
    pub fn usb_devices(&self) -> impl Iterator<Item = (&str, &UsbDevicePort)> {
        self.usb_device.iter().map(|(name, port)| (name.as_str(), port))
    }

    /// The names of all cables that `usb` and `usb-device` mention, sorted.
    pub(crate) fn cables(&self) -> BTreeSet<&str> {
        let host = self.usb.values().filter_map(|port| match port.source() {
            UsbSource::Cable(name) => Some(name.as_str()),
            _ => None,
        });
        let device = self.usb_device.values().filter_map(|port| match port.source() {
            UsbDeviceSource::Cable { name, .. } => Some(name.as_str()),
            _ => None,
        });
        host.chain(device).collect()
    }

    /// The names of all that the board has of one kind, sorted.
    pub fn names(&self, kind: SlotKind) -> Vec<&str> {
        match kind {
            SlotKind::I2c => self.i2c.keys().map(String::as_str).collect(),
            SlotKind::Usb => self.usb.keys().map(String::as_str).collect(),
            SlotKind::UsbDevice => self.usb_device.keys().map(String::as_str).collect(),
            _ => self.hardware.names(kind).into_iter().map(|(name, _)| name).collect(),
        }
    }

    /// Where the board names this, if it has it.
    pub fn span(&self, kind: SlotKind, name: &str) -> Option<SourceSpan> {
        match kind {
            SlotKind::I2c => self.i2c_bus(name).map(I2cBus::span),
            SlotKind::Usb => self.usb(name).map(UsbPort::span),
            SlotKind::UsbDevice => self.usb_device(name).map(UsbDevicePort::span),
            _ => self.hardware.names(kind).into_iter().find(|(n, _)| *n == name).map(|(_, at)| at),
        }
    }

    /// Where the files are that the board names.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn hardware(&self) -> &Hardware {
        &self.hardware
    }

    /// The file, for errors that point into it.
    pub fn source(&self) -> &NamedSource<Arc<String>> {
        &self.source
    }
}

impl I2cBus {
    /// The addresses that may be asked for, sorted.
    pub fn allow(&self) -> &[I2cAddress] {
        &self.allow
    }

    /// What the bus is on this machine.
    pub fn hardware(&self) -> &I2cHardware {
        &self.hardware
    }

    /// The place in the file to change when more is to be allowed.
    pub fn span(&self) -> SourceSpan {
        self.span
    }
}
