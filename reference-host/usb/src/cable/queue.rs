//! The transfers of one pipe.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::{Completed, DeviceId, Packet, Request, Setup, Transfer, TransferType, UsbError};

use super::bus::After;
use super::listen::Listeners;

/// The most transfers that one pipe has in flight.
pub(super) const MOST_IN_FLIGHT: usize = 1024;

/// The longest transfer, bytes.
pub(super) const LONGEST: usize = 16 << 20;

/// How much memory the first packet of an IN transfer may take, bytes.
const FIRST_ROOM: usize = 1 << 20;

/// The most packets of an isochronous transfer.
pub(super) const MOST_PACKETS: usize = 4096;

/// What a queue leads to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// The default pipe.
    Control,
    /// An endpoint.
    Endpoint {
        /// `bEndpointAddress`.
        address: u8,
        /// What it does.
        transfers: TransferType,
        /// What the device says is its largest packet.
        max_packet: usize,
        /// The time between two packets, if they are isochronous.
        interval: Duration,
        /// The interface it belongs to.
        interface: u8,
    },
}

/// The transfers of one pipe, in the order of their submission.
pub(super) struct Queue {
    /// The device it belongs to.
    pub(super) device: DeviceId,
    pub(super) target: Target,
    /// Why nothing is submitted any more.
    pub(super) closed: Option<UsbError>,
    pub(super) listeners: Listeners,
    /// When the next isochronous packet may go.
    pub(super) opens: Option<Instant>,
    /// When it has to be looked at again.
    pub(super) deadline: Option<Instant>,
    entries: VecDeque<Entry>,
    /// The serial number of the first entry.
    first: u64,
    /// The serial number of the first that may not have ended.
    next: u64,
}

impl Queue {
    pub(super) fn new(device: DeviceId, target: Target) -> Self {
        Self {
            device,
            target,
            closed: None,
            listeners: Listeners::default(),
            opens: None,
            deadline: None,
            entries: VecDeque::new(),
            first: 0,
            next: 0,
        }
    }

    /// Adds a transfer, and says its serial number.
    pub(super) fn push(&mut self, entry: Entry) -> Result<u64, UsbError> {
        if let Some(reason) = self.closed {
            return Err(reason);
        }
        if self.entries.len() >= MOST_IN_FLIGHT {
            return Err(UsbError::Exhausted);
        }
        self.entries.push_back(entry);
        Ok(self.first + self.entries.len() as u64 - 1)
    }

    /// The oldest transfer, if it has ended.
    pub(super) fn take(&mut self) -> Option<Completed> {
        if !self.is_ready() {
            return None;
        }
        let entry = self.entries.pop_front()?;
        self.first += 1;
        self.next = self.next.max(self.first);
        Some(entry.completed())
    }

    pub(super) fn is_ready(&self) -> bool {
        self.entries.front().is_none_or(|entry| entry.ended.is_some())
    }

    pub(super) fn pending(&self) -> usize {
        self.entries.len()
    }

    /// The one that is being done, or is next.
    pub(super) fn head(&mut self) -> Option<&mut Entry> {
        let at = self.skip_ended()?;
        self.entries.get_mut(at)
    }

    /// Its serial number.
    pub(super) fn head_serial(&mut self) -> Option<u64> {
        self.skip_ended().map(|_| self.next)
    }

    fn skip_ended(&mut self) -> Option<usize> {
        loop {
            let at = (self.next - self.first) as usize;
            match self.entries.get(at) {
                Some(entry) if entry.ended.is_some() => self.next += 1,
                Some(_) => return Some(at),
                None => return None,
            }
        }
    }

    /// A transfer that has not ended.
    pub(super) fn get_mut(&mut self, serial: u64) -> Option<&mut Entry> {
        let at = usize::try_from(serial.checked_sub(self.first)?).ok()?;
        self.entries.get_mut(at).filter(|entry| entry.ended.is_none())
    }

    /// The serial number of the transfer of this tag that has not ended.
    pub(super) fn find(&self, tag: u32) -> Option<u64> {
        let at = self.entries.iter().position(|entry| entry.tag == tag && entry.ended.is_none())?;
        Some(self.first + at as u64)
    }

    /// The last transfer that has not ended.
    pub(super) fn last(&self) -> Option<u64> {
        let at = self.entries.iter().rposition(|entry| entry.ended.is_none())?;
        Some(self.first + at as u64)
    }

    /// Ends a transfer, and wakes who waits for it.
    pub(super) fn end(&mut self, serial: u64, status: Result<(), UsbError>, after: &mut After) {
        if let Some(entry) = self.get_mut(serial) {
            entry.ended = Some(status);
            if self.is_ready() {
                self.listeners.wake(after);
            }
        }
    }

    /// Ends all that have not ended.
    pub(super) fn end_all(&mut self, status: UsbError, after: &mut After) {
        for entry in &mut self.entries {
            entry.ended.get_or_insert(Err(status));
        }
        self.deadline = None;
        self.opens = None;
        self.listeners.wake(after);
    }
}

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
    ended: Option<Result<(), UsbError>>,
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

    fn completed(self) -> Completed {
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
