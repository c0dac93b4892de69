//! The program outside of a component, with a device that a USB/IP server
//! exports: `cargo run --example over-usbip -- 127.0.0.1:3240`.
#![no_main]
// The sources are not ours.
#![allow(unused_mut, clippy::all)]

use std::os::raw::{c_char, c_int};

use periplasm_usb::usbip::Client;

include!(env!("TEST_CLASS_HOST"));

/// What the process starts with; `tests/cable.rs` says why.
#[export_name = "main"]
pub extern "C" fn start(_: c_int, _: *const *const c_char) -> c_int {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3240".into());
    match Client::connect(&address) {
        Ok(host) => {
            periplasm_usb_host::native::install(host);
            main();
            0
        }
        Err(error) => {
            eprintln!("{}: {}", address, error);
            1
        }
    }
}
