//! The words of a filter.

use periplasm_request::{list, nearest};
use toml::Spanned;
use toml::de::DeValue;

use super::array;
use crate::manifest::At;
use crate::manifest::walk::{Walk, at};
use crate::problem::{ManifestProblem, UsbProblem};

/// A list of words of which each may stand there once.
pub(super) struct Word {
    key: &'static str,
    what: &'static str,
    example: &'static str,
    empty: &'static str,
}

pub(super) const CONTROL: Word = Word {
    key: "control",
    what: "control requests",
    example: "control = [\"class-interface\"]",
    empty: "leave `control` out: then the stage reads descriptors and states, and nothing else",
};

pub(super) const MAY: Word = Word {
    key: "may",
    what: "privilege",
    example: "may = [\"reset\"]",
    empty: "leave `may` out: then the stage changes nothing for others",
};

/// Reads a list of the words in `known`.
pub(super) fn read<T: Copy + ToString>(
    walk: &mut Walk,
    word: &Word,
    known: impl Iterator<Item = T>,
    value: &Spanned<DeValue<'_>>,
) -> Vec<T> {
    let known: Vec<(String, T)> = known.map(|item| (item.to_string(), item)).collect();
    let Some(items) = array(walk, word.key, "a list of strings", value, word.example) else {
        return Vec::new();
    };
    if items.is_empty() {
        walk.note(UsbProblem::Empty { key: word.key, help: word.empty, at: at(value) });
    }
    let mut found: Vec<At<String>> = Vec::new();
    let mut values = Vec::new();
    for item in items {
        let what = format!("each of `{}`", word.key);
        let Some(text) = walk.string(&what, item, word.example) else { continue };
        let Some((_, value)) = known.iter().find(|(name, _)| *name == text.value) else {
            let names = || known.iter().map(|(name, _)| name.as_str());
            let help = match nearest(&text.value, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", list(names(), "none")),
            };
            let (word, what) = (text.value, word.what);
            walk.note(UsbProblem::Word { word, what, help, at: text.at });
            continue;
        };
        match found.iter().find(|earlier| earlier.value == text.value) {
            Some(earlier) => walk.note(ManifestProblem::Twice {
                what: "the word",
                name: text.value,
                first: earlier.at,
                second: text.at,
            }),
            None => {
                found.push(text);
                values.push(*value);
            }
        }
    }
    values
}
