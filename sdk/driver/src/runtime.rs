//! The allocator and the panic report that `driver!` gives a component: its own
//! for a driver without std, std's otherwise.

/// For [`crate::driver!`]: `$open` opens the stage's `diag`.
#[cfg(not(feature = "std"))]
#[doc(hidden)]
#[macro_export]
macro_rules! runtime {
    ($open:path) => {
        // Natively, where only a driver's tests and lints run, std has both.
        #[cfg(not(target_family = "wasm"))]
        extern crate std;

        #[cfg(target_family = "wasm")]
        #[global_allocator]
        static ALLOCATOR: $crate::Allocator = $crate::ALLOCATOR;

        #[cfg(target_family = "wasm")]
        #[panic_handler]
        fn panicked(info: &::core::panic::PanicInfo<'_>) -> ! {
            $crate::panicked(info, $open)
        }
    };
}

/// For [`crate::driver!`]: `$open` opens the stage's `diag`.
#[cfg(feature = "std")]
#[doc(hidden)]
#[macro_export]
macro_rules! runtime {
    ($open:path) => {
        // For a driver without std, where cargo gave all this feature.
        #[cfg(not(target_family = "wasm"))]
        extern crate std;

        // Run when the component is instantiated, before any call.
        #[cfg(target_family = "wasm")]
        #[allow(unsafe_code, reason = "a section that the linker knows")]
        const _: () = {
            extern "C" fn install() {
                $crate::report_panics($open);
            }
            #[used]
            #[unsafe(link_section = ".init_array")]
            static INSTALL: extern "C" fn() = install;
        };
    };
}
