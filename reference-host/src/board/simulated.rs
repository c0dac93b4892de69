//! What a simulated board gets wrong that its parts do not show.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use miette::SourceSpan;
use periplasm_backend::sim::ConfigError;

use super::kinds::Tables;
use super::kinds::sim::Sim;
use super::{I2cBus, I2cHardware, Problem};

pub(super) fn check(
    tables: &Tables<Sim>,
    i2c: &BTreeMap<String, I2cBus>,
    problems: &mut Vec<Problem>,
) {
    let mut sound = |checked: Result<(), ConfigError>, at: Range<usize>| {
        problems.extend(checked.err().map(|error| Problem::Device { error, at: at.into() }));
    };
    tables.input_pin.values().for_each(|pin| sound(pin.get_ref().check(), pin.span()));
    tables.pwm.values().for_each(|output| sound(output.get_ref().check(), output.span()));
    tables.adc.values().for_each(|input| sound(input.get_ref().check(), input.span()));
    tables.can.values().for_each(|bus| sound(bus.get_ref().check(), bus.span()));
    let wires = wires(tables);
    let mut connected = |pins: &mut dyn Iterator<Item = (&str, &str)>, at: SourceSpan| {
        for (pin, wire) in pins.filter(|(_, wire)| !wires.contains(wire)) {
            let near = near(wire, &wires).map(str::to_owned);
            let (pin, wire) = (pin.to_owned(), wire.to_owned());
            problems.push(Problem::NoPin { pin, wire, near, at });
        }
    };
    for device in tables.spi.values().chain(tables.spi_bus.values()) {
        connected(&mut device.get_ref().pins(), device.span().into());
    }
    for port in tables.serial.values() {
        connected(&mut port.get_ref().pins(), port.span().into());
    }
    for bus in i2c.values() {
        let I2cHardware::Sim { devices, .. } = bus.hardware() else { continue };
        for device in devices {
            connected(&mut device.get_ref().pins(), device.span().into());
        }
    }
}

/// What a device's pin may be connected to: each pin of the board is on the
/// wire of its own name, or on the one that it says.
fn wires(tables: &Tables<Sim>) -> BTreeSet<&str> {
    let outputs = tables.output_pin.iter().map(|(name, pin)| (name, pin.get_ref().wire.as_deref()));
    let inputs = tables.input_pin.iter().map(|(name, pin)| (name, pin.get_ref().wire.as_deref()));
    outputs.chain(inputs).map(|(name, wire)| wire.unwrap_or(name.get_ref())).collect()
}

/// The wire that may have been meant.
fn near<'a>(found: &str, wires: &BTreeSet<&'a str>) -> Option<&'a str> {
    let distance = |wire: &&str| strsim::damerau_levenshtein(found, wire);
    // Two slips of the finger, or a third of a short word.
    let most = (found.chars().count() / 3).clamp(1, 2);
    wires.iter().copied().min_by_key(distance).filter(|wire| distance(wire) <= most)
}
