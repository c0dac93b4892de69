//! Walking TOML values and noting what is wrong with them, without stopping
//! at the first.

use miette::SourceSpan;
use periplasm_request::{list, nearest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::At;
use crate::problem::{ManifestProblem, Problem};

/// A key and its value.
pub(super) type Entry<'t> = (At<&'t str>, &'t Spanned<DeValue<'t>>);

/// What was found wrong so far.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) problems: Vec<Problem>,
}

/// Where a value stands.
pub(super) fn at<T>(value: &Spanned<T>) -> SourceSpan {
    value.span().into()
}

/// The entries of a table, in the order of the text.
pub(super) fn entries<'t>(table: &'t DeTable<'t>) -> Vec<Entry<'t>> {
    let mut entries: Vec<Entry<'t>> = table
        .iter()
        .map(|(key, value)| (At::new(key.get_ref().as_ref(), at(key)), value))
        .collect();
    entries.sort_by_key(|(key, _)| key.at.offset());
    entries
}

impl Walk {
    pub(super) fn note(&mut self, problem: impl Into<Problem>) {
        self.problems.push(problem.into());
    }

    pub(super) fn unknown_key(&mut self, key: &At<&str>, place: &str, known: &[&str]) {
        let help = match nearest(key.value, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", list(known, "no keys")),
        };
        self.note(ManifestProblem::UnknownKey {
            key: key.value.to_owned(),
            place: place.to_owned(),
            help,
            at: key.at,
        });
    }

    pub(super) fn wrong_type(
        &mut self,
        what: &str,
        expected: &'static str,
        found: &Spanned<DeValue<'_>>,
        example: impl Into<String>,
    ) {
        self.note(ManifestProblem::WrongType {
            what: what.to_owned(),
            expected,
            found: kind(found.get_ref()),
            example: example.into(),
            at: at(found),
        });
    }

    pub(super) fn table<'t>(
        &mut self,
        what: &str,
        value: &'t Spanned<DeValue<'t>>,
        example: &str,
    ) -> Option<&'t DeTable<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(what, "a table", value, example);
        }
        table
    }

    pub(super) fn string(
        &mut self,
        what: &str,
        value: &Spanned<DeValue<'_>>,
        example: &str,
    ) -> Option<At<String>> {
        match value.get_ref().as_str() {
            Some(text) => Some(At::new(text.to_owned(), at(value))),
            None => {
                self.wrong_type(what, "a string", value, example);
                None
            }
        }
    }

    pub(super) fn strings(
        &mut self,
        what: &str,
        value: &Spanned<DeValue<'_>>,
        example: &str,
    ) -> Vec<At<String>> {
        match value.get_ref() {
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| self.string(&format!("each of {what}"), item, example))
                .collect(),
            _ => {
                self.wrong_type(what, "a list of strings", value, example);
                Vec::new()
            }
        }
    }
}

/// The type of a value, in words that go on from "is … not".
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
