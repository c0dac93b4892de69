//! See `periplasm_fuzz::usbip`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| periplasm_fuzz::usbip(bytes));
