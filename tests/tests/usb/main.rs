//! Gadgets and host drivers of crates.io, plugged into each other.

mod can;
mod dfu;
mod escpos;
mod fastboot;
mod hackrf;
mod keyboard;
mod msc;
mod picoboot;
mod serial;
mod testclass;
