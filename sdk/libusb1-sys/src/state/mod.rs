//! What libusb is between two calls, without any raw pointer.
#![forbid(unsafe_code)]

mod claims;
mod code;
mod configs;
mod context;
mod device;
mod endpoint;
mod handle;
mod hotplug;
mod log;
mod order;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) use code::{Code, Result, transfer_status};
pub(crate) use configs::{Config, Endpoint as EndpointInfo, Setting};
pub(crate) use context::Context;
pub(crate) use device::Device;
pub(crate) use handle::Handle;
pub(crate) use hotplug::{Filter, Plugged};
pub(crate) use log::Log;
pub(crate) use order::{Body, Ended, Key, Order, split_setup};

/// A callback that panicked leaves nothing half done behind these locks.
fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// libusb's milliseconds, 0 of which are for ever, as the host counts.
fn nanoseconds(timeout_ms: u32) -> Option<u64> {
    (timeout_ms != 0).then(|| u64::from(timeout_ms) * 1_000_000)
}
