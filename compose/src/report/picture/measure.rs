//! How wide text is, and how it is cut into lines.

/// Widths of the characters from the space to the tilde, in thousandths of the
/// font's size: those of DejaVu Sans, the widest of the fonts that a picture
/// names, so that text fits in all of them.
#[rustfmt::skip]
const WIDTHS: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

/// What a character beyond ASCII may take at most, in thousandths.
const OTHER: u16 = 1000;

/// By how much bold letters are wider.
const BOLD: f64 = 1.13;

/// A size of text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Font {
    pub(super) size: f64,
    pub(super) bold: bool,
}

impl Font {
    pub(super) const fn plain(size: f64) -> Self {
        Self { size, bold: false }
    }

    pub(super) const fn bold(size: f64) -> Self {
        Self { size, bold: true }
    }

    /// The width of `text`.
    pub(super) fn width(self, text: &str) -> f64 {
        let thousandths: f64 = text.chars().map(|c| f64::from(width(c))).sum();
        thousandths / 1000.0 * self.size * if self.bold { BOLD } else { 1.0 }
    }

    /// `text` in lines of at most `most`, cut between words where that goes and
    /// within them where it does not.
    pub(super) fn wrap(self, text: &str, most: f64) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in pieces(text) {
            let line = lines.last().cloned().unwrap_or_default();
            if self.width(&line) + self.width(word.trim_end()) > most && !line.is_empty() {
                lines.push(String::new());
            }
            for c in word.chars() {
                let full = lines.last().is_some_and(|line| {
                    !line.is_empty() && self.width(line) + self.width(&c.to_string()) > most
                });
                if full && c != ' ' {
                    lines.push(String::new());
                }
                if let Some(line) = lines.last_mut() {
                    line.push(c);
                }
            }
        }
        lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
        lines
    }
}

/// Words, each with what ends it: a space, or a sign after which a name may go
/// on in the next line.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive([' ', '/', ':', '@', '-'])
}

fn width(c: char) -> u16 {
    let place = (c as usize).checked_sub(' ' as usize);
    place.and_then(|place| WIDTHS.get(place)).copied().unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_it_may_be_and_nothing_is_lost() {
        let font = Font::plain(12.0);
        let texts = [
            "registry.example/drivers/bme280:1.2.0",
            "may write to standard output and standard error",
            &"x".repeat(200),
            "sha256:60ded8534579 and \u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}",
        ];
        for text in texts {
            let lines = font.wrap(text, 100.0);
            assert!(lines.iter().all(|line| font.width(line) <= 100.0), "{lines:?}");
            let kept = |text: &str| text.replace(' ', "");
            assert_eq!(kept(&lines.concat()), kept(text));
        }
        assert_eq!(font.wrap("one line", 100.0), ["one line"]);
        assert_eq!(font.wrap("", 100.0), [""]);
    }

    #[test]
    fn letters_have_the_widths_of_the_font() {
        // DejaVu Sans 2.37, table hmtx: M is 1767 of 2048 units wide.
        assert!((Font::plain(2048.0).width("M") - 1767.0).abs() < 1.5);
    }
}
