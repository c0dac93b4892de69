//! `through`: stages that stand between a slot and its hardware.

use periplasm_request::is_stage_name;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::At;
use super::parse::Draft;
use super::source::{self, Making};
use super::walk::{Walk, at, entries};
use crate::problem::{ManifestProblem, ThroughProblem};

/// One that stands between: a stage's name, and the stage itself where the
/// slot's entry says what it is made of.
pub(super) struct Between {
    pub(super) stage: At<String>,
    pub(super) made: Option<Making>,
}

/// Reads a stage's name, a table that says what one is made of, or a list of
/// both: the first is nearest to the driver. `slot` is the slot, in words.
pub(super) fn read(walk: &mut Walk, slot: &str, value: &Spanned<DeValue<'_>>) -> Vec<Between> {
    match value.get_ref() {
        DeValue::Array(items) => {
            items.iter().filter_map(|item| read_one(walk, slot, item)).collect()
        }
        _ => read_one(walk, slot, value).into_iter().collect(),
    }
}

fn read_one(walk: &mut Walk, slot: &str, value: &Spanned<DeValue<'_>>) -> Option<Between> {
    match value.get_ref() {
        DeValue::String(name) => {
            Some(Between { stage: At::new(name.to_string(), at(value)), made: None })
        }
        DeValue::Table(table) => read_made(walk, slot, table, value),
        _ => {
            let what = format!("`through` of {slot}");
            walk.wrong_type(&what, "a stage, or what one is made of", value, "through = \"guard\"");
            None
        }
    }
}

fn read_made(
    walk: &mut Walk,
    slot: &str,
    table: &DeTable<'_>,
    value: &Spanned<DeValue<'_>>,
) -> Option<Between> {
    let of = format!("what stands before {slot}");
    let (mut making, mut name) = (Making::default(), None);
    let known = [&source::KEYS[..], &["name"]].concat();
    for entry in entries(table) {
        match entry.0.value {
            "name" => {
                name = Some(walk.string(&format!("`name` of {of}"), entry.1, "name = \"guard\"")?)
            }
            key if source::KEYS.contains(&key) => making.read(walk, &of, &entry),
            _ => walk.unknown_key(&entry.0, &of, &known),
        }
    }
    let [(key, written)] = making.written.as_slice() else {
        walk.note(ThroughProblem::NotOneSource { of, at: at(value) });
        return None;
    };
    let stage = match name {
        Some(name) if is_stage_name(&name.value) => name,
        Some(name) => {
            walk.note(ManifestProblem::StageName { name: name.value, at: name.at });
            return None;
        }
        None => {
            let derived = derived(key, &written.value);
            if !is_stage_name(&derived) {
                let (made_of, at) = (written.value.clone(), at(value));
                walk.note(ThroughProblem::NoName { made_of, at });
                return None;
            }
            At::new(derived, at(value))
        }
    };
    Some(Between { stage, made: Some(making) })
}

/// The letters and digits of a source's last part: `i2cfilter` of
/// `../../drivers/i2c-filter`.
fn derived(key: &str, source: &str) -> String {
    let last = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let last = last.split('@').next().unwrap_or_default();
    let last = match key {
        "oci" => last.split(':').next(),
        "package" => last.rsplit(':').next(),
        "wasm" => last.strip_suffix(".wasm").or(Some(last)),
        _ => Some(last),
    };
    let letters = last.unwrap_or_default().chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// The stages that slots say they are made of, after the stages of the slots.
pub(super) fn with_made(walk: &mut Walk, drafts: Vec<Draft>) -> Vec<Draft> {
    let mut names: Vec<At<String>> = drafts.iter().map(|draft| draft.name.clone()).collect();
    let mut all = Vec::new();
    for mut draft in drafts {
        let between = draft.slots.iter_mut().flat_map(|slot| &mut slot.through);
        let mut made = Vec::new();
        for Between { stage, made: making } in between {
            let Some(making) = making.take() else { continue };
            if let Some(first) = names.iter().find(|name| name.value == stage.value) {
                let (name, first, second) = (stage.value.clone(), first.at, stage.at);
                walk.note(ThroughProblem::SameName { name, first, second });
                continue;
            }
            names.push(stage.clone());
            made.push(Draft::new(stage.clone(), making));
        }
        all.push(draft);
        all.extend(made);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::derived;

    #[test]
    fn a_name_is_made_of_the_last_part_of_a_source() {
        for (key, source, name) in [
            ("crate", "../../../drivers/i2c-filter", "i2cfilter"),
            ("crate", "I2C_Filter/", "i2cfilter"),
            ("wasm", "built/i2c-filter.wasm", "i2cfilter"),
            ("oci", "registry.example:5000/drivers/i2c-filter:1.2.0@sha256:00", "i2cfilter"),
            ("package", "acme:i2c-filter@1.2.0", "i2cfilter"),
            ("crate", "..", ""),
        ] {
            assert_eq!(derived(key, source), name, "{source}");
        }
    }
}
