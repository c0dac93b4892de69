//! Interfaces and associations of them.

use super::{Descriptor, Endpoint, kinds, walk};

/// One setting of one interface (table 9-12), with its endpoints and extras.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interface<'a> {
    /// Where it begins in its configuration.
    pub at: usize,
    /// `bInterfaceNumber`.
    pub number: u8,
    /// `bAlternateSetting`.
    pub alternate: u8,
    /// `bNumEndpoints`, as declared.
    pub declared_endpoints: u8,
    /// `bInterfaceClass`.
    pub class: u8,
    /// `bInterfaceSubClass`.
    pub subclass: u8,
    /// `bInterfaceProtocol`.
    pub protocol: u8,
    /// `iInterface`: the number of a string; 0 is none.
    pub name: u8,
    /// The descriptor and all that follow it, up to the next interface or
    /// association.
    pub bytes: &'a [u8],
}

impl<'a> Interface<'a> {
    /// The length of the descriptor itself.
    pub const LEN: u8 = 9;

    pub(super) fn of(first: &Descriptor<'_>, bytes: &'a [u8], at: usize) -> Self {
        Self {
            at,
            number: first.byte(2),
            alternate: first.byte(3),
            declared_endpoints: first.byte(4),
            class: first.byte(5),
            subclass: first.byte(6),
            protocol: first.byte(7),
            name: first.byte(8),
            bytes,
        }
    }

    /// What comes before its first endpoint: the interface descriptor, and
    /// class-specific extras such as CDC's functional descriptors.
    pub fn own(&self) -> &'a [u8] {
        let first = walk(self.bytes).flatten().find(|one| one.kind == kinds::ENDPOINT);
        self.bytes.get(..first.map_or(self.bytes.len(), |one| one.at)).unwrap_or_default()
    }

    /// The extras before its first endpoint, each a descriptor.
    pub fn extras(&self) -> impl Iterator<Item = Descriptor<'a>> + use<'a> {
        walk(self.own()).flatten().skip(1)
    }

    /// Its endpoints, in their order, however many it declares.
    pub fn endpoints(&self) -> impl Iterator<Item = Endpoint<'a>> + use<'a> {
        let (bytes, base) = (self.bytes, self.at);
        let mut starts = walk(bytes).flatten().filter(|one| one.kind == kinds::ENDPOINT).peekable();
        std::iter::from_fn(move || {
            let first = starts.next()?;
            let end = starts.peek().map_or(bytes.len(), |next| next.at);
            let own = bytes.get(first.at..end).unwrap_or_default();
            Some(Endpoint::of(&first, own, base + first.at))
        })
    }

    /// The first endpoint of this address.
    pub fn endpoint(&self, address: u8) -> Option<Endpoint<'a>> {
        self.endpoints().find(|one| one.address == address)
    }
}

/// Interfaces that are one function (Interface Association Descriptors ECN,
/// table 9-Z).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Association<'a> {
    /// Where it begins in its configuration.
    pub at: usize,
    /// `bFirstInterface`.
    pub first: u8,
    /// `bInterfaceCount`: interfaces with numbers from [`Self::first`] on.
    pub count: u8,
    /// `bFunctionClass`.
    pub class: u8,
    /// `bFunctionSubClass`.
    pub subclass: u8,
    /// `bFunctionProtocol`.
    pub protocol: u8,
    /// `iFunction`: the number of a string; 0 is none.
    pub name: u8,
    /// The descriptor and all that follow it, up to the next interface or
    /// association.
    pub bytes: &'a [u8],
}

impl<'a> Association<'a> {
    /// The length of the descriptor itself.
    pub const LEN: u8 = 8;

    pub(super) fn of(first: &Descriptor<'_>, bytes: &'a [u8], at: usize) -> Self {
        Self {
            at,
            first: first.byte(2),
            count: first.byte(3),
            class: first.byte(4),
            subclass: first.byte(5),
            protocol: first.byte(6),
            name: first.byte(7),
            bytes,
        }
    }

    /// The numbers of its interfaces.
    pub fn interfaces(&self) -> impl Iterator<Item = u8> + use<> {
        (self.first..=u8::MAX).take(usize::from(self.count))
    }
}
