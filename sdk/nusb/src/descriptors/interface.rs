//! An interface descriptor, with all that comes with it.

use std::fmt;
use std::num::NonZeroU8;

use super::{DescriptorIter, ENDPOINT, EndpointDescriptor, endpoint};

/// The length without what comes with it (table 9-12).
pub(super) const LEN: usize = 9;

/// All settings of an interface.
#[derive(Clone)]
pub struct InterfaceDescriptors<'a> {
    first: InterfaceDescriptor<'a>,
    settings: Vec<InterfaceDescriptor<'a>>,
}

impl<'a> InterfaceDescriptors<'a> {
    /// None of no settings.
    pub(super) fn new(settings: Vec<InterfaceDescriptor<'a>>) -> Option<Self> {
        Some(Self { first: settings.first()?.clone(), settings })
    }

    /// `bInterfaceNumber`.
    #[doc(alias = "bInterfaceNumber")]
    pub fn interface_number(&self) -> u8 {
        self.first.interface_number()
    }

    /// Its settings, in the device's order.
    pub fn alt_settings(&self) -> impl Iterator<Item = InterfaceDescriptor<'a>> + '_ {
        self.settings.iter().cloned()
    }

    /// The first of them.
    pub fn first_alt_setting(&self) -> InterfaceDescriptor<'a> {
        self.first.clone()
    }
}

/// An interface descriptor (table 9-12), with all that comes with it.
#[derive(Clone)]
pub struct InterfaceDescriptor<'a>(pub(super) &'a [u8]);

impl<'a> InterfaceDescriptor<'a> {
    /// All of it.
    pub fn as_bytes(&self) -> &[u8] {
        self.0
    }

    /// What comes with it.
    pub fn descriptors(&self) -> DescriptorIter<'a> {
        DescriptorIter(&self.0[self.0[0].into()..])
    }

    /// Its endpoints.
    pub fn endpoints(&self) -> impl Iterator<Item = EndpointDescriptor<'a>> + use<'a> {
        self.descriptors().groups(ENDPOINT, endpoint::LEN).map(EndpointDescriptor)
    }

    /// `bInterfaceNumber`.
    #[doc(alias = "bInterfaceNumber")]
    pub fn interface_number(&self) -> u8 {
        self.0[2]
    }

    /// `bAlternateSetting`.
    #[doc(alias = "bAlternateSetting")]
    pub fn alternate_setting(&self) -> u8 {
        self.0[3]
    }

    /// `bNumEndpoints`.
    #[doc(alias = "bNumEndpoints")]
    pub fn num_endpoints(&self) -> u8 {
        self.0[4]
    }

    /// `bInterfaceClass`.
    #[doc(alias = "bInterfaceClass")]
    pub fn class(&self) -> u8 {
        self.0[5]
    }

    /// `bInterfaceSubClass`.
    #[doc(alias = "bInterfaceSubClass")]
    pub fn subclass(&self) -> u8 {
        self.0[6]
    }

    /// `bInterfaceProtocol`.
    #[doc(alias = "bInterfaceProtocol")]
    pub fn protocol(&self) -> u8 {
        self.0[7]
    }

    /// `iInterface`, if there is such a string.
    #[doc(alias = "iInterface")]
    pub fn string_index(&self) -> Option<NonZeroU8> {
        NonZeroU8::new(self.0[8])
    }
}

impl fmt::Debug for InterfaceDescriptor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InterfaceDescriptor")
            .field("interface_number", &self.interface_number())
            .field("alternate_setting", &self.alternate_setting())
            .field("num_endpoints", &self.num_endpoints())
            .field("class", &self.class())
            .field("subclass", &self.subclass())
            .field("protocol", &self.protocol())
            .field("string_index", &self.string_index())
            .field("endpoints", &self.endpoints().collect::<Vec<_>>())
            .finish()
    }
}
