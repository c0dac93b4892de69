//! The program outside of a component, with the gadget behind USB/IP.
#![no_main]
// The sources are not ours.
#![allow(unused_mut, clippy::all)]

use std::os::raw::{c_char, c_int};

use periplasm_usb::usbip::{Client, Server};

include!(env!("TEST_CLASS_HOST"));

#[path = "gadget/mod.rs"]
mod gadget;

/// What the process starts with; `tests/cable.rs` says why.
#[export_name = "main"]
pub extern "C" fn start(_: c_int, _: *const *const c_char) -> c_int {
    let server = Server::bind("127.0.0.1:0", gadget::plugged_in()).expect("a server");
    let host = Client::connect(&server.address().to_string()).expect("a client");
    gadget::test(host, main);
    0
}
