//! Descriptors one after the other.

use std::iter;
use std::ops::Deref;

/// A descriptor of any type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor<'a>(&'a [u8]);

impl<'a> Descriptor<'a> {
    /// Nothing when there are fewer bytes than it says.
    pub fn new(buf: &[u8]) -> Option<Descriptor<'_>> {
        let [len, _, ..] = *buf else { return None };
        (usize::from(len) <= buf.len()).then_some(Descriptor(buf))
    }

    /// `bLength`.
    #[doc(alias = "bLength")]
    pub fn descriptor_len(&self) -> usize {
        self.0[0].into()
    }

    /// `bDescriptorType`.
    #[doc(alias = "bDescriptorType")]
    pub fn descriptor_type(&self) -> u8 {
        self.0[1]
    }

    /// All of it.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }
}

impl Deref for Descriptor<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0
    }
}

/// Descriptors one after the other.
#[derive(Clone)]
pub struct DescriptorIter<'a>(pub(super) &'a [u8]);

impl<'a> DescriptorIter<'a> {
    /// The bytes that are left.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The next one, if it is whole.
    fn first(&self) -> Option<&'a [u8]> {
        let len = usize::from(*self.0.first()?);
        self.0.get(..len).filter(|first| first.len() >= 2)
    }

    /// Those of a type with at least `least` bytes, each with all that follows
    /// it up to the next one of the type.
    pub(super) fn groups(mut self, kind: u8, least: usize) -> impl Iterator<Item = &'a [u8]> {
        let begins = move |one: &[u8]| one[1] == kind;
        iter::from_fn(move || {
            while self.first().is_some_and(|one| !begins(one) || one.len() < least) {
                self.next();
            }
            let group = self.0;
            self.next()?;
            while self.first().is_some_and(|one| !begins(one)) {
                self.next();
            }
            group.get(..group.len() - self.0.len())
        })
    }
}

impl<'a> Iterator for DescriptorIter<'a> {
    type Item = Descriptor<'a>;

    fn next(&mut self) -> Option<Descriptor<'a>> {
        let first = self.first()?;
        self.0 = &self.0[first.len()..];
        Some(Descriptor(first))
    }
}
