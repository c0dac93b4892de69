//! The addresses that an I2C slot asks for.

use periplasm_request::I2cAddress;
use toml::Spanned;
use toml::de::DeValue;

use super::At;
use super::walk::{Walk, at};
use crate::problem::ManifestProblem;

/// The keys that hold addresses.
pub(super) const KEYS: [&str; 4] = ["address", "addresses", "ten-bit-address", "ten-bit-addresses"];

/// Addresses, and whether any was asked for, right or wrong.
#[derive(Default)]
pub(super) struct Addresses {
    pub(super) list: Vec<At<I2cAddress>>,
    pub(super) asked: bool,
}

/// Reads the value of one of [`KEYS`].
pub(super) fn read(walk: &mut Walk, key: &str, value: &Spanned<DeValue<'_>>, into: &mut Addresses) {
    if !key.ends_with("addresses") {
        into.asked = true;
        return read_address(walk, key, value, &mut into.list);
    }
    match value.get_ref() {
        DeValue::Array(items) => {
            into.asked |= !items.is_empty();
            items.iter().for_each(|item| read_address(walk, key, item, &mut into.list));
        }
        _ => {
            into.asked = true;
            let what = format!("`{key}`");
            walk.wrong_type(&what, "a list of numbers", value, "addresses = [0x76, 0x77]");
        }
    }
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
