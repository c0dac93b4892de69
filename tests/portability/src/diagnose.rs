//! What the compiler has against a driver, in few words.

use serde::Deserialize;

/// One error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// In one line.
    pub(crate) text: String,
    /// Lines of the generated crate it is about, the primary ones first.
    pub(crate) lines: Vec<usize>,
}

#[derive(Deserialize)]
struct Line {
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    message: String,
    level: String,
    #[serde(default)]
    spans: Vec<Span>,
    #[serde(default)]
    children: Vec<Message>,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    #[serde(default)]
    is_primary: bool,
    expansion: Option<Box<Expansion>>,
}

#[derive(Deserialize)]
struct Expansion {
    span: Span,
}

/// The errors in what cargo wrote with `--message-format json`.
pub(crate) fn complaints(output: &[u8]) -> Vec<Complaint> {
    let output = String::from_utf8_lossy(output);
    let lines = output.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
    let messages = lines.filter_map(|line| line.message);
    let errors = messages.filter(|m| m.level == "error" && !m.message.starts_with("aborting"));
    errors.map(|m| Complaint { text: short(&m), lines: places(&m) }).collect()
}

fn places(message: &Message) -> Vec<usize> {
    let mut found = Vec::new();
    for primary in [true, false] {
        let spans = message.spans.iter().filter(|s| s.is_primary == primary);
        found.extend(spans.flat_map(ours));
    }
    found.extend(message.children.iter().flat_map(places));
    found
}

/// The line of the generated crate, however deep in macros.
fn ours(span: &Span) -> Option<usize> {
    if span.file_name == "src/lib.rs" {
        return Some(span.line_start);
    }
    span.expansion.as_ref().and_then(|e| ours(&e.span))
}

/// The longest reason that the table shows, in characters.
const MAX_REASON: usize = 140;

fn short(message: &Message) -> String {
    let text = message.message.as_str();
    if text.contains("duplicate lang item `panic_impl`") {
        return "needs std: it brings a panic handler of its own".to_owned();
    }
    clean(text)
}

/// One line of at most [`MAX_REASON`] characters that a table can hold.
pub(crate) fn clean(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    // The generated crate's names for the SDK.
    let line = line.replace("periplasm_driver::", "").replace('|', "/");
    if line.chars().count() <= MAX_REASON {
        return line;
    }
    line.chars().take(MAX_REASON - 1).chain(['…']).collect()
}

/// The first error in what cargo wrote for people.
pub(crate) fn first_error(output: &[u8]) -> String {
    let output = String::from_utf8_lossy(output);
    let errors = output.lines().filter_map(|line| line.trim().strip_prefix("error"));
    let text = errors.map(|line| line.split_once(": ").map_or(line, |(_, text)| text)).next();
    clean(text.unwrap_or(&output))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_with_its_places() {
        let output = br#"{"reason":"compiler-artifact"}
{"reason":"compiler-message","message":{"message":"unused","level":"warning","spans":[],"children":[]}}
{"reason":"compiler-message","message":{"message":"the trait bound `X: Y` is not satisfied\nmore","level":"error","spans":[{"file_name":"/r/chip/src/lib.rs","line_start":3,"is_primary":false,"expansion":null},{"file_name":"src/lib.rs","line_start":40,"is_primary":true,"expansion":null}],"children":[{"message":"note","level":"note","spans":[{"file_name":"src/lib.rs","line_start":9,"is_primary":true,"expansion":null}],"children":[]}]}}
{"reason":"compiler-message","message":{"message":"aborting due to 1 previous error","level":"error","spans":[],"children":[]}}"#;
        let text = "the trait bound `X: Y` is not satisfied".to_owned();
        assert_eq!(complaints(output), [Complaint { text, lines: vec![40, 9] }]);
    }

    #[test]
    fn a_reason_fits_into_a_table() {
        let long = clean(&format!("a | b {}", "é".repeat(300)));
        assert_eq!(long.chars().count(), MAX_REASON);
        assert!(long.starts_with("a / b é"), "{long}");
    }

    #[test]
    fn cargo_s_own_errors_are_found_among_its_words() {
        let output = b"   Compiling chip v1.0.0\nerror[E0463]: can't find crate for `x`\n  --> a\n";
        assert_eq!(first_error(output), "can't find crate for `x`");
        assert_eq!(first_error(b"error: no matching package\n"), "no matching package");
    }
}
