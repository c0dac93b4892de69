//! Contexts and their log.

use std::ffi::{CString, c_int, c_void};
use std::sync::Arc;

use super::pointers;
use crate::constants::*;
use crate::state::{Code, Context, Log, Result};
use crate::types::*;

/// For messages of all contexts.
static LOG: Log = Log::new();

/// Makes a context, or initializes the default one where `context` is null.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_init(context: *mut *mut libusb_context) -> c_int {
    if context.is_null() {
        pointers::init_default();
    } else {
        // SAFETY: the caller gives a place for it.
        unsafe { context.write(pointers::new_context()) };
    }
    LIBUSB_SUCCESS
}

/// The same; options other than the level of the log change nothing here, and
/// that is set with `libusb_set_option`.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_init_context(
    context: *mut *mut libusb_context,
    _options: *const c_void,
    _num_options: c_int,
) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { libusb_init(context) }
}

/// Ends a context. Its devices must not be open any more.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_exit(context: *mut libusb_context) {
    // SAFETY: as the caller promises.
    unsafe { pointers::exit(context) }
}

/// Which messages are logged: `LIBUSB_LOG_LEVEL_*`.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_set_debug(context: *mut libusb_context, level: c_int) {
    // SAFETY: as the caller promises.
    unsafe { pointers::context(context) }.log.set_level(level);
}

/// Who gets messages: those of one context, or of all.
#[cfg_attr(feature = "c", unsafe(no_mangle))]
pub unsafe extern "system" fn libusb_set_log_cb(
    context: *mut libusb_context,
    cb: Option<libusb_log_cb>,
    mode: c_int,
) {
    if mode & LIBUSB_LOG_CB_GLOBAL != 0 {
        LOG.set_sink(cb);
    }
    if mode & LIBUSB_LOG_CB_CONTEXT != 0 {
        // SAFETY: as the caller promises.
        unsafe { pointers::context(context) }.log.set_sink(cb);
    }
}

/// Tells of a call that failed, as far as somebody wants to know.
pub(super) fn noted<T>(context: &Arc<Context>, what: &str, end: Result<T>) -> Result<T> {
    if let Err(Code(code)) = end {
        log(context, LIBUSB_LOG_LEVEL_WARNING, &|| format!("{what} failed with {code}"));
    }
    end
}

fn log(context: &Arc<Context>, level: c_int, text: &dyn Fn() -> String) {
    if context.log.level() < level {
        return;
    }
    let text = format!("libusb: {}\n", text());
    let sinks = [context.log.sink(), LOG.sink()];
    if sinks.iter().all(Option::is_none) {
        eprint!("{text}");
    }
    let Ok(text) = CString::new(text) else { return };
    for sink in sinks.into_iter().flatten() {
        sink(pointers::context_pointer(context), level, text.as_ptr().cast_mut().cast());
    }
}
