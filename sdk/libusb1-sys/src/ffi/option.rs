//! `libusb_set_option`, which is variadic in C.

use std::ffi::c_int;

use crate::types::libusb_context;

unsafe extern "C" {
    /// Sets an option. The level of the log is the only one that changes
    /// anything; `LIBUSB_OPTION_USE_USBDK` is for Windows.
    pub fn libusb_set_option(ctx: *mut libusb_context, option: u32, ...) -> c_int;
}

/// What C calls by that name. Stable Rust cannot define a variadic function, but
/// here its first argument is where an ordinary one would be, or behind a
/// pointer.
mod definition {
    use std::ffi::c_int;

    use crate::constants::*;
    use crate::ffi::pointers;
    use crate::types::libusb_context;

    /// On wasm32, C's calling convention passes where the arguments are.
    #[cfg(target_family = "wasm")]
    type Argument = *const c_int;
    #[cfg(not(target_family = "wasm"))]
    type Argument = c_int;

    #[unsafe(no_mangle)]
    unsafe extern "C" fn libusb_set_option(
        context: *mut libusb_context,
        option: u32,
        argument: Argument,
    ) -> c_int {
        match option {
            LIBUSB_OPTION_LOG_LEVEL => {
                // SAFETY: this option has an argument, a `c_int`.
                let level = unsafe { level(argument) };
                // SAFETY: as the caller promises.
                unsafe { pointers::context(context) }.log.set_level(level);
                LIBUSB_SUCCESS
            }
            LIBUSB_OPTION_NO_DEVICE_DISCOVERY => LIBUSB_SUCCESS,
            LIBUSB_OPTION_USE_USBDK => LIBUSB_ERROR_NOT_SUPPORTED,
            _ => LIBUSB_ERROR_INVALID_PARAM,
        }
    }

    /// Link-time optimization may see through the two declarations, and pass the
    /// argument itself. Levels are small; no argument is at such an address.
    #[cfg(target_family = "wasm")]
    unsafe fn level(argument: Argument) -> c_int {
        if argument.addr() <= LIBUSB_LOG_LEVEL_DEBUG as usize {
            argument.addr() as c_int
        } else {
            // SAFETY: as the caller promises.
            unsafe { argument.read() }
        }
    }

    #[cfg(not(target_family = "wasm"))]
    unsafe fn level(argument: Argument) -> c_int {
        argument
    }
}
