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
    /// Whether that was answered before it has ended.
    pub(super) answered: bool,
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
            answered: false,
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
        if self.answered {
            return None.into_iter().chain(None);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Packet;

    fn isochronous(input: bool, data: &[u8], packets: &[(u32, u32)]) -> Submit {
        let packet = |(offset, length): &(u32, u32)| IsoPacket {
            offset: *offset,
            length: *length,
            ..IsoPacket::default()
        };
        let packets = packets.iter().map(packet).collect();
        let (len, data) = (data.len() as u32, if input { Vec::new() } else { data.into() });
        Submit { seqnum: 9, input, endpoint: 3, len, data, packets, ..Submit::default() }
    }

    #[test]
    fn packets_with_gaps_are_put_together() {
        let mut submit = isochronous(false, b"ab..cde.", &[(0, 2), (4, 3)]);
        let packets = vec![2, 3];
        let expected = Request::IsochronousOut { data: b"abcde".to_vec(), packets };
        assert_eq!(request(&mut submit), Ok(expected));
        // Together longer than the buffer that was counted.
        let mut submit = isochronous(true, &[0; 8], &[(0, 8), (0, 8)]);
        assert_eq!(request(&mut submit), Err(UsbError::Invalid));
    }

    #[test]
    fn an_answer_has_the_packets_where_the_client_put_them() {
        let submit = isochronous(true, &[0; 12], &[(0, 4), (4, 4), (8, 4)]);
        let mut flight = Flight::new(&submit, 0x83, vec![1]);
        let packet = |status, actual| Packet { status, actual };
        let packets =
            vec![packet(Ok(()), 4), packet(Err(UsbError::Protocol), 0), packet(Ok(()), 2)];
        let data = vec![1, 2, 3, 4, 5, 6];
        assert!(flight.part(Completed { tag: 1, status: Ok(()), actual: 6, data, packets }));
        let answers: Vec<Reply> = flight.answers(9).collect();
        let packet = |offset, actual, status| IsoPacket { offset, length: 4, actual, status };
        let packets = vec![packet(0, 4, 0), packet(4, 0, errno::EPROTO), packet(8, 2, 0)];
        let data = vec![1, 2, 3, 4, 5, 6];
        assert_eq!(answers, [Reply::Submit { seqnum: 9, status: 0, actual: 6, data, packets }]);
    }

    #[test]
    fn a_transfer_that_ended_before_it_was_cancelled_has_both_answers() {
        let submit = Submit { seqnum: 4, len: 2, data: vec![1, 2], ..Submit::default() };
        for (status, answers) in
            [(Ok(()), 2), (Err(UsbError::Stall), 2), (Err(UsbError::Cancelled), 1)]
        {
            let mut flight = Flight::new(&submit, 1, vec![1]);
            flight.unlink = Some(5);
            let (data, packets) = (vec![1, 2], Vec::new());
            assert!(flight.part(Completed { tag: 1, status, actual: 2, data, packets }));
            assert_eq!(flight.answers(4).count(), answers, "{status:?}");
        }
    }
}
