//! The devices that a USB slot asks for.

mod numbers;
mod words;

use periplasm_request::{
    ControlScope, MAX_USB_FILTERS, MAX_USB_PORTS, MAX_USB_SERIAL, UsbFilter, UsbPrivilege,
};
use toml::Spanned;
use toml::de::DeValue;

use super::At;
use super::walk::{Entry, Walk, at, entries};
use crate::problem::{ManifestProblem, UsbProblem};

/// The key of a list of filters.
pub(super) const LIST: &str = "devices";

/// The keys of a filter.
pub(super) const KEYS: [&str; 8] =
    ["vendor", "product", "serial", "ports", "interfaces", "endpoints", "control", "may"];

/// A line of a filter that would be right.
const EXAMPLE: &str = "devices = [{ vendor = 0x16c0, product = 0x05dc }]";

/// Reads the value of [`LIST`].
pub(super) fn list_of(walk: &mut Walk, slot: &str, value: &Spanned<DeValue<'_>>) -> Vec<UsbFilter> {
    let Some(items) = array(walk, LIST, "a list of tables", value, EXAMPLE) else {
        return Vec::new();
    };
    if let Some(first) = items.get(MAX_USB_FILTERS) {
        walk.note(UsbProblem::TooMany {
            what: "filters",
            count: items.len(),
            limit: MAX_USB_FILTERS,
            help: "a key that is left out restricts nothing: one filter can stand for several",
            at: at(first),
        });
        return Vec::new();
    }
    let mut found: Vec<At<UsbFilter>> = Vec::new();
    for item in items {
        let what = format!("each of `{LIST}` of {slot}");
        let Some(table) = walk.table(&what, item, EXAMPLE) else { continue };
        let problems = walk.problems.len();
        let keys = entries(table);
        let filter = filter(walk, slot, &keys);
        if walk.problems.len() > problems {
            continue;
        }
        check(walk, &keys);
        match found.iter().find(|earlier| earlier.value == filter) {
            Some(earlier) => walk.note(ManifestProblem::Twice {
                what: "filter",
                name: filter.devices(),
                first: earlier.at,
                second: at(item),
            }),
            None => found.push(At::new(filter, at(item))),
        }
    }
    found.into_iter().map(|filter| filter.value).collect()
}

/// Reads one filter.
pub(super) fn filter(walk: &mut Walk, slot: &str, keys: &[Entry<'_>]) -> UsbFilter {
    let mut filter = UsbFilter::default();
    for (key, value) in keys {
        match key.value {
            "vendor" => filter.vendor = numbers::one(walk, &numbers::VENDOR, value),
            "product" => filter.product = numbers::one(walk, &numbers::PRODUCT, value),
            "serial" => filter.serial = serial(walk, value),
            "ports" => filter.ports = ports(walk, value),
            "interfaces" => filter.interfaces = numbers::set(walk, &numbers::INTERFACE, value),
            "endpoints" => filter.endpoints = numbers::set(walk, &numbers::ENDPOINT, value),
            "control" => {
                filter.control = words::read(walk, &words::CONTROL, ControlScope::all(), value)
            }
            "may" => {
                filter.may = words::read(walk, &words::MAY, UsbPrivilege::ALL.into_iter(), value)
            }
            _ => walk.unknown_key(key, &format!("a filter of {slot}"), &KEYS),
        }
    }
    filter
}

/// Notes what a filter without mistakes still lacks.
pub(super) fn check(walk: &mut Walk, keys: &[Entry<'_>]) {
    let key = |wanted: &str| keys.iter().find(|(key, _)| key.value == wanted);
    if let (None, Some((product, _))) = (key("vendor"), key("product")) {
        walk.note(UsbProblem::ProductAlone { at: product.at });
    }
}

fn serial(walk: &mut Walk, value: &Spanned<DeValue<'_>>) -> Option<String> {
    let text = walk.string("`serial`", value, "serial = \"A5069RR4\"")?;
    let length = text.value.encode_utf16().count();
    if !(1..=MAX_USB_SERIAL).contains(&length) {
        walk.note(UsbProblem::Serial { length, limit: MAX_USB_SERIAL, at: text.at });
        return None;
    }
    Some(text.value)
}

/// A chain of ports: one number may stand in it several times.
fn ports(walk: &mut Walk, value: &Spanned<DeValue<'_>>) -> Option<Vec<u8>> {
    let items = array(walk, numbers::PORT.key, "a list of numbers", value, numbers::PORT.example)?;
    if items.is_empty() {
        let help = "write the ports from the root hub to the device, or leave `ports` out: then \
                    any port will do";
        walk.note(UsbProblem::Empty { key: numbers::PORT.key, help, at: at(value) });
    }
    if let Some(first) = items.get(MAX_USB_PORTS) {
        walk.note(UsbProblem::TooMany {
            what: "ports",
            count: items.len(),
            limit: MAX_USB_PORTS,
            help: "there are never more hubs between a computer and a device",
            at: at(first),
        });
        return None;
    }
    let ports = items.iter().filter_map(|item| numbers::each(walk, &numbers::PORT, item));
    Some(ports.collect())
}

fn array<'t>(
    walk: &mut Walk,
    key: &str,
    expected: &'static str,
    value: &'t Spanned<DeValue<'t>>,
    example: &str,
) -> Option<&'t [Spanned<DeValue<'t>>]> {
    let array = value.get_ref().as_array();
    if array.is_none() {
        walk.wrong_type(&format!("`{key}`"), expected, value, example);
    }
    array.map(|array| &**array)
}
