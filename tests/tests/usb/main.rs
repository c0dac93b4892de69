//! Gadgets and host drivers of crates.io, plugged into each other.

mod can;
mod dfu;
mod escpos;
mod fastboot;
mod hackrf;
mod keyboard;
mod msc;
mod picoboot;
mod same;
mod serial;
mod testclass;

// The device of the benchmarks: it has endpoints of every kind.
#[path = "../../benches/periplasm/usb_gadget.rs"]
mod usb_gadget;
#[path = "../../benches/periplasm/usb_storage.rs"]
mod usb_storage;
