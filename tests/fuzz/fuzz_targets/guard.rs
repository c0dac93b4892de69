//! See `periplasm_fuzz::guard`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| periplasm_fuzz::guard(bytes));
