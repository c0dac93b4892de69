//! Where the driver's log goes: nowhere. It logs through defmt, whose text is
//! not in the component, so nobody could read it.
#![allow(unsafe_code, reason = "defmt's trait for loggers is unsafe")]

#[defmt::global_logger]
struct Silence;

// SAFETY: it keeps no state, so nothing can be in use twice.
unsafe impl defmt::Logger for Silence {
    fn acquire() {}
    unsafe fn flush() {}
    unsafe fn release() {}
    unsafe fn write(_: &[u8]) {}
}

/// What `defmt::timestamp!` would make; its other half, a link section, is not
/// for WebAssembly.
// SAFETY: the name is the one that defmt declares, with this signature.
#[unsafe(export_name = "_defmt_timestamp")]
fn timestamp(_: defmt::Formatter<'_>) {}
