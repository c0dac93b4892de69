//! A configuration descriptor, with all that comes with it.

use std::collections::BTreeMap;
use std::num::NonZeroU8;
use std::{fmt, iter};

use super::{
    CONFIGURATION, DescriptorIter, INTERFACE, InterfaceDescriptor, InterfaceDescriptors, interface,
    word,
};

/// The length without what comes with it (table 9-10).
const LEN: usize = 9;

/// A configuration descriptor (table 9-10), with all that comes with it.
#[derive(Clone)]
pub struct ConfigurationDescriptor<'a>(&'a [u8]);

impl<'a> ConfigurationDescriptor<'a> {
    /// The one that `buf` begins with, if there is one, and all of it.
    pub fn new(buf: &[u8]) -> Option<ConfigurationDescriptor<'_>> {
        let header = buf.get(..LEN)?;
        let (own, total) = (usize::from(header[0]), usize::from(word(header, 2)));
        let valid = header[1] == CONFIGURATION && own >= LEN && total >= own;
        valid.then(|| buf.get(..total).map(ConfigurationDescriptor)).flatten()
    }

    /// All of it.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// What comes with it.
    pub fn descriptors(&self) -> DescriptorIter<'a> {
        DescriptorIter(&self.0[self.0[0].into()..])
    }

    /// All settings of all interfaces.
    pub fn interface_alt_settings(
        &self,
    ) -> impl Iterator<Item = InterfaceDescriptor<'a>> + use<'a> {
        self.descriptors().groups(INTERFACE, interface::LEN).map(InterfaceDescriptor)
    }

    /// The interfaces by number, each with its settings.
    pub fn interfaces(&self) -> impl Iterator<Item = InterfaceDescriptors<'a>> + use<'a> {
        let mut interfaces = BTreeMap::<u8, Vec<_>>::new();
        for setting in self.interface_alt_settings() {
            interfaces.entry(setting.interface_number()).or_default().push(setting);
        }
        interfaces.into_values().filter_map(InterfaceDescriptors::new)
    }

    /// `bNumInterfaces`.
    #[doc(alias = "bNumInterfaces")]
    pub fn num_interfaces(&self) -> u8 {
        self.0[4]
    }

    /// `bConfigurationValue`.
    #[doc(alias = "bConfigurationValue")]
    pub fn configuration_value(&self) -> u8 {
        self.0[5]
    }

    /// `iConfiguration`, if there is such a string.
    #[doc(alias = "iConfiguration")]
    pub fn string_index(&self) -> Option<NonZeroU8> {
        NonZeroU8::new(self.0[6])
    }

    /// `bmAttributes`.
    #[doc(alias = "bmAttributes")]
    pub fn attributes(&self) -> u8 {
        self.0[7]
    }

    /// `bMaxPower`.
    #[doc(alias = "bMaxPower")]
    pub fn max_power(&self) -> u8 {
        self.0[8]
    }
}

impl fmt::Debug for ConfigurationDescriptor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigurationDescriptor")
            .field("configuration_value", &self.configuration_value())
            .field("num_interfaces", &self.num_interfaces())
            .field("attributes", &self.attributes())
            .field("max_power", &self.max_power())
            .field("string_index", &self.string_index())
            .field("settings", &self.interface_alt_settings().collect::<Vec<_>>())
            .finish()
    }
}

/// Configurations one after the other, up to the first that is damaged.
pub(crate) fn configurations(bytes: &[u8]) -> impl Iterator<Item = ConfigurationDescriptor<'_>> {
    let mut rest = bytes;
    iter::from_fn(move || {
        let first = ConfigurationDescriptor::new(rest)?;
        rest = &rest[first.0.len()..];
        Some(first)
    })
}
