//! Handling events: the ends of transfers, and devices that come and go.

use std::ffi::c_int;
use std::ptr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::pointers;
use super::transfer;
use crate::constants::*;
use crate::state::{Context, Plugged};

/// How long libusb waits where no time is given.
pub(super) const LONG: Duration = Duration::from_secs(60);

/// Waits until something has happened, at most so long, and tells callbacks of
/// it. It does not wait when `completed` is set.
pub(super) unsafe fn events(
    context: &Arc<Context>,
    timeout: Duration,
    completed: *const c_int,
) -> c_int {
    let end = Instant::now().checked_add(timeout);
    let end = end.unwrap_or_else(|| Instant::now() + LONG);
    // SAFETY: the caller gives a flag, or null; a callback may write it.
    let is_completed = || unsafe { !completed.is_null() && completed.read_volatile() != 0 };
    while !is_completed() {
        let ended = context.take_ended();
        let plugged = context.take_plugged();
        let anything = !ended.is_empty() || !plugged.is_empty();
        for ended in ended {
            // SAFETY: it was in flight until now, and this is told once.
            unsafe { transfer::end(ended) };
        }
        for plugged in plugged {
            tell(context, &plugged);
        }
        if anything || context.was_interrupted() || Instant::now() >= end {
            break;
        }
        context.wait(end);
    }
    LIBUSB_SUCCESS
}

/// Tells all who want to know of a device.
fn tell(context: &Arc<Context>, plugged: &Plugged) {
    for handle in context.registered() {
        tell_one(context, handle, plugged);
    }
}

/// Tells one. No lock is held: a callback may do what it likes.
pub(super) fn tell_one(context: &Arc<Context>, handle: c_int, plugged: &Plugged) {
    let Some(registration) = context.registration(handle) else { return };
    if !registration.filter.matches(&plugged.device, plugged.event) {
        return;
    }
    let device = pointers::give_device(Arc::clone(&plugged.device));
    let context_pointer = pointers::context_pointer(context);
    let user_data = ptr::with_exposed_provenance_mut(registration.user_data);
    let done = (registration.callback)(context_pointer, device, plugged.event, user_data);
    // SAFETY: it was counted for the callback alone.
    unsafe { pointers::unref_device(device) };
    if done != 0 {
        context.deregister(handle);
    }
}

/// A time of the caller's.
pub(super) unsafe fn duration(tv: *const libc::timeval) -> Option<Duration> {
    // SAFETY: the caller gives a time, or null.
    let Some(tv) = (unsafe { tv.as_ref() }) else { return Some(LONG) };
    let (seconds, micros) = (u64::try_from(tv.tv_sec).ok()?, u64::try_from(tv.tv_usec).ok()?);
    (micros < 1_000_000).then(|| Duration::from_secs(seconds) + Duration::from_micros(micros))
}

/// A pointer to nothing, where no flag is given.
pub(super) const NO_FLAG: *const c_int = ptr::null();

/// A time for the caller.
pub(super) fn timeval(duration: Duration) -> libc::timeval {
    libc::timeval {
        tv_sec: duration.as_secs().try_into().unwrap_or(libc::time_t::MAX),
        tv_usec: duration.subsec_micros().into(),
    }
}
