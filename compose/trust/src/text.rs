//! Text that is fit to be shown: no control characters, which would move a
//! terminal's cursor, change its colours or hide what stands before them.

/// `text`, with at most `most` characters, on one line.
pub(crate) fn shown(text: &str, most: usize) -> String {
    let mut shown: String =
        text.chars().take(most).map(|c| if c.is_control() { '?' } else { c }).collect();
    if text.chars().nth(most).is_some() {
        shown.push('…');
    }
    shown
}

/// `text` as a terminal may show it. Every byte stays at its place, so that
/// labels still point to theirs.
pub(crate) fn same_length(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\r' | '\t' => c,
        c if c.is_control() && c.len_utf8() == 1 => '?',
        // Two bytes, as are all other control characters (U+0080 to U+009F).
        c if c.is_control() => '\u{b7}',
        c => c,
    };
    text.chars().map(shown).collect()
}

/// `a`, `b` and `c`, or `nobody`.
pub(crate) fn list<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| format!("`{}`", n.as_ref())).collect();
    match names.split_last() {
        None => "nobody".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_moves_no_cursor() {
        assert_eq!(shown("a\u{1b}[2J\nb", 80), "a?[2J?b");
        assert_eq!(shown("abc", 2), "ab…");
        let text = "a\u{1b}[2J\u{9b}1m\u{7f}\r\n\té→";
        assert_eq!(same_length(text), "a?[2J\u{b7}1m?\r\n\té→");
        assert_eq!(same_length(text).len(), text.len());
    }
}
