//! What is told by interrupts, and when.

use super::air::{Ear, Packet};

/// Bits of the interrupt status (table 13-29).
pub(super) mod irq {
    pub(in super::super) const TX_DONE: u16 = 1;
    pub(in super::super) const RX_DONE: u16 = 1 << 1;
    pub(in super::super) const PREAMBLE: u16 = 1 << 2;
    pub(in super::super) const HEADER: u16 = 1 << 4;
    pub(in super::super) const CAD_DONE: u16 = 1 << 7;
    pub(in super::super) const CAD_DETECTED: u16 = 1 << 8;
    pub(in super::super) const TIMEOUT: u16 = 1 << 9;
}

/// Something that will happen by itself.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) at_ns: u64,
    /// What it raises.
    pub(super) irq: u16,
    /// Whether the chip then goes back to standby.
    pub(super) ends: bool,
}

/// Listening.
#[derive(Clone, Debug)]
pub(super) struct Listening {
    pub(super) ear: Ear,
    /// When it gives up unless a packet has begun.
    pub(super) until_ns: Option<u64>,
    /// It goes on after a packet.
    pub(super) continuous: bool,
    /// The packet that it hears now.
    pub(super) packet: Option<Packet>,
}
