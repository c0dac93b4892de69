//! From bytes that come in pieces to the lines of a log.

use alloc::string::String;
use alloc::vec::Vec;

/// The most bytes of a line that are kept: a longer one becomes several.
const MAX_LINE: usize = 1024;

/// A line that has not ended yet.
#[derive(Default)]
pub(crate) struct Lines(Vec<u8>);

impl Lines {
    /// Takes bytes, and says the lines that they end. Empty ones are left out.
    pub(crate) fn push(&mut self, bytes: &[u8], mut say: impl FnMut(&str)) {
        for &byte in bytes {
            if byte == b'\n' {
                self.end(&mut say);
                continue;
            }
            self.0.push(byte);
            if self.0.len() == MAX_LINE {
                self.cut(&mut say);
            }
        }
    }

    /// Says what is left, as if its line had ended.
    pub(crate) fn end(&mut self, mut say: impl FnMut(&str)) {
        if !self.0.is_empty() {
            say(&String::from_utf8_lossy(&self.0));
            self.0.clear();
        }
    }

    /// Says all but a character that has only begun.
    fn cut(&mut self, mut say: impl FnMut(&str)) {
        let whole = match core::str::from_utf8(&self.0) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.0.len(),
        };
        let begun = self.0.split_off(whole);
        self.end(&mut say);
        self.0 = begun;
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::{format, vec};

    use super::*;

    fn said(pieces: &[&[u8]]) -> Vec<String> {
        let (mut lines, mut said) = (Lines::default(), Vec::new());
        pieces.iter().for_each(|piece| lines.push(piece, |line| said.push(line.to_string())));
        lines.end(|line| said.push(format!("{line}<")));
        said
    }

    #[test]
    fn pieces_become_lines() {
        let pieces: [&[u8]; 5] = [b"thread 'main'", b" panicked", b":\n\nat", b"", b" last"];
        assert_eq!(said(&pieces), ["thread 'main' panicked:", "at last<"]);
        assert_eq!(said(&[b"\xff\xc3\n", "°".as_bytes()]), ["\u{fffd}\u{fffd}", "°<"]);
        assert!(said(&[]).is_empty());
    }

    #[test]
    fn a_long_line_is_cut_between_characters_and_nothing_is_lost() {
        let long = format!("x{}", "°".repeat(MAX_LINE));
        let said = said(&[long.as_bytes(), b"\n"]);
        assert_eq!(said.concat(), long);
        assert!(said.len() == 3 && said.iter().all(|line| line.len() <= MAX_LINE), "{said:?}");
        assert_eq!(super::tests::said(&[&vec![b'x'; MAX_LINE], b"\n"]).len(), 1);
    }
}
