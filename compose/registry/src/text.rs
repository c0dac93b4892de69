//! Text from outside, as errors quote it.

/// The first `most` characters of `text`, with a sign for each that is none to
/// be seen.
pub(crate) fn quoted(text: &str, most: usize) -> String {
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().take(most).map(plain).collect()
}
