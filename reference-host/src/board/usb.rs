//! USB on a board, as both backends have it.

mod check;
mod error;
mod file;

use std::net::SocketAddr;

use miette::SourceSpan;
use periplasm_request::UsbFilter;

pub(super) use check::{Checked, check};
pub use error::UsbProblem;
pub(super) use file::{UsbDeviceFile, UsbFile};

/// Where USB devices are that a pipeline may use, and the most that may be
/// asked of them.
#[derive(Clone, Debug)]
pub struct UsbPort {
    allow: Vec<UsbFilter>,
    source: UsbSource,
    span: SourceSpan,
}

/// Where USB devices come from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UsbSource {
    /// A software bus of this board, by its name.
    Cable(String),
    /// The devices that a peer of USB/IP exports.
    UsbIp(SocketAddr),
    /// The machine's own.
    Kernel,
}

/// A port into which a gadget of a pipeline is plugged.
#[derive(Clone, Debug)]
pub struct UsbDevicePort {
    source: UsbDeviceSource,
    speed: UsbSpeed,
    span: SourceSpan,
}

/// Where a gadget is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UsbDeviceSource {
    /// A software bus of this board.
    Cable {
        /// Its name.
        name: String,
        /// The port, from 1 to 15; without one the next that is free.
        port: Option<u8>,
    },
    /// Whoever attaches it by USB/IP, at this address of ours.
    UsbIp(SocketAddr),
    /// A device controller of the machine, by `/dev/raw-gadget`.
    RawGadget {
        /// The name of its driver, such as `dummy_udc`.
        driver: String,
        /// Its name, such as `dummy_udc.0`.
        device: String,
    },
}

/// How fast a port for gadgets talks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UsbSpeed {
    /// 12 Mbit/s.
    #[default]
    Full,
    /// 480 Mbit/s.
    High,
}

impl UsbPort {
    /// What may be asked for: at least one filter.
    pub fn allow(&self) -> &[UsbFilter] {
        &self.allow
    }

    /// Where the devices come from.
    pub fn source(&self) -> &UsbSource {
        &self.source
    }

    /// The place in the file to change when more is to be allowed.
    pub fn span(&self) -> SourceSpan {
        self.span
    }
}

impl UsbDevicePort {
    /// Where a gadget is plugged in.
    pub fn source(&self) -> &UsbDeviceSource {
        &self.source
    }

    /// How fast it talks.
    pub fn speed(&self) -> UsbSpeed {
        self.speed
    }

    /// Where the board names it.
    pub fn span(&self) -> SourceSpan {
        self.span
    }
}
