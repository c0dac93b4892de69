//! Locks by which threads agree on who handles events. Handling them needs no
//! lock here: they are kept for programs that ask.

use std::ffi::c_int;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use libc::timeval;

use super::{pointers, run};
use crate::constants::*;
use crate::types::*;

/// How often a thread looks whether a lock is free.
const LOOK: Duration = Duration::from_millis(1);

/// Takes the lock of events if it is free: 0 then, otherwise 1.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_try_lock_events(context: *mut libusb_context) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { pointers::context(context) }.events_locked.swap(true, Ordering::AcqRel).into()
}

/// Takes the lock of events, waiting for it.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_lock_events(context: *mut libusb_context) {
    // SAFETY: as the caller promises.
    let context = unsafe { pointers::context(context) };
    // The one thread of a component has the lock already if anybody has.
    while context.events_locked.swap(true, Ordering::AcqRel) && !cfg!(target_family = "wasm") {
        thread::sleep(LOOK);
    }
}

/// Gives the lock of events back.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_unlock_events(context: *mut libusb_context) {
    // SAFETY: as the caller promises.
    unsafe { pointers::context(context) }.events_locked.store(false, Ordering::Release);
}

/// Whether who has the lock may go on: always.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_event_handling_ok(_context: *mut libusb_context) -> c_int {
    1
}

/// Whether anybody has the lock.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_event_handler_active(context: *mut libusb_context) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { pointers::context(context) }.events_locked.load(Ordering::Acquire).into()
}

/// Takes the lock of those who wait: there is nothing that it would guard.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_lock_event_waiters(_context: *mut libusb_context) {}

/// Gives it back.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_unlock_event_waiters(_context: *mut libusb_context) {}

/// Waits while another thread handles events, at most so long: 1 when the time
/// is up. Without a time, 0 after a moment: the caller looks again.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_wait_for_event(
    _context: *mut libusb_context,
    tv: *const timeval,
) -> c_int {
    // SAFETY: as the caller promises.
    match unsafe { run::duration(tv) } {
        None => LIBUSB_ERROR_INVALID_PARAM,
        Some(timeout) => {
            thread::sleep(timeout.min(LOOK));
            (timeout <= LOOK).into()
        }
    }
}
