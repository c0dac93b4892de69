//! Rules for names, and the order in which problems are told.

use miette::Diagnostic;
use periplasm_request::MAX_NAME_BYTES;

use super::At;
use super::walk::Walk;
use crate::problem::{ManifestProblem, Problem};

/// Notes a name that no pipeline or bus can have.
pub(super) fn name(walk: &mut Walk, what: &'static str, name: &At<String>, example: &'static str) {
    if !is_name(&name.value) {
        let (name, at) = (name.value.clone(), name.at);
        walk.note(ManifestProblem::Name { what, name, example, at });
    }
}

/// Lower-case letters and digits joined by single hyphens, a letter first. A
/// little more than a slot's name, since buses are called `i2c-1`.
pub(crate) fn is_name(name: &str) -> bool {
    let word =
        |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.len() <= MAX_NAME_BYTES
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.split('-').all(word)
}

/// In the order of the text: that is how they will be mended.
pub(super) fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    let place = |problem: &Problem| {
        problem.labels().and_then(|mut labels| labels.next()).map_or(0, |label| label.offset())
    };
    problems.sort_by_cached_key(place);
    problems
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names_are_words_joined_by_single_hyphens() {
        let good = ["weather", "i2c-1", "living-room-2", &"a".repeat(64)];
        let bad = ["", "Weather", "1a", "a--b", "-a", "a-", "a b", "ä", "a_b", &"a".repeat(65)];
        good.iter().for_each(|name| assert!(is_name(name), "{name}"));
        bad.iter().for_each(|name| assert!(!is_name(name), "{name}"));
    }
}
