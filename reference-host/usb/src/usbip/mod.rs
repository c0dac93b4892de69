//! USB/IP 1.1.1: USB over TCP, as Linux's kernel speaks it
//! (`Documentation/usb/usbip_protocol.rst`).
//!
//! [`Server`] exports the devices of any [`crate::UsbHost`], so that Linux's
//! `vhci-hcd` or another client can take them: a gadget is plugged into a cable
//! whose host side is served. [`Client`] is the other end: the devices of a
//! server as a host. [`wire`] has the messages alone.
//!
//! The protocol has no password and no secrecy: whoever reaches the port has the
//! devices. A server listens on loopback unless it is told otherwise.

mod client;
pub(crate) mod errno;
mod server;
mod socket;
#[cfg(test)]
mod tests;
pub mod wire;

pub use client::{Client, ConnectError};
pub use server::{Exposure, ServeError, Server};
