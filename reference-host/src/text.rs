//! Text that a guest or a file wrote, made fit for a terminal.

use std::borrow::Cow;

/// `text` without control characters (which could move a terminal's cursor or
/// forge a line of a log), cut to at most `max` bytes.
pub(crate) fn printable(text: &str, max: usize) -> Cow<'_, str> {
    let cut = &text[..text.floor_char_boundary(max)];
    let harmless = |c: char| !c.is_control() && !is_format(c);
    if cut.chars().all(harmless) && cut.len() == text.len() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(cut.len() + 8);
    for c in cut.chars() {
        match c {
            '\n' => shown.push('⏎'),
            '\t' => shown.push(' '),
            c if harmless(c) => shown.push(c),
            c => shown.extend(c.escape_unicode()),
        }
    }
    if cut.len() < text.len() {
        shown.push('…');
    }
    Cow::Owned(shown)
}

/// `text` with a `?` or `¿` in the place of each character that steers a
/// terminal, at the same length, so that each place in it stays where it is.
pub(crate) fn same_length(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\t' => c,
        // Of a line's end; alone it would have the line written over.
        '\r' => ' ',
        c if !c.is_control() && !is_format(c) => c,
        c if c.len_utf8() == 1 => '?',
        c if c.len_utf8() == 2 => '¿',
        _ => '\u{fffd}',
    };
    text.chars().map(shown).collect()
}

/// Characters that change how their neighbours are shown: bidirectional
/// controls and isolates (Unicode Standard Annex #9, section 2).
fn is_format(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown_instead_of_obeyed() {
        assert_eq!(printable("25.08 °C", 100), "25.08 °C");
        assert_eq!(printable("a\x1b[2Jb", 100), "a\\u{1b}[2Jb");
        assert_eq!(printable("a\nb\u{202e}c", 100), "a⏎b\\u{202e}c");
    }

    #[test]
    fn what_steers_a_terminal_is_replaced_without_moving_anything() {
        let text = "a\t°\r\n\x1b \u{7f} \u{9b} \u{61c} \u{202e} \u{2066} z";
        let shown = same_length(text);
        assert_eq!(shown, "a\t° \n? ? ¿ ¿ \u{fffd} \u{fffd} z");
        assert_eq!(shown.len(), text.len());
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        assert_eq!(printable("°°°", 3), "°…");
        assert_eq!(printable("abc", 3), "abc");
    }
}
