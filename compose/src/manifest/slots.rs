//! `[stages.<stage>.slots]`: what each slot asks for.

use miette::SourceSpan;
use periplasm_request::{Request, is_slot_name};
use toml::Spanned;
use toml::de::DeValue;

use super::addresses::{self, Addresses};
use super::through::{self, Between};
use super::walk::{Entry, Walk, at, entries};
use super::{At, checks, usb};
use crate::kind::{SlotKind, Words as _};
use crate::problem::{ManifestProblem, UsbProblem};

/// The keys of a slot that another stage fills.
const GIVEN: [&str; 2] = ["stage", "export"];

/// The key of what stands between a slot and its hardware.
const THROUGH: &str = "through";

/// A slot as written: the stages that it names are not looked up yet.
pub(super) struct Draft {
    pub(super) name: At<String>,
    pub(super) wants: Wanted,
    pub(super) through: Vec<Between>,
    /// The value.
    pub(super) at: SourceSpan,
}

pub(super) enum Wanted {
    Board(Request),
    Given { stage: At<String>, export: At<String> },
}

pub(super) fn read(walk: &mut Walk, stage: &str, value: &Spanned<DeValue<'_>>) -> Vec<Draft> {
    let what = format!("`slots` of stage `{stage}`");
    let Some(table) = walk.table(&what, value, &format!("[stages.{stage}.slots]")) else {
        return Vec::new();
    };
    entries(table).into_iter().filter_map(|entry| read_slot(walk, stage, entry)).collect()
}

fn read_slot(walk: &mut Walk, stage: &str, (key, value): Entry<'_>) -> Option<Draft> {
    let name = At::new(key.value.to_owned(), key.at);
    if !is_slot_name(&name.value) {
        walk.note(ManifestProblem::SlotName { name: name.value, at: name.at });
        return None;
    }
    let what = format!("slot `{}` of stage `{stage}`", name.value);
    let table = walk.table(&what, value, &SlotKind::I2c.line(&name.value))?;
    // The span of a table written as `[header]` may be the header alone, or
    // empty when only its parts have headers: its key is always there.
    let entry = if at(value).is_empty() { key.at } else { at(value) };
    let problems = walk.problems.len();
    let slot = Slot { stage, name: &name, what: &what, entry };
    let mut keys = entries(table);
    let through = keys.iter().position(|(key, _)| key.value == THROUGH);
    let through = through.map(|place| keys.remove(place).1);
    let through = through.map(|value| through::read(walk, &what, value)).unwrap_or_default();
    let wants = slot.read(walk, &keys);
    // Something may be read from an entry that is wrong elsewhere.
    let wants = wants.filter(|_| walk.problems.len() == problems)?;
    Some(Draft { name, wants, through, at: entry })
}

/// One entry, for messages.
struct Slot<'a> {
    stage: &'a str,
    name: &'a At<String>,
    /// The slot, in words.
    what: &'a str,
    entry: SourceSpan,
}

impl Slot<'_> {
    /// Reads all keys but [`THROUGH`].
    fn read(&self, walk: &mut Walk, keys: &[Entry<'_>]) -> Option<Wanted> {
        // Beside `usb`, `serial` is a serial number and no port.
        let usb = keys.iter().any(|(key, _)| key.value == "usb");
        let says = |key: &str| {
            (SlotKind::named(key).is_some() && !(usb && key == "serial")) || key == "stage"
        };
        let mut sources = keys.iter().filter(|(key, _)| says(key.value));
        match (sources.next(), sources.next()) {
            (Some((first, _)), Some((second, _))) => {
                walk.note(ManifestProblem::TwoRequests {
                    stage: self.stage.to_owned(),
                    slot: self.name.value.clone(),
                    first: first.at,
                    second: second.at,
                });
                None
            }
            (Some((key, _)), None) => match SlotKind::named(key.value) {
                Some(SlotKind::I2c) => self.read_i2c(walk, keys),
                Some(SlotKind::Usb) => self.read_usb(walk, keys),
                Some(kind) => self.read_named(walk, kind, keys),
                None => self.read_given(walk, keys),
            },
            (None, _) => self.read_nothing(walk, keys),
        }
    }

    /// No key says which hardware it is: an address is that of an I2C bus.
    fn read_nothing(&self, walk: &mut Walk, keys: &[Entry<'_>]) -> Option<Wanted> {
        let kinds = SlotKind::HARDWARE.map(SlotKind::as_str);
        let known = [&kinds[..], &addresses::KEYS, &GIVEN, &[THROUGH]].concat();
        let problems = walk.problems.len();
        for (key, value) in keys {
            match key.value {
                "export" => {}
                key if addresses::KEYS.contains(&key) => {
                    addresses::read(walk, key, value, &mut Addresses::default());
                }
                key if is_usb(key) => {}
                _ => walk.unknown_key(key, self.what, &known),
            }
        }
        if walk.problems.len() > problems {
            return None;
        }
        let has = |wanted: &[&str]| keys.iter().any(|(key, _)| wanted.contains(&key.value));
        let slot = &self.name.value;
        let i2c = SlotKind::I2c.line(slot);
        let given = format!("{slot} = {{ stage = \"<stage>\", export = \"<name>\" }}");
        let help = if has(&addresses::KEYS) {
            format!("write {i2c}")
        } else if has(&GIVEN) {
            format!("write {given}")
        } else if keys.iter().any(|(key, _)| is_usb(key.value)) {
            format!("write {}", SlotKind::Usb.line(slot))
        } else {
            let pin = SlotKind::OutputPin.line(slot);
            format!(
                "write {i2c}, or for instance {pin}; if another stage of the pipeline gives it, \
                 write {given}"
            )
        };
        let (stage, slot) = (self.stage.to_owned(), slot.clone());
        walk.note(ManifestProblem::NoRequest { stage, slot, help, at: self.entry });
        None
    }

    fn read_i2c(&self, walk: &mut Walk, keys: &[Entry<'_>]) -> Option<Wanted> {
        let known = [&["i2c"], &addresses::KEYS[..], &[THROUGH]].concat();
        let problems = walk.problems.len();
        let mut bus = None;
        let mut found = Addresses::default();
        for (key, value) in keys {
            match key.value {
                "i2c" => bus = self.read_name(walk, SlotKind::I2c, value),
                key if addresses::KEYS.contains(&key) => {
                    addresses::read(walk, key, value, &mut found);
                }
                _ => walk.unknown_key(key, self.what, &known),
            }
        }
        if !found.asked && walk.problems.len() == problems {
            let (stage, slot) = (self.stage.to_owned(), self.name.value.clone());
            walk.note(ManifestProblem::NoAddress { stage, slot, at: self.entry });
        }
        let addresses = found.list.into_iter().map(|address| address.value).collect();
        Some(Wanted::Board(Request::I2c { bus: bus?.value, addresses }))
    }

    fn read_usb(&self, walk: &mut Walk, keys: &[Entry<'_>]) -> Option<Wanted> {
        let known = [&["usb", usb::LIST], &usb::KEYS[..], &[THROUGH]].concat();
        let problems = walk.problems.len();
        let (mut name, mut list, mut filter) = (None, None, Vec::new());
        for (key, value) in keys {
            match key.value {
                "usb" => name = self.read_name(walk, SlotKind::Usb, value),
                usb::LIST => list = Some((key, *value)),
                word if usb::KEYS.contains(&word) => filter.push((key.clone(), *value)),
                _ => walk.unknown_key(key, self.what, &known),
            }
        }
        let here = || (self.stage.to_owned(), self.name.value.clone());
        let devices = match (list, filter.first()) {
            (Some((list, _)), Some((key, _))) => {
                let ((stage, slot), list, key) = (here(), list.at, key.at);
                walk.note(UsbProblem::TwoForms { stage, slot, list, key });
                return None;
            }
            (Some((_, value)), None) => usb::list_of(walk, self.what, value),
            (None, Some(_)) => vec![usb::filter(walk, self.what, &filter)],
            (None, None) => Vec::new(),
        };
        if walk.problems.len() == problems {
            usb::check(walk, &filter);
            if devices.is_empty() {
                let (stage, slot) = here();
                walk.note(UsbProblem::NoDevice { stage, slot, at: self.entry });
            }
        }
        Some(Wanted::Board(Request::Usb { name: name?.value, devices }))
    }

    /// Hardware that its name says all of.
    fn read_named(&self, walk: &mut Walk, kind: SlotKind, keys: &[Entry<'_>]) -> Option<Wanted> {
        let mut name = None;
        for (key, value) in keys {
            if key.value == kind.as_str() {
                name = self.read_name(walk, kind, value);
            } else {
                walk.unknown_key(key, self.what, &[kind.as_str(), THROUGH]);
            }
        }
        Some(Wanted::Board(request(kind, name?.value)?))
    }

    fn read_name(
        &self,
        walk: &mut Walk,
        kind: SlotKind,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<At<String>> {
        let (thing, example) = (kind.thing(), kind.example());
        let line = format!("{} = \"{example}\"", kind.as_str());
        let name = walk.string(&format!("`{}` of {}", kind.as_str(), self.what), value, &line)?;
        checks::name(walk, thing, &name, example);
        Some(name)
    }

    fn read_given(&self, walk: &mut Walk, keys: &[Entry<'_>]) -> Option<Wanted> {
        let (mut stage, mut export) = (None, None);
        let mut exports = false;
        for (key, value) in keys {
            match key.value {
                "stage" => {
                    let what = format!("`stage` of {}", self.what);
                    stage = walk.string(&what, value, "stage = \"expander\"");
                }
                "export" => {
                    exports = true;
                    let what = format!("`export` of {}", self.what);
                    export = walk.string(&what, value, "export = \"p0\"");
                }
                _ => walk.unknown_key(key, self.what, &[&GIVEN[..], &[THROUGH]].concat()),
            }
        }
        if !exports {
            let (what, at) = (format!("`export` of {}", self.what), self.entry);
            let example = "what that stage calls it, for instance `export = \"p0\"`".to_owned();
            walk.note(ManifestProblem::Missing { what, example, at });
        }
        Some(Wanted::Given { stage: stage?, export: export? })
    }
}

/// Whether only a USB slot has such a key.
fn is_usb(key: &str) -> bool {
    key == usb::LIST || usb::KEYS.contains(&key)
}

/// `None` for what cannot be asked for by a name alone.
fn request(kind: SlotKind, name: String) -> Option<Request> {
    Some(match kind {
        SlotKind::I2c | SlotKind::Usb | SlotKind::Diag => return None,
        SlotKind::Spi => Request::Spi { name },
        SlotKind::SpiBus => Request::SpiBus { name },
        SlotKind::OutputPin => Request::OutputPin { name },
        SlotKind::InputPin => Request::InputPin { name },
        SlotKind::Pwm => Request::Pwm { name },
        SlotKind::Adc => Request::Adc { name },
        SlotKind::Serial => Request::Serial { name },
        SlotKind::Can => Request::Can { name },
        SlotKind::UsbDevice => Request::UsbDevice { name },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_requests_what_it_is_called() {
        for kind in SlotKind::HARDWARE {
            let asked = request(kind, "name".to_owned());
            let more = matches!(kind, SlotKind::I2c | SlotKind::Usb);
            assert_eq!(asked.map(|r| r.kind()), (!more).then_some(kind.as_str()));
        }
    }
}
