//! See `periplasm_fuzz::gadget`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| periplasm_fuzz::gadget(bytes));
