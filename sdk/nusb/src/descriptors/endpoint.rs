//! An endpoint descriptor, with all that comes with it.

use std::fmt;

use super::{DescriptorIter, word};
use crate::transfer::Direction;

/// The length without what comes with it (table 9-13).
pub(super) const LEN: usize = 7;

/// An endpoint descriptor (table 9-13), with all that comes with it.
#[derive(Clone)]
pub struct EndpointDescriptor<'a>(pub(super) &'a [u8]);

impl<'a> EndpointDescriptor<'a> {
    /// All of it.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// What comes with it.
    pub fn descriptors(&self) -> DescriptorIter<'a> {
        DescriptorIter(&self.0[self.0[0].into()..])
    }

    /// The direction, which is a part of the address.
    pub fn direction(&self) -> Direction {
        Direction::of(self.address())
    }

    /// The type, which is a part of the attributes.
    pub fn transfer_type(&self) -> TransferType {
        match self.attributes() & 0b11 {
            0 => TransferType::Control,
            1 => TransferType::Isochronous,
            2 => TransferType::Bulk,
            _ => TransferType::Interrupt,
        }
    }

    /// The most bytes of a packet: bits 0 to 10 of `wMaxPacketSize`.
    pub fn max_packet_size(&self) -> usize {
        (self.max_packet_size_raw() & 0x07ff).into()
    }

    /// How many packets may go in a microframe: bits 11 and 12 of
    /// `wMaxPacketSize`, and one.
    pub fn packets_per_microframe(&self) -> u8 {
        (self.max_packet_size_raw() >> 11 & 0b11) as u8 + 1
    }

    /// `bEndpointAddress`.
    #[doc(alias = "bEndpointAddress")]
    pub fn address(&self) -> u8 {
        self.0[2]
    }

    /// `bmAttributes`.
    #[doc(alias = "bmAttributes")]
    pub fn attributes(&self) -> u8 {
        self.0[3]
    }

    /// `wMaxPacketSize`.
    #[doc(alias = "wMaxPacketSize")]
    pub fn max_packet_size_raw(&self) -> u16 {
        word(self.0, 4)
    }

    /// `bInterval`.
    #[doc(alias = "bInterval")]
    pub fn interval(&self) -> u8 {
        self.0[6]
    }
}

impl fmt::Debug for EndpointDescriptor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointDescriptor")
            .field("address", &format_args!("{:#04x}", self.address()))
            .field("direction", &self.direction())
            .field("transfer_type", &self.transfer_type())
            .field("max_packet_size", &self.max_packet_size())
            .field("packets_per_microframe", &self.packets_per_microframe())
            .field("interval", &self.interval())
            .finish()
    }
}

/// What kind of transfers an endpoint does (5.4).
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum TransferType {
    /// Requests.
    Control = 0,
    /// A stream with reserved time and no retries.
    Isochronous = 1,
    /// Large data, when there is time.
    Bulk = 2,
    /// Small data, soon.
    Interrupt = 3,
}
