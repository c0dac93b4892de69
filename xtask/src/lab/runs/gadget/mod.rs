//! Gadgets that the kernel's own drivers of classes use: a serial port, a disk
//! and a keyboard, by USB/IP and on a device controller.

mod classes;
mod raw;
mod usbip;

use std::time::Duration;

use super::Run;
use crate::lab::error::LabError;
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

/// That `found` has `expected` in it.
fn has(what: &str, found: &str, expected: &str) -> Result<()> {
    if found.contains(expected) {
        return Ok(());
    }
    Err(LabError::unexpected(what, found.trim_end(), expected))
}

/// That the host, run with `arguments`, refuses and says each of `expected`.
fn refuses(lab: &mut Lab, arguments: &str, expected: &[&str]) -> Result<()> {
    let output = lab.periplasm(arguments)?;
    if output.status == 0 {
        return Err(LabError::unexpected("the host's status", "0", "a failure"));
    }
    // Lines are broken to the width of a screen, with a bar before the next.
    let words = output.text.split_whitespace().filter(|word| !["|", "│"].contains(word));
    let said = words.collect::<Vec<_>>().join(" ");
    expected.iter().try_for_each(|expected| has("what the host says", &said, expected))
}
