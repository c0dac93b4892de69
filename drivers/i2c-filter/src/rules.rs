//! What is allowed, as the settings say it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

/// Which registers may be read and written, and how the chip counts them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) read: Vec<RangeInclusive<u16>>,
    pub(crate) write: Vec<RangeInclusive<u16>>,
    /// The bytes of a register's number: 1 or 2, the high one first.
    pub(crate) width: usize,
    pub(crate) step: Step,
}

/// Which register comes after one, in a transfer of several bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It is not known: what any of the others would deny is denied.
    Unknown,
    /// The next.
    Next,
    /// The same again: its value has several bytes.
    Same,
    /// Reading, the next; writing, each value has its register before it.
    Pairs,
}

impl Rules {
    /// What is not said is not allowed. An error is for the person who wrote
    /// the settings.
    pub(crate) fn new(setting: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let list = |key: &str| setting(key).map_or(Ok(Vec::new()), |text| ranges(key, &text));
        let (both, read, write) = (list("allow")?, list("read")?, list("write")?);
        let width = match setting("register-bytes").as_deref() {
            None | Some("1") => 1,
            Some("2") => 2,
            Some(other) => return Err(format!("register-bytes is 1 or 2, not {other:?}")),
        };
        let step = match setting("increment").as_deref() {
            None => Step::Unknown,
            Some("true") => Step::Next,
            Some("false") => Step::Same,
            Some("pairs") => Step::Pairs,
            Some(other) => {
                return Err(format!("increment is true, false or \"pairs\", not {other:?}"));
            }
        };
        let with = |own: Vec<RangeInclusive<u16>>| both.iter().cloned().chain(own).collect();
        Ok(Self { read: with(read), write: with(write), width, step })
    }

    pub(crate) fn may_read(&self, register: u16) -> bool {
        self.read.iter().any(|range| range.contains(&register))
    }

    pub(crate) fn may_write(&self, register: u16) -> bool {
        self.write.iter().any(|range| range.contains(&register))
    }
}

/// `0xd0..=0xf7, 0x88`
fn ranges(key: &str, text: &str) -> Result<Vec<RangeInclusive<u16>>, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let range = match part.split_once("..=") {
                Some((first, last)) => number(first).zip(number(last)),
                None => number(part).map(|only| (only, only)),
            };
            let range = range.filter(|(first, last)| first <= last);
            let (first, last) = range.ok_or_else(|| {
                format!("{key}: {part:?} is neither a register, 0xd0, nor a range, 0xd0..=0xf7")
            })?;
            Ok(first..=last)
        })
        .collect()
}

fn number(text: &str) -> Option<u16> {
    let text = text.trim();
    match text.strip_prefix("0x") {
        // `from_str_radix` would take a sign.
        Some(hex) if hex.starts_with(|c: char| c.is_ascii_hexdigit()) => {
            u16::from_str_radix(hex, 16).ok()
        }
        Some(_) => None,
        None => text.parse().ok().filter(|_| !text.starts_with('+')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn rules(settings: &[(&str, &str)]) -> Result<Rules, String> {
        Rules::new(|key| {
            settings.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).into())
        })
    }

    #[test]
    fn what_is_not_said_is_not_allowed() {
        let none = rules(&[]).unwrap();
        assert!((0..=0xffff).all(|n| !none.may_read(n) && !none.may_write(n)));
    }

    #[test]
    fn both_rights_are_added_to_each() {
        let some =
            rules(&[("allow", "0xd0..=0xf7, 136"), ("write", "0xf8"), ("read", "")]).unwrap();
        assert_eq!(some.read, vec![0xd0..=0xf7, 136..=136]);
        assert_eq!(some.write, vec![0xd0..=0xf7, 136..=136, 0xf8..=0xf8]);
    }

    #[test]
    fn what_cannot_be_read_allows_nothing_and_is_told() {
        for wrong in ["0xd0..0xf7", "0xf7..=0xd0", "d0", "0x", "0x+1", "+1", "0x10000", "1..=", "a"]
        {
            let told = rules(&[("allow", wrong)]).unwrap_err();
            assert!(told.contains(&format!("{wrong:?}")), "{told}");
        }
        assert!(rules(&[("register-bytes", "3")]).is_err());
        assert!(rules(&[("increment", "yes")]).is_err());
    }
}
