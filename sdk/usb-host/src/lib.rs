//! The host side of USB on a component's slot `usb`: what the drop-ins for nusb
//! and libusb stand on.
#![no_std]
#![deny(unsafe_code)]

periplasm_macros::sdk_bindings!("periplasm:usb/sdk");

pub use bindings::periplasm::usb::usb::{
    Pipe, UsbDevice as Device, UsbHost as Host, UsbInterface as Interface,
};
pub use bindings::periplasm::usb::usb_admin as admin;
pub use bindings::periplasm::usb::usb_types::{
    Change, Completion, DeviceInfo, Error, InterfaceInfo, Packet, Setup, Speed,
};
pub use bindings::usb::open;
pub use periplasm_hal::slot::wait;

/// The types of the interface with handles, for the bindings of a driver.
#[doc(hidden)]
pub mod slot {
    pub use crate::bindings::periplasm::usb::usb::*;
}
