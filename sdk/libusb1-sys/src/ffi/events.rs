//! Handling events.

use std::ffi::c_int;
use std::time::Instant;

use libc::timeval;

use super::{pointers, run};
use crate::constants::*;
use crate::types::*;

/// Handles events, waiting for one.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_handle_events(context: *mut libusb_context) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { run::events(&pointers::context(context), run::LONG, run::NO_FLAG) }
}

/// The same, at most for a time.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_handle_events_timeout(
    context: *mut libusb_context,
    tv: *const timeval,
) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { within(context, tv, run::NO_FLAG) }
}

/// The same, not waiting when the flag is set.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_handle_events_completed(
    context: *mut libusb_context,
    completed: *mut c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { run::events(&pointers::context(context), run::LONG, completed) }
}

/// Both.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_handle_events_timeout_completed(
    context: *mut libusb_context,
    tv: *const timeval,
    completed: *mut c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { within(context, tv, completed) }
}

/// The same for who holds the lock of events.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_handle_events_locked(
    context: *mut libusb_context,
    tv: *const timeval,
) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { within(context, tv, run::NO_FLAG) }
}

/// Ends the wait of a thread that handles events, or of the next one that does.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_interrupt_event_handler(context: *mut libusb_context) {
    // SAFETY: as the caller promises.
    unsafe { pointers::context(context) }.interrupt();
}

/// When events must be handled at the latest: 1, and the time until then; 0
/// when no transfer has a timeout.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_get_next_timeout(
    context: *mut libusb_context,
    tv: *mut timeval,
) -> c_int {
    // SAFETY: as the caller promises.
    let Some(deadline) = unsafe { pointers::context(context) }.deadline() else { return 0 };
    let left = deadline.saturating_duration_since(Instant::now());
    // SAFETY: the caller gives a place for it.
    unsafe { tv.write(run::timeval(left)) };
    1
}

unsafe fn within(
    context: *mut libusb_context,
    tv: *const timeval,
    completed: *const c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    unsafe {
        match run::duration(tv) {
            Some(timeout) => run::events(&pointers::context(context), timeout, completed),
            None => LIBUSB_ERROR_INVALID_PARAM,
        }
    }
}
