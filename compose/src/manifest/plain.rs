//! Text that is fit to be shown: no control characters, which would move a
//! terminal's cursor, change its colours or hide what stands before them.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::walk::{Walk, at, entries};
use crate::problem::ManifestProblem;

/// Notes every key and string with a control character. TOML allows them as
/// escapes; no name and no path that is meant to be read has one.
pub(super) fn check(walk: &mut Walk, table: &DeTable<'_>) {
    for (key, value) in entries(table) {
        note(walk, key.value, key.at);
        check_value(walk, value);
    }
}

fn check_value(walk: &mut Walk, value: &Spanned<DeValue<'_>>) {
    match value.get_ref() {
        DeValue::String(text) => note(walk, text, at(value)),
        DeValue::Array(items) => items.iter().for_each(|item| check_value(walk, item)),
        DeValue::Table(table) => check(walk, table),
        _ => {}
    }
}

fn note(walk: &mut Walk, text: &str, at: miette::SourceSpan) {
    if let Some(found) = text.chars().find(|c| c.is_control()) {
        walk.note(ManifestProblem::Control { code: u32::from(found), at });
    }
}

/// `text` as a terminal may show it. Every byte stays at its place, so that
/// labels still point to theirs.
pub(crate) fn shown(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\r' | '\t' => c,
        c if c.is_control() && c.len_utf8() == 1 => '?',
        // Two bytes, as are all other control characters (U+0080 to U+009F).
        c if c.is_control() => '\u{b7}',
        c => c,
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_is_shown_has_the_length_of_what_is_written() {
        let text = "a\u{1b}[2J\u{9b}1m\u{7f}\r\n\té→";
        assert_eq!(shown(text), "a?[2J\u{b7}1m?\r\n\té→");
        assert_eq!(shown(text).len(), text.len());
        for c in ('\0'..char::MAX).filter(|c| c.is_control()) {
            assert_eq!(shown(&c.to_string()).len(), c.len_utf8(), "{c:?}");
        }
    }
}
