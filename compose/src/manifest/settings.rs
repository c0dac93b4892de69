//! `settings`: what a stage is told when it is composed.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::At;
use super::walk::{Walk, at, entries};

/// Keys and their values, sorted: the same table gives the same bytes.
pub(crate) type Settings = BTreeMap<String, String>;

/// Reads the table. `of` is the stage, in words.
pub(super) fn read(
    walk: &mut Walk,
    of: &str,
    value: &Spanned<DeValue<'_>>,
) -> Option<At<Settings>> {
    let what = format!("`settings` of {of}");
    let table = walk.table(&what, value, "settings = { rate = \"10\" }")?;
    let mut settings = Settings::new();
    for (key, value) in entries(table) {
        // A number is what was written, but for underscores and a plus sign.
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            DeValue::Boolean(is) => is.to_string(),
            _ => {
                let example = format!("{} = \"text\"", key.value);
                let what = format!("setting `{}` of {of}", key.value);
                walk.wrong_type(&what, "text, a number, true or false", value, example);
                continue;
            }
        };
        settings.insert(key.value.to_owned(), text);
    }
    Some(At::new(settings, at(value)))
}
