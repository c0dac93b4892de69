//! The log of drivers that write it by defmt.

/// Gives defmt the logger that it wants, one that drops everything: for a
/// driver that logs through defmt whether one likes it or not.
///
/// defmt sends numbers of texts, and the texts stay in a file of the linker's
/// that a component does not have. So nobody could read the log. The crate
/// needs defmt as a dependency, of the driver's version.
///
/// ```ignore
/// periplasm_driver::driver!(Radio);
/// periplasm_driver::silence_defmt!();
/// ```
#[macro_export]
macro_rules! silence_defmt {
    () => {
        #[defmt::global_logger]
        struct Silence;

        // SAFETY: it keeps no state, so nothing can be in use twice.
        #[allow(unsafe_code, reason = "defmt's trait for loggers is unsafe")]
        unsafe impl defmt::Logger for Silence {
            fn acquire() {}
            unsafe fn flush() {}
            unsafe fn release() {}
            unsafe fn write(_: &[u8]) {}
        }

        // What `defmt::timestamp!` would make; its other half, a link section,
        // is not for WebAssembly.
        // SAFETY: the name is the one that defmt declares, with this signature.
        #[allow(unsafe_code, reason = "a symbol that defmt wants")]
        #[unsafe(export_name = "_defmt_timestamp")]
        fn defmt_timestamp(_: defmt::Formatter<'_>) {}
    };
}
