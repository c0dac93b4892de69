//! Requests for USB devices: filter by filter.

use miette::{Diagnostic, SourceSpan};
use periplasm_request::UsbFilter;
use thiserror::Error;

use super::Granted;
use crate::board::UsbPort;
use crate::pipeline::Slot;

/// A filter of a request that the board can never permit as a whole.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "stage `{stage}`, slot `{slot}`: asked for {} at `{name}`{}; allowed: {}",
    asked.devices(),
    beyond(missing),
    list(allowed)
)]
#[diagnostic(help("{help}"))]
pub struct UsbRefusal {
    /// The stage.
    pub stage: String,
    /// The slot.
    pub slot: String,
    /// The name it asked for.
    pub name: String,
    /// The filter.
    pub asked: UsbFilter,
    /// What nothing permits of the devices that both speak of; empty if there
    /// are none.
    pub missing: Vec<String>,
    /// What the board allows.
    pub allowed: Vec<UsbFilter>,
    /// Where the board says so.
    #[label("this is not among them")]
    pub at: SourceSpan,
    /// What to write.
    pub help: String,
}

/// Grants what may be permitted, operation by operation. A filter of the
/// request that nothing can ever come of is a mistake, and refused.
pub(super) fn grant(
    slot: &Slot,
    name: &str,
    request: &[UsbFilter],
    port: &UsbPort,
) -> Result<Granted, Box<UsbRefusal>> {
    let (request, allow) = (request.to_vec(), port.allow());
    for asked in &request {
        let some: Vec<&UsbFilter> = allow.iter().filter(|a| may_meet(asked, a)).collect();
        let missing = missing(asked, &some);
        if some.is_empty() || !missing.is_empty() {
            return Err(Box::new(UsbRefusal {
                stage: slot.stage().to_owned(),
                slot: slot.name().to_owned(),
                name: name.to_owned(),
                asked: asked.clone(),
                missing,
                allowed: allow.to_vec(),
                at: port.span(),
                help: format!("to grant it, add to its `allow`: {}", toml(asked)),
            }));
        }
    }
    Ok(Granted::Usb { name: name.to_owned(), request, allow: allow.to_vec() })
}

/// Whether one device may be spoken of by both.
fn may_meet(one: &UsbFilter, other: &UsbFilter) -> bool {
    fn agree<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
        one.is_none() || other.is_none() || one == other
    }
    agree(&one.vendor, &other.vendor)
        && agree(&one.product, &other.product)
        && agree(&one.serial, &other.serial)
        && agree(&one.ports, &other.ports)
}

/// What is asked for by name and none of `allow` permits.
fn missing(asked: &UsbFilter, allow: &[&UsbFilter]) -> Vec<String> {
    if allow.is_empty() {
        return Vec::new();
    }
    let mut missing = Vec::new();
    for number in asked.interfaces.iter().flatten() {
        if !allow.iter().any(|filter| filter.permits_interface(*number)) {
            missing.push(format!("interface {number}"));
        }
    }
    for address in asked.endpoints.iter().flatten() {
        if !allow.iter().any(|filter| filter.permits_endpoint(*address)) {
            missing.push(format!("endpoint {address:#04x}"));
        }
    }
    for scope in &asked.control {
        let permits = |filter: &&UsbFilter| filter.control.iter().any(|s| s.overlaps(*scope));
        if !allow.iter().any(permits) {
            missing.push(scope.words());
        }
    }
    for privilege in &asked.may {
        if !allow.iter().any(|filter| filter.permits(*privilege)) {
            missing.push(format!("to {}", privilege.words()));
        }
    }
    missing
}

/// The most filters and things that a message lists; a hostile request may name
/// thousands.
const LISTED: usize = 8;

fn beyond(missing: &[String]) -> String {
    match missing {
        [] => String::new(),
        missing => format!(": {}", cut(missing.iter().cloned(), missing.len(), ", ")),
    }
}

fn list(filters: &[UsbFilter]) -> String {
    let words = filters.iter().map(|filter| format!("{} ({})", filter.devices(), filter.uses()));
    cut(words, filters.len(), "; ")
}

fn cut(words: impl Iterator<Item = String>, count: usize, between: &str) -> String {
    let mut shown: Vec<String> = words.take(LISTED).collect();
    if count > LISTED {
        shown.push(format!("{} more", count - LISTED));
    }
    shown.join(between)
}

/// The lines of a board that allow this.
pub(super) fn example(asked: &[UsbFilter]) -> String {
    let filters: Vec<String> = asked.iter().take(LISTED).map(toml).collect();
    format!("cable = \"desk\"\nallow = [{}]", filters.join(", "))
}

/// A filter as a board says it.
fn toml(filter: &UsbFilter) -> String {
    let hex4 = |key: &str, number: Option<u16>| number.map(|n| format!("{key} = {n:#06x}"));
    let numbers = |key: &str, list: &Option<Vec<u8>>, hex: bool| {
        let number = |n: &u8| if hex { format!("{n:#04x}") } else { n.to_string() };
        let list: Vec<String> = list.as_ref()?.iter().take(2 * LISTED).map(number).collect();
        Some(format!("{key} = [{}]", list.join(", ")))
    };
    let words = |key: &str, words: Vec<String>| {
        let quoted: Vec<String> =
            words.into_iter().take(2 * LISTED).map(|word| format!("\"{word}\"")).collect();
        (!quoted.is_empty()).then(|| format!("{key} = [{}]", quoted.join(", ")))
    };
    let plain = |serial: &str| {
        serial.len() <= 126
            && serial.chars().all(|c| matches!(c, ' '..='~' if c != '"' && c != '\\'))
    };
    let serial = filter.serial.as_deref().filter(|serial| plain(serial));
    let keys = [
        hex4("vendor", filter.vendor),
        hex4("product", filter.product),
        serial.map(|serial| format!("serial = \"{serial}\"")),
        numbers("ports", &filter.ports, false),
        numbers("interfaces", &filter.interfaces, false),
        numbers("endpoints", &filter.endpoints, true),
        words("control", filter.control.iter().map(ToString::to_string).collect()),
        words("may", filter.may.iter().map(ToString::to_string).collect()),
    ];
    let keys: Vec<String> = keys.into_iter().flatten().collect();
    if keys.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", keys.join(", ")) }
}
