//! Configuration descriptors, with all that comes with them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Association, Descriptor, DescriptorError, Endpoint, Interface, MAX_CONFIGURATIONS, kinds, walk,
};

/// A configuration descriptor (table 9-10) and what follows it, up to
/// `wTotalLength`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Configuration<'a> {
    /// `wTotalLength`, as declared.
    pub total_length: u16,
    /// `bNumInterfaces`, as declared.
    pub declared_interfaces: u8,
    /// `bConfigurationValue`.
    pub value: u8,
    /// `iConfiguration`: the number of a string; 0 is none.
    pub name: u8,
    /// `bmAttributes`: bit 6 self-powered, bit 5 remote wakeup.
    pub attributes: u8,
    /// `bMaxPower`: 2 mA each, 8 mA from USB 3 on.
    pub max_power: u8,
    /// All descriptors of it, before the first damaged one.
    pub bytes: &'a [u8],
    /// What ended [`Self::bytes`] early.
    pub damage: Option<DescriptorError>,
}

/// A piece of a configuration. Its pieces have all its bytes, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// The configuration descriptor itself, and extras that belong to no
    /// interface.
    Own(&'a [u8]),
    /// Interfaces that are one function.
    Association(Association<'a>),
    /// One setting of one interface.
    Interface(Interface<'a>),
}

impl<'a> Configuration<'a> {
    /// The length of the descriptor itself.
    pub const LEN: usize = 9;

    /// Reads the one that `bytes` begin with. What comes after its
    /// `wTotalLength` is not looked at.
    pub fn read(bytes: &'a [u8]) -> Result<Self, DescriptorError> {
        let nothing = DescriptorError::Truncated { at: 0, expected: Self::LEN, found: 0 };
        let header = walk(bytes).next().ok_or(nothing)??;
        header.of_kind(kinds::CONFIGURATION, Self::LEN as u8)?;
        let total_length = header.word(2);
        let least = u16::try_from(header.bytes.len()).unwrap_or(u16::MAX);
        if total_length < least {
            let (expected, found) = (least, total_length);
            return Err(DescriptorError::TotalLength { at: 0, expected, found });
        }
        let (sound, damage) = sound(bytes, usize::from(total_length));
        Ok(Self {
            total_length,
            declared_interfaces: header.byte(4),
            value: header.byte(5),
            name: header.byte(6),
            attributes: header.byte(7),
            max_power: header.byte(8),
            bytes: sound,
            damage,
        })
    }

    /// Its pieces.
    pub fn parts(&self) -> impl Iterator<Item = Part<'a>> + use<'a> {
        let mut rest = self.bytes;
        let mut at = 0;
        std::iter::from_fn(move || {
            let piece = first_part(rest)?;
            let part = part(piece, at);
            at += piece.len();
            rest = rest.get(piece.len()..).unwrap_or_default();
            Some(part)
        })
    }

    /// All settings of all interfaces, in their order.
    pub fn interfaces(&self) -> impl Iterator<Item = Interface<'a>> + use<'a> {
        self.parts().filter_map(|part| match part {
            Part::Interface(interface) => Some(interface),
            _ => None,
        })
    }

    /// All associations, in their order.
    pub fn associations(&self) -> impl Iterator<Item = Association<'a>> + use<'a> {
        self.parts().filter_map(|part| match part {
            Part::Association(association) => Some(association),
            _ => None,
        })
    }

    /// One setting of an interface: the first, if it is there twice.
    pub fn interface(&self, number: u8, alternate: u8) -> Option<Interface<'a>> {
        self.interfaces().find(|one| one.number == number && one.alternate == alternate)
    }

    /// The first endpoint of this address in any setting, with its interface.
    pub fn endpoint(&self, address: u8) -> Option<(Interface<'a>, Endpoint<'a>)> {
        self.interfaces().find_map(|interface| Some((interface, interface.endpoint(address)?)))
    }

    /// What is wrong with it, if anything: damage, counts that lie, duplicates.
    pub fn check(&self) -> Result<(), DescriptorError> {
        if let Some(damage) = self.damage {
            return Err(damage);
        }
        let mut settings = BTreeSet::new();
        let mut numbers = BTreeSet::new();
        // An endpoint belongs to one interface, and may be in each of its
        // settings (9.6.5).
        let mut owners = BTreeMap::new();
        for interface in self.interfaces() {
            let Interface { at, number, alternate, .. } = interface;
            numbers.insert(number);
            if !settings.insert((number, alternate)) {
                return Err(DescriptorError::DuplicateInterface { at, number, alternate });
            }
            let mut own = BTreeSet::new();
            for endpoint in interface.endpoints() {
                let Endpoint { at, address, .. } = endpoint;
                if !endpoint.is_possible() {
                    return Err(DescriptorError::EndpointAddress { at, address });
                }
                if !own.insert(address) || *owners.entry(address).or_insert(number) != number {
                    return Err(DescriptorError::DuplicateEndpoint { at, address });
                }
            }
            count(at, "bNumEndpoints", interface.declared_endpoints, own.len())?;
        }
        for part in self.parts() {
            let (bytes, at) = match part {
                Part::Own(bytes) => (bytes, 0),
                Part::Association(association) => (association.bytes, association.at),
                Part::Interface(_) => continue,
            };
            if let Some(stray) = walk(bytes).flatten().find(|one| one.kind == kinds::ENDPOINT) {
                let (at, address) = (at + stray.at, stray.byte(2));
                return Err(DescriptorError::EndpointAddress { at, address });
            }
        }
        count(0, "bNumInterfaces", self.declared_interfaces, numbers.len())
    }
}

fn count(
    at: usize,
    field: &'static str,
    declared: u8,
    found: usize,
) -> Result<(), DescriptorError> {
    if usize::from(declared) == found {
        return Ok(());
    }
    Err(DescriptorError::Count { at, field, declared, found })
}

/// The sound descriptors that `bytes` begin with, at most `total` bytes, and
/// what is wrong with the next.
fn sound(bytes: &[u8], total: usize) -> (&[u8], Option<DescriptorError>) {
    let whole = bytes.get(..total).unwrap_or(bytes);
    let mut end = 0;
    for descriptor in walk(whole) {
        match descriptor.and_then(|one| least(&one).map(|()| one)) {
            Ok(one) => end = one.at + one.bytes.len(),
            Err(error) => return (whole.get(..end).unwrap_or_default(), Some(error)),
        }
    }
    let missing = (bytes.len() < total).then_some(DescriptorError::Truncated {
        at: 0,
        expected: total,
        found: bytes.len(),
    });
    (whole, missing)
}

/// That a standard descriptor is as long as its kind needs.
fn least(descriptor: &Descriptor<'_>) -> Result<(), DescriptorError> {
    match descriptor.kind {
        kinds::INTERFACE => descriptor.at_least(Interface::LEN),
        kinds::ENDPOINT => descriptor.at_least(Endpoint::LEN),
        kinds::INTERFACE_ASSOCIATION => descriptor.at_least(Association::LEN),
        // A second configuration must not be taken for extras of the first.
        kinds::CONFIGURATION if descriptor.at > 0 => Err(DescriptorError::Kind {
            at: descriptor.at,
            expected: kinds::INTERFACE,
            found: descriptor.kind,
        }),
        _ => Ok(()),
    }
}

/// The first piece of `bytes`: up to the next interface or association.
fn first_part(bytes: &[u8]) -> Option<&[u8]> {
    let begins = |kind| matches!(kind, kinds::INTERFACE | kinds::INTERFACE_ASSOCIATION);
    let next = walk(bytes).flatten().skip(1).find(|one| begins(one.kind));
    let end = next.map_or(bytes.len(), |next| next.at);
    bytes.get(..end).filter(|piece| !piece.is_empty())
}

fn part(piece: &[u8], at: usize) -> Part<'_> {
    match walk(piece).next() {
        Some(Ok(first)) if first.kind == kinds::INTERFACE => {
            Part::Interface(Interface::of(&first, piece, at))
        }
        Some(Ok(first)) if first.kind == kinds::INTERFACE_ASSOCIATION => {
            Part::Association(Association::of(&first, piece, at))
        }
        _ => Part::Own(piece),
    }
}

/// The configurations in `bytes`, one after the other, such as
/// [`DeviceInfo::descriptors`](crate::DeviceInfo::descriptors): a device
/// descriptor before them is passed over. After an error there is nothing more.
pub fn configurations(bytes: &[u8]) -> Configurations<'_> {
    let at = match walk(bytes).next() {
        Some(Ok(first)) if first.kind == kinds::DEVICE => first.bytes.len(),
        _ => 0,
    };
    Configurations { bytes, at, count: 0 }
}

/// The first configuration of this value.
pub fn configuration(bytes: &[u8], value: u8) -> Option<Configuration<'_>> {
    configurations(bytes).flatten().find(|one| one.value == value)
}

/// See [`configurations`].
#[derive(Clone, Debug)]
pub struct Configurations<'a> {
    bytes: &'a [u8],
    at: usize,
    count: usize,
}

impl<'a> Iterator for Configurations<'a> {
    type Item = Result<Configuration<'a>, DescriptorError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (at, all) = (self.at, self.bytes.len());
        let rest = self.bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let read = if self.count < MAX_CONFIGURATIONS {
            Configuration::read(rest).map_err(|error| error.moved(at))
        } else {
            Err(DescriptorError::TooMany { at })
        };
        self.count += 1;
        self.at = match &read {
            Ok(one) => all.min(at + usize::from(one.total_length)),
            Err(_) => all,
        };
        Some(read)
    }
}

impl DescriptorError {
    /// The same, where the bytes began `by` bytes later than what was given.
    fn moved(mut self, by: usize) -> Self {
        match &mut self {
            Self::Truncated { at, .. }
            | Self::TooShort { at, .. }
            | Self::Kind { at, .. }
            | Self::TotalLength { at, .. }
            | Self::TooMany { at }
            | Self::Count { at, .. }
            | Self::DuplicateInterface { at, .. }
            | Self::DuplicateEndpoint { at, .. }
            | Self::EndpointAddress { at, .. }
            | Self::Text { at } => *at += by,
        }
        self
    }
}
