//! See `periplasm_fuzz::descriptors`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| periplasm_fuzz::descriptors(bytes));
