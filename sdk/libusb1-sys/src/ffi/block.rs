//! Memory whose size its pointer does not say, as C has it, aligned for
//! everything that the header declares.

use crate::state::{Code, Result};

/// `len` zeros.
pub(super) fn zeroed(len: usize) -> Result<*mut u8> {
    // SAFETY: any size may be asked for.
    let block = unsafe { libc::calloc(1, len.max(1)) };
    if block.is_null() { Err(Code::NO_MEMORY) } else { Ok(block.cast()) }
}

/// Gives memory back that is of this module, or of C's `malloc`.
pub(super) unsafe fn free<T>(block: *mut T) {
    // SAFETY: the caller has no other use of it.
    unsafe { libc::free(block.cast()) }
}
