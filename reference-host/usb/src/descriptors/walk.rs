//! From one descriptor to the next.

use super::DescriptorError;

/// One descriptor of any kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor<'a> {
    /// Where it begins, from the start of what was given.
    pub at: usize,
    /// `bDescriptorType`.
    pub kind: u8,
    /// All of it, `bLength` bytes.
    pub bytes: &'a [u8],
}

impl Descriptor<'_> {
    /// That it has at least `len` bytes.
    pub(super) fn at_least(&self, len: u8) -> Result<(), DescriptorError> {
        if self.bytes.len() >= usize::from(len) {
            return Ok(());
        }
        let found = self.byte(0);
        Err(DescriptorError::TooShort { at: self.at, expected: len, found })
    }

    /// That it is of this kind, with at least `len` bytes.
    pub(super) fn of_kind(&self, kind: u8, len: u8) -> Result<(), DescriptorError> {
        if self.kind != kind {
            return Err(DescriptorError::Kind { at: self.at, expected: kind, found: self.kind });
        }
        self.at_least(len)
    }

    /// The byte at `at`; 0 past the end.
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// The number at `at`, low byte first.
    pub(super) fn word(&self, at: usize) -> u16 {
        u16::from_le_bytes([self.byte(at), self.byte(at + 1)])
    }
}

/// The descriptors in `bytes`, one after the other. After an error there is
/// nothing more.
pub fn walk(bytes: &[u8]) -> Walk<'_> {
    Walk { bytes, at: 0 }
}

/// See [`walk`].
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn read(&self, rest: &'a [u8]) -> Result<Descriptor<'a>, DescriptorError> {
        let &[len, kind, ..] = rest else {
            let found = rest.len();
            return Err(DescriptorError::Truncated { at: self.at, expected: 2, found });
        };
        if len < 2 {
            return Err(DescriptorError::TooShort { at: self.at, expected: 2, found: len });
        }
        let expected = usize::from(len);
        let bytes = rest.get(..expected).ok_or(DescriptorError::Truncated {
            at: self.at,
            expected,
            found: rest.len(),
        })?;
        Ok(Descriptor { at: self.at, kind, bytes })
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Result<Descriptor<'a>, DescriptorError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let descriptor = self.read(rest);
        self.at = match &descriptor {
            Ok(descriptor) => self.at + descriptor.bytes.len(),
            Err(_) => self.bytes.len(),
        };
        Some(descriptor)
    }
}
