//! The program outside of a component, on a software bus.
//!
//! Its `main` is an ordinary function here: the linker's `main` is the one
//! below.
#![no_main]
// The sources are not ours.
#![allow(unused_mut, clippy::all)]

use std::os::raw::{c_char, c_int};

include!(env!("TEST_CLASS_HOST"));

#[path = "gadget/mod.rs"]
mod gadget;

/// What the process starts with.
#[export_name = "main"]
pub extern "C" fn start(_: c_int, _: *const *const c_char) -> c_int {
    gadget::test(gadget::plugged_in(), main);
    0
}
