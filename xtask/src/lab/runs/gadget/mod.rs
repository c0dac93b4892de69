//! Gadgets that the kernel's own drivers of classes use: a serial port, a disk
//! and a keyboard, by USB/IP and on a device controller.

mod classes;
mod raw;
mod usbip;

use std::time::Duration;

use super::Run;
use super::found::{contains, failed};
use crate::lab::machine::Machine;
use crate::lab::session::{Lab, Result};

/// By USB/IP.
pub(super) const USBIP: Run = Run {
    name: "gadget",
    machine: Machine::Q35,
    about: "gadgets by USB/IP, attached by the kernel's vhci-hcd",
    go: usbip::go,
};

/// By Raw Gadget.
pub(super) const RAW: Run = Run {
    name: "raw-gadget",
    machine: Machine::Q35,
    about: "gadgets on a device controller, by the kernel's Raw Gadget",
    go: raw::go,
};

/// How long a thing may take that takes two seconds where nobody else computes.
const SOON: Duration = Duration::from_secs(60);

/// The pipelines.
const SERIAL: &str = "/lab/pipelines/serial-gadget.wasm";
const STICK: &str = "/lab/pipelines/stick-gadget.wasm";
const KEYBOARD: &str = "/lab/pipelines/keyboard-gadget.wasm";

/// That the host, run with `arguments`, refuses and says each of `expected`.
fn refuses(lab: &mut Lab, arguments: &str, expected: &[&str]) -> Result<()> {
    let said = failed(lab.periplasm(arguments)?)?;
    expected.iter().try_for_each(|expected| contains("what the host says", &said, expected))
}
