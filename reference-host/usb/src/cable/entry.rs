//! One transfer.

use crate::{Completed, Packet, Request, Setup, Transfer, TransferType, UsbError};

use super::queue::Target;

/// The longest transfer, bytes.
const LONGEST: usize = 16 << 20;

/// How much memory the first packet of an IN transfer may take, bytes.
const FIRST_ROOM: usize = 1 << 20;

/// The most packets of an isochronous transfer.
const MOST_PACKETS: usize = 4096;

/// Which way and how a transfer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    Out,
    In,
    Control(Setup),
    IsochronousOut,
    IsochronousIn,
}

/// A transfer.
pub(super) struct Entry {
    pub(super) tag: u32,
    pub(super) work: Work,
    /// What goes out, or the room for what comes in, filled so far.
    pub(super) data: Vec<u8>,
    /// The length that was asked for.
    pub(super) len: usize,
    /// Bytes transferred.
    pub(super) actual: usize,
    /// The lengths of isochronous packets.
    pub(super) lengths: Vec<u32>,
    /// Those that are done.
    pub(super) packets: Vec<Packet>,
    /// How it ended, if it has.
    pub(super) ended: Option<Result<(), UsbError>>,
}

impl Entry {
    /// A request of the host side itself.
    pub(super) fn control_in(setup: Setup, len: u16) -> Self {
        Self::new(0, Work::Control(setup), Vec::new(), len.into())
    }

    /// The same without data.
    pub(super) fn control_out(setup: Setup) -> Self {
        Self::new(0, Work::Control(setup), Vec::new(), 0)
    }

    fn new(tag: u32, work: Work, data: Vec<u8>, len: usize) -> Self {
        let (lengths, packets) = (Vec::new(), Vec::new());
        Self { tag, work, data, len, actual: 0, lengths, packets, ended: None }
    }

    /// Whether the data goes to the device.
    pub(super) fn is_out(&self) -> bool {
        match self.work {
            Work::Out | Work::IsochronousOut => true,
            Work::In | Work::IsochronousIn => false,
            Work::Control(setup) => setup.request_type & 0x80 == 0,
        }
    }

    /// Adds what came in. True when there was room for all of it.
    pub(super) fn fill(&mut self, packet: &[u8], room: usize) -> bool {
        if self.data.is_empty() {
            // Not before something comes, and not all of it: a caller may have
            // asked for a lot on a thousand transfers.
            self.data.reserve_exact(self.len.min(FIRST_ROOM));
        }
        let fits = packet.len().min(room);
        self.data.extend_from_slice(&packet[..fits]);
        self.actual += fits;
        fits == packet.len()
    }

    pub(super) fn completed(self) -> Completed {
        let status = self.ended.unwrap_or(Err(UsbError::Other));
        let Self { tag, actual, data, packets, .. } = self;
        Completed { tag, status, actual, data, packets }
    }
}

/// Checks a transfer against what its queue leads to.
pub(super) fn check(transfer: Transfer, target: Target) -> Result<Entry, UsbError> {
    let Transfer { tag, request } = transfer;
    let (transfers, is_in, max_packet) = match target {
        Target::Control => (TransferType::Control, false, 0),
        Target::Endpoint { address, transfers, max_packet, .. } => {
            (transfers, address & 0x80 != 0, max_packet)
        }
    };
    let plain = matches!(transfers, TransferType::Bulk | TransferType::Interrupt);
    let isochronous = transfers == TransferType::Isochronous;
    let control = transfers == TransferType::Control;
    let entry = match request {
        Request::Out(data) if plain && !is_in => {
            let len = data.len();
            Entry::new(tag, Work::Out, data, len)
        }
        Request::In { len, mut room } if plain && is_in => {
            room.clear();
            Entry::new(tag, Work::In, room, len)
        }
        Request::ControlOut { setup, data } if control && setup.request_type & 0x80 == 0 => {
            let len = data.len();
            if len > usize::from(u16::MAX) {
                return Err(UsbError::Invalid);
            }
            Entry::new(tag, Work::Control(setup), data, len)
        }
        Request::ControlIn { setup, len } if control && setup.request_type & 0x80 != 0 => {
            Entry::new(tag, Work::Control(setup), Vec::new(), len.into())
        }
        Request::IsochronousOut { data, packets } if isochronous && !is_in => {
            let len = sum(&packets, max_packet)?;
            if len != data.len() {
                return Err(UsbError::Invalid);
            }
            let mut entry = Entry::new(tag, Work::IsochronousOut, data, len);
            entry.lengths = packets;
            entry
        }
        Request::IsochronousIn { packets } if isochronous && is_in => {
            let mut entry =
                Entry::new(tag, Work::IsochronousIn, Vec::new(), sum(&packets, max_packet)?);
            entry.lengths = packets;
            entry
        }
        _ => return Err(UsbError::Invalid),
    };
    if entry.len > LONGEST {
        return Err(UsbError::Exhausted);
    }
    Ok(entry)
}

/// The sum of the lengths of isochronous packets, none of which may be too large.
fn sum(packets: &[u32], max_packet: usize) -> Result<usize, UsbError> {
    if packets.is_empty() || packets.iter().any(|len| *len as usize > max_packet) {
        return Err(UsbError::Invalid);
    }
    if packets.len() > MOST_PACKETS {
        return Err(UsbError::Exhausted);
    }
    Ok(packets.iter().map(|len| *len as usize).sum())
}
