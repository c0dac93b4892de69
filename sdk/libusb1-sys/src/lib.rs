//! libusb 1.0 for components: the items of the crate `libusb1-sys`, so that
//! rusb and what is written with it builds unmodified, and the functions of C's
//! header, so that C links too.
//!
//! ```toml
//! [patch.crates-io]
//! libusb1-sys = { path = "…/sdk/libusb1-sys" }
//! ```
//!
//! All devices are those of the slot `usb`: what was not granted is not listed,
//! and answers `LIBUSB_ERROR_ACCESS`. Natively they are those of the host given
//! to `periplasm_usb_host::native::install`.
//!
//! What differs from libusb on Linux:
//!
//! - `libusb_wrap_sys_device`, streams, device memory and poll descriptors do
//!   not exist: `LIBUSB_ERROR_NOT_SUPPORTED`, or null.
//! - A transfer needs a claimed interface; Linux claims it by itself.
//! - A control transfer that is SET_CONFIGURATION or SET_INTERFACE does what
//!   `libusb_set_configuration` and `libusb_set_interface_alt_setting` do.
//! - A component has one thread, so nobody is ever waited for.
//!
//! C code in the same program finds the functions by their names with the
//! feature `c`.
//!
//! All raw pointers are handled in `ffi`; `state` is what it does, without any.
#![allow(non_camel_case_types, non_snake_case)]

pub mod constants;
mod ffi;
mod inline;
mod state;
mod types;

pub use ffi::{
    bos::*, companion::*, config::*, context::*, devices::*, events::*, handle::*, hotplug::*,
    library::*, locks::*, option::libusb_set_option, strings::*, synchronous::*, transfer::*,
    unsupported::*,
};
pub use inline::*;
pub use types::*;
