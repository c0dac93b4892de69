//! libusb's functions.
//!
//! Pointers are those that this library gave, as libusb's header says: a
//! context is an `Arc<Context>`, a device an `Arc<Device>` whose count is
//! libusb's, a handle an `Arc<Handle>`. Null is answered wherever an answer
//! exists for it.
#![expect(clippy::missing_safety_doc, reason = "pointers are to what libusb's header says")]

mod block;
pub(crate) mod bos;
pub(crate) mod companion;
pub(crate) mod config;
pub(crate) mod context;
pub(crate) mod devices;
pub(crate) mod events;
pub(crate) mod handle;
pub(crate) mod hotplug;
pub(crate) mod library;
pub(crate) mod locks;
pub(crate) mod option;
mod pointers;
mod run;
pub(crate) mod strings;
pub(crate) mod synchronous;
pub(crate) mod transfer;
pub(crate) mod unsupported;

use std::ffi::c_int;

use crate::constants::LIBUSB_SUCCESS;
use crate::state::Result;

/// What a function returns that has nothing else to say.
fn code(end: Result<()>) -> c_int {
    match end {
        Ok(()) => LIBUSB_SUCCESS,
        Err(code) => code.0,
    }
}
