//! Transfers: a head of 48 bytes, data, isochronous packets.

use std::io::{self, IoSlice, Read, Write};

use super::{Fields, MAX_PACKETS, MAX_TRANSFER, ReadError, WireError, array, bytes};

const CMD_SUBMIT: u32 = 1;
const CMD_UNLINK: u32 = 2;
const RET_SUBMIT: u32 = 3;
const RET_UNLINK: u32 = 4;

const HEAD: usize = 48;
const PACKET: usize = 16;
/// What stands for "not isochronous". Older peers say 0.
const NO_PACKETS: u32 = 0xffff_ffff;

/// The bits of `transfer_flags` that mean something here (Linux's
/// `uapi/linux/usbip.h`).
pub mod flags {
    /// An isochronous transfer begins as soon as it can.
    pub const ISO_ASAP: u32 = 0x0002;
    /// A short IN transfer is an error.
    pub const SHORT_NOT_OK: u32 = 0x0001;
    /// An OUT transfer of whole packets ends with an empty one.
    pub const ZERO_PACKET: u32 = 0x0040;
    /// Linux's mark for IN.
    pub const DIR_IN: u32 = 0x0200;
}

/// One isochronous packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IsoPacket {
    /// Where its bytes are in the transfer's buffer.
    pub offset: u32,
    /// How many there are or may be.
    pub length: u32,
    /// How many were transferred.
    pub actual: u32,
    /// How it ended: 0 or one of Linux's numbers, negative.
    pub status: i32,
}

/// USBIP_CMD_SUBMIT.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Submit {
    /// The request's number.
    pub seqnum: u32,
    /// [`super::Exported::id`].
    pub device: u32,
    /// Whether data comes from the device.
    pub input: bool,
    /// The endpoint's number, 0 to 15.
    pub endpoint: u8,
    /// See [`flags`].
    pub flags: u32,
    /// Bytes of the transfer's buffer.
    pub len: u32,
    /// The first frame of an isochronous transfer.
    pub start_frame: u32,
    /// How often, for interrupt and isochronous endpoints.
    pub interval: u32,
    /// The SETUP packet, on endpoint 0.
    pub setup: [u8; 8],
    /// What goes out: `len` bytes, none for IN.
    pub data: Vec<u8>,
    /// The packets of an isochronous transfer; none for all others.
    pub packets: Vec<IsoPacket>,
}

impl Submit {
    /// Its bytes, with data that is elsewhere.
    pub fn write(&self, data: &[u8], to: &mut impl Write) -> io::Result<()> {
        let packets = &self.packets;
        let mut head = Head::new(CMD_SUBMIT, self.seqnum);
        head.put(8, self.device);
        head.put(12, self.input.into());
        head.put(16, self.endpoint.into());
        head.put(20, self.flags);
        head.put(24, self.len);
        head.put(28, self.start_frame);
        head.put(32, if packets.is_empty() { NO_PACKETS } else { packets.len() as u32 });
        head.put(36, self.interval);
        head.0[40..].copy_from_slice(&self.setup);
        write_all(to, &head.0, data, packets)
    }
}

/// What a client sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Do a transfer.
    Submit(Submit),
    /// USBIP_CMD_UNLINK: cancel one.
    Unlink {
        /// This request's number.
        seqnum: u32,
        /// [`super::Exported::id`].
        device: u32,
        /// The number of the transfer.
        victim: u32,
    },
}

impl Command {
    /// Reads one.
    pub fn read(from: &mut impl Read) -> Result<Self, ReadError> {
        let head: [u8; HEAD] = array(from)?;
        let mut fields = Fields(&head);
        let (command, seqnum, device) = (fields.word(), fields.word(), fields.word());
        let (direction, endpoint) = (fields.word(), fields.word());
        match command {
            CMD_SUBMIT => {}
            CMD_UNLINK => return Ok(Self::Unlink { seqnum, device, victim: fields.word() }),
            found => return Err(WireError::Code { found }.into()),
        }
        let (flags, len, start_frame) = (fields.word(), fields.word(), fields.word());
        let (packets, interval, setup) = (fields.word(), fields.word(), fields.take());
        if direction > 1 {
            return Err(WireError::Direction { found: direction }.into());
        }
        if endpoint > 15 {
            return Err(WireError::Endpoint { found: endpoint }.into());
        }
        if len > MAX_TRANSFER {
            return Err(WireError::Transfer { found: len, limit: MAX_TRANSFER }.into());
        }
        let packets = packet_count(packets, MAX_PACKETS)?;
        let input = direction == 1;
        let data = bytes(from, if input { 0 } else { len }, Vec::new())?;
        let packets = read_packets(from, packets)?;
        for packet in &packets {
            if packet.offset.checked_add(packet.length).is_none_or(|end| end > len) {
                return Err(WireError::Packet { len }.into());
            }
        }
        let endpoint = endpoint as u8;
        Ok(Self::Submit(Submit {
            seqnum,
            device,
            input,
            endpoint,
            flags,
            len,
            start_frame,
            interval,
            setup,
            data,
            packets,
        }))
    }

    /// Its bytes.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Submit(submit) => submit.write(&submit.data, to),
            Self::Unlink { seqnum, device, victim } => {
                let mut head = Head::new(CMD_UNLINK, *seqnum);
                head.put(8, *device);
                head.put(20, *victim);
                write_all(to, &head.0, &[], &[])
            }
        }
    }
}

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// USBIP_RET_SUBMIT.
    Submit {
        /// The request's number.
        seqnum: u32,
        /// 0, or one of Linux's numbers, negative.
        status: i32,
        /// Bytes transferred.
        actual: u32,
        /// What came in; nothing for OUT.
        data: Vec<u8>,
        /// The packets of an isochronous transfer; none for all others.
        packets: Vec<IsoPacket>,
    },
    /// USBIP_RET_UNLINK.
    Unlink {
        /// The number of the request to cancel.
        seqnum: u32,
        /// -ECONNRESET when the transfer was cancelled, 0 when it had ended.
        status: i32,
    },
}

impl Reply {
    /// Its bytes.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Submit { seqnum, status, actual, data, packets } => {
                let failed = packets.iter().filter(|packet| packet.status != 0).count();
                let mut head = Head::new(RET_SUBMIT, *seqnum);
                head.put(20, *status as u32);
                head.put(24, *actual);
                head.put(32, if packets.is_empty() { NO_PACKETS } else { packets.len() as u32 });
                head.put(36, failed as u32);
                write_all(to, &head.0, data, packets)
            }
            Self::Unlink { seqnum, status } => {
                let mut head = Head::new(RET_UNLINK, *seqnum);
                head.put(20, *status as u32);
                write_all(to, &head.0, &[], &[])
            }
        }
    }
}

/// The head of an answer: what follows depends on what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyHead {
    /// USBIP_RET_SUBMIT.
    Submit {
        /// The request's number.
        seqnum: u32,
        /// 0, or one of Linux's numbers, negative.
        status: i32,
        /// Bytes transferred; after an IN transfer they follow.
        actual: u32,
        /// How many isochronous packets follow the data.
        packets: u32,
    },
    /// USBIP_RET_UNLINK. Nothing follows.
    Unlink {
        /// The number of the request to cancel.
        seqnum: u32,
        /// -ECONNRESET when the transfer was cancelled, 0 when it had ended.
        status: i32,
    },
}

impl ReplyHead {
    /// Bytes of a head.
    pub const LEN: usize = HEAD;

    /// Reads a head. Its numbers are checked by [`Self::read_body`].
    pub fn parse(head: &[u8; HEAD]) -> Result<Self, WireError> {
        let mut fields = Fields(head);
        let (command, seqnum) = (fields.word(), fields.word());
        fields.take::<12>();
        let status = fields.word() as i32;
        match command {
            RET_SUBMIT => {
                let (actual, _start_frame, packets) = (fields.word(), fields.word(), fields.word());
                Ok(Self::Submit { seqnum, status, actual, packets })
            }
            RET_UNLINK => Ok(Self::Unlink { seqnum, status }),
            found => Err(WireError::Code { found }),
        }
    }

    /// Reads what follows the head of an answer to `asked`; data goes into
    /// `room`.
    pub fn read_body(
        self,
        asked: &Submit,
        from: &mut impl Read,
        room: Vec<u8>,
    ) -> Result<Reply, ReadError> {
        let (seqnum, status, actual, packets) = match self {
            Self::Unlink { seqnum, status } => return Ok(Reply::Unlink { seqnum, status }),
            Self::Submit { seqnum, status, actual, packets } => (seqnum, status, actual, packets),
        };
        if actual > asked.len {
            return Err(WireError::Transfer { found: actual, limit: asked.len }.into());
        }
        let asked_packets = asked.packets.len() as u32;
        let packets = packet_count(packets, asked_packets)?;
        if packets != asked_packets {
            return Err(WireError::Packets { found: packets, limit: asked_packets }.into());
        }
        let data = bytes(from, if asked.input { actual } else { 0 }, room)?;
        let packets = read_packets(from, packets)?;
        let mut sum = 0u32;
        for (packet, asked) in packets.iter().zip(&asked.packets) {
            sum = sum.saturating_add(packet.actual);
            if packet.actual > asked.length {
                return Err(WireError::Packet { len: actual }.into());
            }
        }
        // The data is the packets, one after the other.
        if asked.input && !packets.is_empty() && sum != actual {
            return Err(WireError::Packet { len: actual }.into());
        }
        Ok(Reply::Submit { seqnum, status, actual, data, packets })
    }
}

/// How many packets there are, at most `limit`.
fn packet_count(field: u32, limit: u32) -> Result<u32, WireError> {
    match field {
        NO_PACKETS => Ok(0),
        found if found > limit => Err(WireError::Packets { found, limit }),
        found => Ok(found),
    }
}

fn read_packets(from: &mut impl Read, count: u32) -> Result<Vec<IsoPacket>, ReadError> {
    (0..count)
        .map(|_| {
            let block: [u8; PACKET] = array(from)?;
            let mut fields = Fields(&block);
            let (offset, length) = (fields.word(), fields.word());
            let (actual, status) = (fields.word(), fields.word() as i32);
            Ok(IsoPacket { offset, length, actual, status })
        })
        .collect()
}

struct Head([u8; HEAD]);

impl Head {
    fn new(command: u32, seqnum: u32) -> Self {
        let mut head = Self([0; HEAD]);
        head.put(0, command);
        head.put(4, seqnum);
        head
    }

    fn put(&mut self, at: usize, word: u32) {
        self.0[at..at + 4].copy_from_slice(&word.to_be_bytes());
    }
}

/// Writes the parts of a message with as few calls as they go.
fn write_all(
    to: &mut impl Write,
    head: &[u8; HEAD],
    data: &[u8],
    packets: &[IsoPacket],
) -> io::Result<()> {
    let mut tail = Vec::with_capacity(packets.len() * PACKET);
    for packet in packets {
        for word in [packet.offset, packet.length, packet.actual, packet.status as u32] {
            tail.extend(word.to_be_bytes());
        }
    }
    let mut slices = [IoSlice::new(head), IoSlice::new(data), IoSlice::new(&tail)];
    let mut left = &mut slices[..];
    IoSlice::advance_slices(&mut left, 0);
    while !left.is_empty() {
        match to.write_vectored(left) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut left, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
