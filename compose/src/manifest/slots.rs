//! `[stages.<stage>.slots]`: what each slot asks for.

use periplasm_request::{I2cAddress, Request, is_slot_name};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::walk::{Entry, Walk, at, entries};
use super::{At, SlotEntry, checks};
use crate::problem::ManifestProblem;

const KEYS: [&str; 5] = ["i2c", "address", "addresses", "ten-bit-address", "ten-bit-addresses"];

pub(super) fn read(walk: &mut Walk, stage: &str, value: &Spanned<DeValue<'_>>) -> Vec<SlotEntry> {
    let what = format!("`slots` of stage `{stage}`");
    let Some(table) = walk.table(&what, value, &format!("[stages.{stage}.slots]")) else {
        return Vec::new();
    };
    entries(table).into_iter().filter_map(|entry| read_slot(walk, stage, entry)).collect()
}

fn read_slot(walk: &mut Walk, stage: &str, (key, value): Entry<'_>) -> Option<SlotEntry> {
    let name = At::new(key.value.to_owned(), key.at);
    if !is_slot_name(&name.value) {
        walk.note(ManifestProblem::SlotName { name: name.value, at: name.at });
        return None;
    }
    let what = format!("slot `{}` of stage `{stage}`", name.value);
    let example = format!("{} = {{ i2c = \"<bus>\", address = 0x76 }}", name.value);
    let table = walk.table(&what, value, &example)?;
    // The span of a table written as `[header]` may be the header alone, or
    // empty when only its parts have headers: its key is always there.
    let entry_at = if at(value).is_empty() { key.at } else { at(value) };
    let request = read_i2c(walk, stage, &name, &what, table, entry_at)?;
    Some(SlotEntry { name, request, at: entry_at })
}

fn read_i2c(
    walk: &mut Walk,
    stage: &str,
    slot: &At<String>,
    what: &str,
    table: &DeTable<'_>,
    entry: miette::SourceSpan,
) -> Option<Request> {
    let problems = walk.problems.len();
    let mut bus = None;
    let mut addresses: Vec<At<I2cAddress>> = Vec::new();
    let mut asks = false;
    for (key, value) in entries(table) {
        match key.value {
            "i2c" => {
                bus = walk.string("the bus", value, "i2c = \"environment\"");
                if let Some(bus) = &bus {
                    checks::name(walk, "a bus", bus, "environment");
                }
            }
            "address" | "ten-bit-address" => {
                asks = true;
                read_address(walk, key.value, value, &mut addresses);
            }
            "addresses" | "ten-bit-addresses" => match value.get_ref() {
                DeValue::Array(items) => {
                    asks |= !items.is_empty();
                    items.iter().for_each(|i| read_address(walk, key.value, i, &mut addresses));
                }
                _ => {
                    asks = true;
                    let what = format!("`{}`", key.value);
                    walk.wrong_type(&what, "a list of numbers", value, "addresses = [0x76, 0x77]");
                }
            },
            _ => walk.unknown_key(&key, what, &KEYS),
        }
    }
    let (stage, name) = (stage.to_owned(), slot.value.clone());
    if walk.problems.len() > problems {
        return None;
    }
    let Some(bus) = bus else {
        walk.note(ManifestProblem::NoRequest { stage, slot: name, at: entry });
        return None;
    };
    if !asks {
        walk.note(ManifestProblem::NoAddress { stage, slot: name, at: entry });
        return None;
    }
    let addresses = addresses.into_iter().map(|address| address.value).collect();
    Some(Request::I2c { bus: bus.value, addresses })
}

fn read_address(
    walk: &mut Walk,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    into: &mut Vec<At<I2cAddress>>,
) {
    let DeValue::Integer(number) = value.get_ref() else {
        walk.wrong_type("an address", "a number", value, "address = 0x76");
        return;
    };
    // `as_str` has neither prefix nor underscores, but it has the sign.
    let plain = u16::from_str_radix(number.as_str(), number.radix()).ok();
    let ten_bit = key.starts_with("ten-bit");
    let read = if ten_bit { I2cAddress::ten_bit } else { I2cAddress::seven_bit };
    match plain.map(|plain| read(plain).map_err(|_| plain)) {
        None => walk.note(no_address(number.to_string(), ten_bit, None, at(value))),
        Some(Err(plain)) => {
            walk.note(no_address(number.to_string(), ten_bit, Some(plain), at(value)));
        }
        Some(Ok(address)) => match into.iter().find(|earlier| earlier.value == address) {
            Some(earlier) => walk.note(ManifestProblem::Twice {
                what: "address",
                name: address.to_string(),
                first: earlier.at,
                second: at(value),
            }),
            None => into.push(At::new(address, at(value))),
        },
    }
}

fn no_address(
    number: String,
    ten_bit: bool,
    plain: Option<u16>,
    at: miette::SourceSpan,
) -> ManifestProblem {
    let (bits, most) = if ten_bit { (10, 0x3ff) } else { (7, 0x7f) };
    let help = match plain {
        // Some datasheets count the read/write bit as the address's lowest.
        Some(plain @ 0x80..=0xff) if !ten_bit => format!(
            "with the read/write bit taken off it is {:#04x}; a 10-bit address goes into \
             `ten-bit-address`",
            plain >> 1
        ),
        Some(0x80..=0x3ff) => "a 10-bit address goes into `ten-bit-address`".to_owned(),
        _ => "write the address as the datasheet does, for instance 0x76".to_owned(),
    };
    ManifestProblem::Address { number, bits, most, help, at }
}
