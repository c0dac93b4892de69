//! One request of a client: as a transfer, and its end as an answer.

use crate::usbip::errno;
use crate::usbip::wire::{IsoPacket, Reply, Submit, flags};
use crate::{Completed, Request, Setup, UsbError};

/// A request whose answer was not made yet.
pub(super) struct Flight {
    /// Its endpoint.
    pub(super) address: u8,
    /// Its transfers: the second is the empty packet behind it.
    pub(super) tags: Vec<u32>,
    /// The request to cancel it.
    pub(super) unlink: Option<u32>,
    /// Bytes that it is counted with.
    pub(super) len: u32,
    input: bool,
    flags: u32,
    packets: Vec<IsoPacket>,
    ended: usize,
    outcome: Option<Completed>,
}

impl Flight {
    /// Of a request with its transfers.
    pub(super) fn new(submit: &Submit, address: u8, tags: Vec<u32>) -> Self {
        Self {
            address,
            tags,
            unlink: None,
            len: submit.len,
            input: submit.input,
            flags: submit.flags,
            packets: submit.packets.clone(),
            ended: 0,
            outcome: None,
        }
    }

    /// Another of its transfers has ended; whether that was the last.
    pub(super) fn part(&mut self, completed: Completed) -> bool {
        self.ended += 1;
        match &mut self.outcome {
            Some(first) => first.status = first.status.and(completed.status),
            None => self.outcome = Some(completed),
        }
        self.ended >= self.tags.len()
    }

    /// The answers to a request that has ended.
    pub(super) fn answers(self, seqnum: u32) -> impl Iterator<Item = Reply> {
        let unlink = self.unlink;
        let cancelled = matches!(&self.outcome, Some(c) if c.status == Err(UsbError::Cancelled));
        let (first, status) = match unlink {
            // It has no other answer then.
            Some(_) if cancelled => (None, errno::ECONNRESET),
            _ => (Some(self.answer(seqnum)), 0),
        };
        first.into_iter().chain(unlink.map(|seqnum| Reply::Unlink { seqnum, status }))
    }

    fn answer(self, seqnum: u32) -> Reply {
        let Some(completed) = self.outcome else {
            return failed(seqnum, UsbError::Other, &self.packets);
        };
        let mut packets = self.packets;
        let mut done = completed.packets.iter();
        for packet in &mut packets {
            let (actual, status) = match done.next() {
                Some(done) => (done.actual, done.status),
                None => (0, completed.status.and(Err(UsbError::Protocol))),
            };
            packet.actual = actual.min(packet.length);
            packet.status = status.err().map_or(0, errno::number);
        }
        let mut data = completed.data;
        let mut actual = (completed.actual as u64).min(self.len.into()) as u32;
        if !packets.is_empty() {
            actual = packets.iter().map(|packet| packet.actual).sum();
        }
        if self.input {
            // What the wire says must be what follows.
            data.resize(actual as usize, 0);
        } else {
            data = Vec::new();
        }
        let short = self.input && self.flags & flags::SHORT_NOT_OK != 0 && actual < self.len;
        let status = match completed.status {
            Ok(()) if short => errno::EREMOTEIO,
            Ok(()) => 0,
            Err(error) => errno::number(error),
        };
        Reply::Submit { seqnum, status, actual, data, packets }
    }
}

/// The answer to a request that was not begun.
pub(super) fn failed(seqnum: u32, error: UsbError, packets: &[IsoPacket]) -> Reply {
    let status = errno::number(error);
    let packets = packets.iter().map(|packet| IsoPacket { actual: 0, status, ..*packet });
    let packets = packets.collect();
    Reply::Submit { seqnum, status, actual: 0, data: Vec::new(), packets }
}

/// What a SETUP packet asks, and the length of its data.
pub(super) fn setup(packet: [u8; 8]) -> (Setup, u16) {
    let [request_type, request, v0, v1, i0, i1, l0, l1] = packet;
    let value = u16::from_le_bytes([v0, v1]);
    let index = u16::from_le_bytes([i0, i1]);
    (Setup { request_type, request, value, index }, u16::from_le_bytes([l0, l1]))
}

/// The transfer that a request asks for; its data is taken.
pub(super) fn request(submit: &mut Submit) -> Result<Request, UsbError> {
    let data = std::mem::take(&mut submit.data);
    if submit.endpoint == 0 {
        let (setup, len) = setup(submit.setup);
        if setup.request_type & 0x80 != 0 {
            if !data.is_empty() {
                return Err(UsbError::Invalid);
            }
            let room = u16::try_from(submit.len).unwrap_or(u16::MAX);
            return Ok(Request::ControlIn { setup, len: len.min(room) });
        }
        if data.len() != usize::from(len) {
            return Err(UsbError::Invalid);
        }
        return Ok(Request::ControlOut { setup, data });
    }
    if submit.packets.is_empty() {
        return Ok(if submit.input {
            Request::In { len: submit.len as usize, room: Vec::new() }
        } else {
            Request::Out(data)
        });
    }
    let packets: Vec<u32> = submit.packets.iter().map(|packet| packet.length).collect();
    let sum: u64 = packets.iter().map(|length| u64::from(*length)).sum();
    // Overlapping packets would add up to more than was counted.
    if sum > submit.len.into() {
        return Err(UsbError::Invalid);
    }
    if submit.input {
        return Ok(Request::IsochronousIn { packets });
    }
    let mut packed = Vec::with_capacity(sum as usize);
    for packet in &submit.packets {
        let start = packet.offset as usize;
        let bytes = data.get(start..).and_then(|rest| rest.get(..packet.length as usize));
        packed.extend_from_slice(bytes.ok_or(UsbError::Invalid)?);
    }
    Ok(Request::IsochronousOut { data: packed, packets })
}
