//! The one device that a driver's instance is.
#![allow(unsafe_code, reason = "a cell that is shared by the calls of one instance")]

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::Error;

/// A device that is opened at its first use and kept.
///
/// A device that fails is dropped, its handles with it, and opened anew at the
/// next use: a chip that lost power in between is set up again.
///
/// ```
/// use periplasm_driver::{Device, Error};
/// static COUNTER: Device<u32> = Device::new(|| Ok(40));
///
/// COUNTER.with(|n| { *n += 2; Ok(*n) }).unwrap();
/// assert_eq!(COUNTER.with(|n| Ok(*n)).unwrap(), 42);
///
/// COUNTER.with(|_| Err::<(), _>(Error::NotReady)).unwrap_err();
/// assert_eq!(COUNTER.with(|n| Ok(*n)).unwrap(), 40); // opened anew
/// ```
pub struct Device<T> {
    open: fn() -> Result<T, Error>,
    busy: AtomicBool,
    device: UnsafeCell<Option<T>>,
}

// SAFETY: `device` is only touched between the `swap` of `busy` from false to
// true and its reset, so by one caller at a time; `T: Send` lets that caller be
// another thread than the last one.
unsafe impl<T: Send> Sync for Device<T> {}

impl<T> Device<T> {
    /// A device that `open` will open.
    pub const fn new(open: fn() -> Result<T, Error>) -> Self {
        Self { open, busy: AtomicBool::new(false), device: UnsafeCell::new(None) }
    }

    /// Calls `f` with the device.
    ///
    /// # Errors
    ///
    /// What `open` or `f` returns, and [`Error::NotReady`] when the device is
    /// already in use further up the stack.
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> Result<R, Error>) -> Result<R, Error> {
        if self.busy.swap(true, Ordering::Acquire) {
            return Err(Error::NotReady);
        }
        // Resets `busy` even if `f` unwinds, as it may natively.
        let _in_use = InUse(&self.busy);
        // SAFETY: `busy` was false and is true now, so nobody else holds a
        // reference, and nobody gets one before `_in_use` is dropped.
        let device = unsafe { &mut *self.device.get() };
        let result = match device {
            Some(device) => f(device),
            None => f(device.insert((self.open)()?)),
        };
        if result.is_err() {
            *device = None;
        }
        result
    }
}

struct InUse<'a>(&'a AtomicBool);

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_in_use_is_not_ready_and_then_is_again() {
        static DEVICE: Device<u8> = Device::new(|| Ok(1));
        let inner = DEVICE.with(|_| Ok(matches!(DEVICE.with(|n| Ok(*n)), Err(Error::NotReady))));
        assert!(inner.unwrap());
        assert_eq!(DEVICE.with(|n| Ok(*n)).unwrap(), 1);
    }

    #[test]
    fn a_device_that_does_not_open_is_tried_again() {
        static TRIES: core::sync::atomic::AtomicU8 = core::sync::atomic::AtomicU8::new(0);
        static DEVICE: Device<u8> = Device::new(|| match TRIES.fetch_add(1, Ordering::Relaxed) {
            0 => Err(Error::NotReady),
            n => Ok(n),
        });
        assert!(DEVICE.with(|n| Ok(*n)).is_err());
        assert_eq!(DEVICE.with(|n| Ok(*n)).unwrap(), 1);
        assert_eq!(DEVICE.with(|n| Ok(*n)).unwrap(), 1);
    }
}
