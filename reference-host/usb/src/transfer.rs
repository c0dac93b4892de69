//! Transfers.

use crate::UsbError;

/// The first fields of a SETUP packet (USB 2.0, table 9-2); its length is that
/// of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// `bmRequestType`.
    pub request_type: u8,
    /// `bRequest`.
    pub request: u8,
    /// `wValue`.
    pub value: u16,
    /// `wIndex`.
    pub index: u16,
}

impl Setup {
    /// The eight bytes of the packet.
    pub fn packet(self, len: u16) -> [u8; 8] {
        let ([v0, v1], [i0, i1]) = (self.value.to_le_bytes(), self.index.to_le_bytes());
        let [l0, l1] = len.to_le_bytes();
        [self.request_type, self.request, v0, v1, i0, i1, l0, l1]
    }
}

/// A transfer to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The caller's name for it.
    pub tag: u32,
    /// What to do.
    pub request: Request,
}

/// What a transfer is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Bulk or interrupt, to the device. No bytes are an empty packet.
    Out(Vec<u8>),
    /// Bulk or interrupt, from the device: at most `len` bytes. `room` is a
    /// vector to be filled, so that its memory is used again.
    In {
        /// The most bytes.
        len: usize,
        /// Memory for them.
        room: Vec<u8>,
    },
    /// Control, to the device. The direction bit is 0.
    ControlOut {
        /// The request.
        setup: Setup,
        /// Its data stage.
        data: Vec<u8>,
    },
    /// Control, from the device. The direction bit is 1.
    ControlIn {
        /// The request.
        setup: Setup,
        /// The most bytes of the data stage.
        len: u16,
    },
    /// Isochronous, to the device: packets of these lengths, whose sum is that
    /// of the data.
    IsochronousOut {
        /// The packets, one after the other.
        data: Vec<u8>,
        /// Their lengths.
        packets: Vec<u32>,
    },
    /// Isochronous, from the device: packets of at most these lengths.
    IsochronousIn {
        /// The most bytes of each.
        packets: Vec<u32>,
    },
}

/// A transfer that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completed {
    /// The caller's name for it.
    pub tag: u32,
    /// How it ended.
    pub status: Result<(), UsbError>,
    /// Bytes transferred, whatever the status.
    pub actual: usize,
    /// What came in, `actual` bytes; isochronous packets without gaps. What went
    /// out comes back, so that its memory can be used again.
    pub data: Vec<u8>,
    /// The packets of an isochronous transfer; empty for all others.
    pub packets: Vec<Packet>,
}

/// One packet of an isochronous transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// How it ended.
    pub status: Result<(), UsbError>,
    /// Bytes transferred.
    pub actual: u32,
}
