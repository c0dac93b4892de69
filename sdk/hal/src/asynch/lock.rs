//! A value that one caller at a time may touch.
#![allow(unsafe_code, reason = "a cell that is shared by the futures of one instance")]

use core::cell::UnsafeCell;
use core::fmt;
use core::hint::spin_loop;
use core::sync::atomic::{AtomicBool, Ordering};

/// In a component there is one thread, and nobody ever waits here.
pub struct Lock<T> {
    busy: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `value` is only touched between a change of `busy` from false to true
// and its reset, so by one caller at a time; `T: Send` lets that caller be
// another thread than the last one.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> fmt::Debug for Lock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").finish_non_exhaustive()
    }
}

impl<T> Lock<T> {
    /// A free one.
    pub const fn new(value: T) -> Self {
        Self { busy: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// Calls `f` with the value. `f` must not come back here: it calls no
    /// wakers and drops none.
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        while self.busy.swap(true, Ordering::Acquire) {
            spin_loop();
        }
        // Resets `busy` even if `f` unwinds, as it may natively.
        let _in_use = InUse(&self.busy);
        // SAFETY: `busy` was false and is true now, so nobody else holds a
        // reference, and nobody gets one before `_in_use` is dropped.
        f(unsafe { &mut *self.value.get() })
    }
}

struct InUse<'a>(&'a AtomicBool);

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
