//! From libusb's pointers to what they stand for, and back.

use std::sync::{Arc, Mutex, PoisonError};

use crate::state::{Code, Context, Device, Handle, Result};
use crate::types::*;

/// The context that null stands for, and how often it was initialized.
static DEFAULT: Mutex<(Option<Arc<Context>>, usize)> = Mutex::new((None, 0));

/// The context of a pointer.
pub(super) unsafe fn context(pointer: *mut libusb_context) -> Arc<Context> {
    if pointer.is_null() {
        let mut default = DEFAULT.lock().unwrap_or_else(PoisonError::into_inner);
        return Arc::clone(default.0.get_or_insert_with(Context::new));
    }
    let pointer = pointer.cast_const().cast::<Context>();
    // SAFETY: it is of `Arc::into_raw` in `new_context`, and not ended yet.
    unsafe {
        Arc::increment_strong_count(pointer);
        Arc::from_raw(pointer)
    }
}

/// A pointer to a new context.
pub(super) fn new_context() -> *mut libusb_context {
    Arc::into_raw(Context::new()).cast_mut().cast()
}

/// The pointer to a context, for callbacks.
pub(super) fn context_pointer(context: &Arc<Context>) -> *mut libusb_context {
    Arc::as_ptr(context).cast_mut().cast()
}

/// Initializes the default context once more.
pub(super) fn init_default() {
    let mut default = DEFAULT.lock().unwrap_or_else(PoisonError::into_inner);
    default.0.get_or_insert_with(Context::new);
    default.1 += 1;
}

/// Ends a context; the default one when it was ended as often as initialized.
pub(super) unsafe fn exit(pointer: *mut libusb_context) {
    if pointer.is_null() {
        let mut default = DEFAULT.lock().unwrap_or_else(PoisonError::into_inner);
        default.1 = default.1.saturating_sub(1);
        if default.1 == 0 {
            default.0 = None;
        }
        return;
    }
    // SAFETY: it is of `new_context`, whose count this takes back.
    drop(unsafe { Arc::from_raw(pointer.cast_const().cast::<Context>()) });
}

/// A counted pointer to a device.
pub(super) fn give_device(device: Arc<Device>) -> *mut libusb_device {
    Arc::into_raw(device).cast_mut().cast()
}

/// The device of a pointer.
pub(super) unsafe fn device(pointer: *const libusb_device) -> Result<Arc<Device>> {
    if pointer.is_null() {
        return Err(Code::INVALID);
    }
    // SAFETY: it is of `give_device`, and counted by the caller.
    unsafe {
        Arc::increment_strong_count(pointer.cast::<Device>());
        Ok(Arc::from_raw(pointer.cast()))
    }
}

/// Takes a count back.
pub(super) unsafe fn unref_device(pointer: *mut libusb_device) {
    if !pointer.is_null() {
        // SAFETY: it is of `give_device`, and the caller gives its count.
        unsafe { Arc::decrement_strong_count(pointer.cast_const().cast::<Device>()) }
    }
}

/// A pointer to an open device.
pub(super) fn give_handle(handle: Arc<Handle>) -> *mut libusb_device_handle {
    Arc::into_raw(handle).cast_mut().cast()
}

/// The open device of a pointer.
pub(super) unsafe fn handle<'a>(pointer: *mut libusb_device_handle) -> Result<&'a Handle> {
    // SAFETY: it is of `give_handle`, and not closed before the call ends.
    unsafe { pointer.cast::<Handle>().as_ref() }.ok_or(Code::INVALID)
}

/// Takes an open device back.
pub(super) unsafe fn take_handle(pointer: *mut libusb_device_handle) -> Option<Arc<Handle>> {
    let pointer = pointer.cast_const().cast::<Handle>();
    // SAFETY: it is of `give_handle`, and not used any more.
    (!pointer.is_null()).then(|| unsafe { Arc::from_raw(pointer) })
}

/// The bytes of a caller: at `pointer`, as many as it says.
pub(super) unsafe fn bytes<'a>(pointer: *const u8, len: usize) -> Result<&'a [u8]> {
    match (pointer.is_null(), len) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(Code::INVALID),
        // SAFETY: the caller gives `len` bytes that nobody writes meanwhile.
        (false, _) => Ok(unsafe { std::slice::from_raw_parts(pointer, len) }),
    }
}

/// Copies into memory of a caller, at most `room` bytes: how many.
pub(super) unsafe fn copy_to(pointer: *mut u8, room: usize, data: &[u8]) -> usize {
    let len = data.len().min(if pointer.is_null() { 0 } else { room });
    if len > 0 {
        // SAFETY: the caller gives `room` bytes, which are not `data`'s.
        unsafe { pointer.copy_from_nonoverlapping(data.as_ptr(), len) }
    }
    len
}
