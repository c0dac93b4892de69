//! The numbers of a filter.

use toml::Spanned;
use toml::de::DeValue;

use super::array;
use crate::manifest::At;
use crate::manifest::walk::{Walk, at};
use crate::problem::{ManifestProblem, UsbProblem};

/// What a key may hold.
pub(super) struct Number {
    pub(super) key: &'static str,
    /// In words.
    what: &'static str,
    /// In one word.
    name: &'static str,
    /// Those that are valid, in words.
    range: &'static str,
    pub(super) example: &'static str,
    valid: fn(u16) -> bool,
    /// For a number that is not valid; `None` for one that is far too large.
    help: fn(Option<u16>) -> &'static str,
}

pub(super) const VENDOR: Number = Number {
    key: "vendor",
    what: "USB vendor ID",
    name: "vendor",
    range: "0 to 0xffff",
    example: "vendor = 0x16c0",
    valid: |_| true,
    help: |_| "write it as `lsusb` does, before the colon, with 0x in front",
};

pub(super) const PRODUCT: Number = Number {
    key: "product",
    what: "USB product ID",
    name: "product",
    example: "product = 0x05dc",
    help: |_| "write it as `lsusb` does, after the colon, with 0x in front",
    ..VENDOR
};

pub(super) const PORT: Number = Number {
    key: "ports",
    what: "USB port",
    name: "port",
    range: "1 to 255",
    example: "ports = [1, 2]",
    valid: |number| (1..=0xff).contains(&number),
    help: |_| "the ports are those from the root hub to the device, as `lsusb -t` counts them",
};

pub(super) const INTERFACE: Number = Number {
    key: "interfaces",
    what: "USB interface number",
    name: "interface",
    range: "0 to 255",
    example: "interfaces = [0]",
    valid: |number| number <= 0xff,
    help: |_| "write `bInterfaceNumber` of the interface's descriptor: `lsusb -v` shows it",
};

pub(super) const ENDPOINT: Number = Number {
    key: "endpoints",
    what: "USB endpoint to ask for",
    name: "endpoint",
    range: "0x01 to 0x0f for OUT and 0x81 to 0x8f for IN",
    example: "endpoints = [0x81, 0x02]",
    // Bits 6 to 4 are reserved (USB 2.0, table 9-13).
    valid: |number| number <= 0xff && number & 0x70 == 0 && number & 0x0f != 0,
    help: |number| match number {
        Some(0x00 | 0x80) => {
            "endpoint 0 is the control endpoint, which every device has: descriptors are read \
             through it without being asked for, and other requests are granted with `control`"
        }
        _ => "write `bEndpointAddress`: the endpoint's number, and 0x80 more if it is IN",
    },
};

/// Reads one number. `None` when it is not valid, which is then noted.
pub(super) fn one<T: TryFrom<u16>>(
    walk: &mut Walk,
    number: &Number,
    value: &Spanned<DeValue<'_>>,
) -> Option<T> {
    read(walk, number, &format!("`{}`", number.key), value)
}

/// Reads one of several.
pub(super) fn each<T: TryFrom<u16>>(
    walk: &mut Walk,
    number: &Number,
    value: &Spanned<DeValue<'_>>,
) -> Option<T> {
    read(walk, number, &format!("each of `{}`", number.key), value)
}

fn read<T: TryFrom<u16>>(
    walk: &mut Walk,
    number: &Number,
    what: &str,
    value: &Spanned<DeValue<'_>>,
) -> Option<T> {
    let DeValue::Integer(written) = value.get_ref() else {
        walk.wrong_type(what, "a number", value, number.example);
        return None;
    };
    // `as_str` has neither prefix nor underscores, but it has the sign.
    let plain = u16::from_str_radix(written.as_str(), written.radix()).ok();
    let read = plain.filter(|plain| (number.valid)(*plain)).and_then(|n| T::try_from(n).ok());
    if read.is_none() {
        walk.note(UsbProblem::Number {
            number: written.to_string(),
            what: number.what,
            range: number.range,
            help: (number.help)(plain),
            at: at(value),
        });
    }
    read
}

/// Reads a list of numbers of which each may stand there once. An empty one is
/// no mistake: it grants none.
pub(super) fn set(
    walk: &mut Walk,
    number: &Number,
    value: &Spanned<DeValue<'_>>,
) -> Option<Vec<u8>> {
    let items = array(walk, number.key, "a list of numbers", value, number.example)?;
    let mut found: Vec<At<u8>> = Vec::new();
    for item in items {
        let Some(read) = each(walk, number, item) else { continue };
        match found.iter().find(|earlier| earlier.value == read) {
            Some(earlier) => walk.note(ManifestProblem::Twice {
                what: number.name,
                name: written(item),
                first: earlier.at,
                second: at(item),
            }),
            None => found.push(At::new(read, at(item))),
        }
    }
    Some(found.into_iter().map(|number| number.value).collect())
}

fn written(value: &Spanned<DeValue<'_>>) -> String {
    value.get_ref().as_integer().map_or_else(String::new, ToString::to_string)
}
