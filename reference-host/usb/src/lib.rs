//! USB for a host.
//!
//! The traits here know nothing of WebAssembly and of an operating system:
//! [`UsbHost`] is where devices come from, [`UsbController`] is what a gadget
//! drives. A wait has an event of `periplasm-backend`.
#![deny(unsafe_code)]

mod bell;
pub mod cable;
mod capture;
mod controller;
pub mod descriptors;
mod device_info;
mod error;
mod guard;
mod host;
#[cfg(all(target_os = "linux", feature = "linux"))]
pub mod linux;
#[cfg(target_os = "linux")]
pub mod raw_gadget;
mod traced;
mod transfer;
pub mod usbip;
mod wait;

pub use capture::{Capture, MAX_CAPTURED};
pub use controller::{
    BusEvents, ControllerError, EndpointConfig, Events, PortSpeed, TransferType, UsbController,
};
pub use device_info::{DeviceId, DeviceInfo, InterfaceInfo, Speed};
pub use error::UsbError;
pub use guard::Guarded;
pub use host::{Change, Changes, Pipe, UsbDevice, UsbHost, UsbInterface};
pub use traced::TracedHost;
pub use transfer::{Completed, Packet, Request, Setup, Transfer};
pub use wait::wait_any;
