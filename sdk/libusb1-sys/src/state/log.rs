//! Messages about calls that failed.

use std::ffi::c_int;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, Ordering};

use super::locked;
use crate::constants::LIBUSB_LOG_LEVEL_NONE;
use crate::types::libusb_log_cb;

/// Where messages go, and which.
#[derive(Debug)]
pub(crate) struct Log {
    level: AtomicI32,
    sink: Mutex<Option<Sink>>,
}

/// A callback for messages.
pub(crate) type Sink = libusb_log_cb;

impl Log {
    pub(crate) const fn new() -> Self {
        Self { level: AtomicI32::new(LIBUSB_LOG_LEVEL_NONE), sink: Mutex::new(None) }
    }

    pub(crate) fn set_level(&self, level: c_int) {
        self.level.store(level, Ordering::Relaxed);
    }

    pub(crate) fn level(&self) -> c_int {
        self.level.load(Ordering::Relaxed)
    }

    pub(crate) fn set_sink(&self, sink: Option<Sink>) {
        *locked(&self.sink) = sink;
    }

    pub(crate) fn sink(&self) -> Option<Sink> {
        *locked(&self.sink)
    }
}
