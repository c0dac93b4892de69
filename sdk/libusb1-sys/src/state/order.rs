//! A transfer that is to be done, and one that has ended.

use periplasm_usb_host::{Error, Packet, Setup};

use crate::constants::LIBUSB_CONTROL_SETUP_SIZE;

/// Which transfer: its address, which is nothing else here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key(pub(crate) usize);

/// A transfer that is to be done.
pub(crate) struct Order<'a> {
    pub(crate) key: Key,
    /// `bEndpointAddress`; of no meaning for control transfers.
    pub(crate) endpoint: u8,
    pub(crate) body: Body<'a>,
    /// Milliseconds; 0 is for ever.
    pub(crate) timeout_ms: u32,
    /// An empty packet is to follow if the last one is full.
    pub(crate) zero_packet: bool,
}

/// What is to be done.
pub(crate) enum Body<'a> {
    ControlIn { setup: Setup, len: u16 },
    ControlOut { setup: Setup, data: &'a [u8] },
    In { len: u32 },
    Out { data: &'a [u8] },
    IsochronousIn { packets: Vec<u32> },
    IsochronousOut { data: &'a [u8], packets: Vec<u32> },
}

/// A transfer that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) key: Key,
    /// The handle that it was on.
    pub(crate) owner: u64,
    pub(crate) status: Option<Error>,
    pub(crate) actual: u32,
    /// What came in.
    pub(crate) data: Vec<u8>,
    pub(crate) packets: Vec<Packet>,
}

/// A SETUP packet taken apart: its fields and the length of the data.
pub(crate) fn split_setup(packet: [u8; LIBUSB_CONTROL_SETUP_SIZE]) -> (Setup, u16) {
    let [request_type, request, v0, v1, i0, i1, l0, l1] = packet;
    let (value, index) = (u16::from_le_bytes([v0, v1]), u16::from_le_bytes([i0, i1]));
    (Setup { request_type, request, value, index }, u16::from_le_bytes([l0, l1]))
}
