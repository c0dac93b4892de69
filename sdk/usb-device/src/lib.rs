//! usb-device's bus on a component's slot.
#![no_std]
#![deny(unsafe_code)]

periplasm_macros::sdk_bindings!("periplasm:usb-device/sdk");

/// The types of the shared interface, for the bindings of a driver.
#[doc(hidden)]
pub mod slot {
    pub use crate::bindings::periplasm::usb_device::usb_device::*;
}
