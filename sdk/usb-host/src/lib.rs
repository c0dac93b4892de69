//! The host side of USB on a component's slot `usb`: what the drop-ins for nusb
//! and libusb stand on.
//!
//! As a component the names here are those of `wit/usb`, as wit-bindgen makes
//! them. Natively, in tests and benchmarks, the same names and methods stand on
//! the host that `native::install` was given.
//!
//! `happened` makes of an event a future that goes on in any executor.
#![no_std]
#![deny(unsafe_code)]

#[cfg(not(target_family = "wasm"))]
extern crate std;

periplasm_macros::sdk_bindings!("periplasm:usb/sdk");

#[cfg(not(target_family = "wasm"))]
pub mod native;

pub use bindings::periplasm::usb::usb_types::{
    Change, Completion, DeviceInfo, Error, InterfaceInfo, Packet, Setup, Speed,
};
#[cfg(target_family = "wasm")]
pub use bindings::{
    periplasm::usb::usb::{Pipe, UsbDevice as Device, UsbHost as Host, UsbInterface as Interface},
    periplasm::usb::usb_admin as admin,
    usb::open,
};
#[cfg(not(target_family = "wasm"))]
pub use native::wait::{Happened, happened};
#[cfg(not(target_family = "wasm"))]
pub use native::{Buffer, Device, Host, Interface, Pipe, admin, open, wait};
pub use periplasm_hal::slot::buffer::Error as BufferError;
#[cfg(target_family = "wasm")]
pub use periplasm_hal::{Anywhere as Happened, Buffer, anywhere as happened, slot::wait};

/// The types of the interface with handles, for the bindings of a driver.
#[doc(hidden)]
pub mod slot {
    pub use crate::bindings::periplasm::usb::usb::*;
}
