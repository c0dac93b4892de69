//! Endpoints.

use super::Descriptor;
use crate::TransferType;

/// An endpoint (table 9-13), with its extras.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint<'a> {
    /// Where it begins in its configuration.
    pub at: usize,
    /// `bEndpointAddress`: the number, and 0x80 for IN.
    pub address: u8,
    /// `bmAttributes`.
    pub attributes: u8,
    /// `wMaxPacketSize`.
    pub max_packet_size: u16,
    /// `bInterval`.
    pub interval: u8,
    /// The descriptor and its extras, such as the companion of USB 3.
    pub bytes: &'a [u8],
}

impl<'a> Endpoint<'a> {
    /// The length of the descriptor itself; an audio device's has two more.
    pub const LEN: u8 = 7;

    pub(super) fn of(first: &Descriptor<'_>, bytes: &'a [u8], at: usize) -> Self {
        Self {
            at,
            address: first.byte(2),
            attributes: first.byte(3),
            max_packet_size: first.word(4),
            interval: first.byte(6),
            bytes,
        }
    }

    /// Its number.
    pub fn number(&self) -> u8 {
        self.address & 0x0f
    }

    /// Whether it is an IN endpoint.
    pub fn is_in(&self) -> bool {
        self.address & 0x80 != 0
    }

    /// What kind of transfers it does.
    pub fn transfers(&self) -> TransferType {
        match self.attributes & 3 {
            0 => TransferType::Control,
            1 => TransferType::Isochronous,
            2 => TransferType::Bulk,
            _ => TransferType::Interrupt,
        }
    }

    /// The most bytes of a packet: bits 10 to 0 of `wMaxPacketSize`.
    pub fn packet_bytes(&self) -> u16 {
        self.max_packet_size & 0x07ff
    }

    /// How many packets go in a microframe, at high speed: bits 12 and 11.
    pub fn packets_per_microframe(&self) -> u8 {
        match (self.max_packet_size >> 11) & 3 {
            1 => 2,
            2 => 3,
            _ => 1,
        }
    }

    /// Whether there can be an endpoint of this address beside endpoint 0.
    pub(super) fn is_possible(&self) -> bool {
        self.number() != 0 && self.address & 0x70 == 0
    }
}
