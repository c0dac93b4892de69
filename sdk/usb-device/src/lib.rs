//! Gadgets on a component's slot: what a stage with a slot of kind `usb-device`
//! runs its USB stack on.
//!
//! # For driver authors
//!
//! | stack | what it takes |
//! | --- | --- |
//! | usb-device 0.3 | [`Bus`], and [`serve()`] for its loop |
//! | embassy-usb 0.6 | `embassy::Driver` (feature `embassy`), and `periplasm_hal::block_on` |
//!
//! A gadget is a driver that exports `periplasm:device/gadget`. Its `run` makes
//! the device and its classes as its firmware would, and serves them:
//!
//! ```ignore
//! use core::ops::ControlFlow;
//!
//! use bindings::{exports::periplasm::device::gadget, port};
//! use periplasm_driver::Error;
//! use periplasm_usb_device::{Bus, serve, usb_device::{bus::UsbBusAllocator, prelude::*}};
//! use usbd_serial::SerialPort;
//!
//! impl gadget::Guest for Gadget {
//!     fn run() -> Result<(), Error> {
//!         let bus = UsbBusAllocator::new(Bus::new(port::open()));
//!         let mut serial = SerialPort::new(&bus);
//!         let mut device = UsbDeviceBuilder::new(&bus, UsbVidPid(0x16c0, 0x27dd)).build();
//!         serve(&mut device, None, |device, _| {
//!             if device.poll(&mut [&mut serial]) { /* read and write */ }
//!             ControlFlow::<()>::Continue(())
//!         })
//!         .map_err(|_| Error::Gone)
//!     }
//! }
//! ```
//!
//! (`tests/guests/gadget-serial` is this example in full.) An idle gadget sleeps
//! in the host: [`serve()`] calls `wait`, which returns when something happened.
//!
//! Natively the same code runs on a [`Port`] of the reference host: tests and
//! benchmarks pass `Box<dyn UsbController>` of `periplasm-usb`.
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

periplasm_macros::sdk_bindings!("periplasm:usb-device/sdk");

mod bus;
mod controller;
#[cfg(all(feature = "critical-section", target_family = "wasm"))]
mod critical;
#[cfg(feature = "embassy")]
pub mod embassy;
#[cfg(not(target_family = "wasm"))]
mod native;
mod news;
mod port;
mod serve;
#[cfg(test)]
mod testing;

pub use bus::Bus;
#[cfg(not(target_family = "wasm"))]
pub use native::Happened;
pub use port::Port;
pub use serve::{Woken, serve};
pub use slot::{BusEvents, Endpoint, Error, Events, Speed, TransferType};
pub use usb_device;

/// The types of the shared interface, for the bindings of a driver.
#[doc(hidden)]
pub mod slot {
    pub use crate::bindings::periplasm::usb_device::usb_device::*;
}
