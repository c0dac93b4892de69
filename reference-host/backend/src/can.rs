//! CAN buses.

use crate::Event;

/// Why a frame could not be sent or received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CanError {
    /// Frames arrived faster than they were taken.
    #[error("overrun")]
    Overrun,
    /// A bit on the bus was not the one that was sent.
    #[error("bit error")]
    Bit,
    /// More than five equal bits in a row.
    #[error("stuff error")]
    Stuff,
    /// The checksum was wrong.
    #[error("checksum error")]
    Crc,
    /// A fixed bit was wrong.
    #[error("form error")]
    Form,
    /// Nobody acknowledged the frame.
    #[error("not acknowledged")]
    Acknowledge,
    /// The bus is not there any more.
    #[error("gone")]
    Gone,
    /// Anything else.
    #[error("other error")]
    Other,
}

/// Whose frame it is. Made by [`CanFrame::new`] alone, so always valid there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CanId {
    /// 11 bits.
    Standard(u16),
    /// 29 bits.
    Extended(u32),
}

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CanPayload {
    /// So many of these bytes.
    Data {
        /// At most 8.
        len: u8,
        /// The bytes; the rest are 0.
        bytes: [u8; 8],
    },
    /// A request for so many bytes, at most 8.
    Remote(u8),
}

/// One classic frame, with an identifier and a length that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CanFrame {
    id: CanId,
    payload: CanPayload,
}

/// The largest identifiers (ISO 11898-1, base and extended frame format).
const MAX_STANDARD: u16 = 0x7ff;
const MAX_EXTENDED: u32 = 0x1fff_ffff;
/// The most bytes of a classic frame.
pub const MAX_CAN_BYTES: usize = 8;

impl CanFrame {
    /// A frame of data, or `None` if no frame can be so.
    pub fn new(id: CanId, data: &[u8]) -> Option<Self> {
        let mut bytes = [0; MAX_CAN_BYTES];
        bytes.get_mut(..data.len())?.copy_from_slice(data);
        let len = u8::try_from(data.len()).ok()?;
        valid(id).then_some(Self { id, payload: CanPayload::Data { len, bytes } })
    }

    /// A request for `len` bytes, or `None` if no frame can be so.
    pub fn remote(id: CanId, len: usize) -> Option<Self> {
        let len = u8::try_from(len).ok().filter(|len| usize::from(*len) <= MAX_CAN_BYTES)?;
        valid(id).then_some(Self { id, payload: CanPayload::Remote(len) })
    }

    /// Whose it is.
    pub fn id(&self) -> CanId {
        self.id
    }

    /// What it carries.
    pub fn payload(&self) -> CanPayload {
        self.payload
    }

    /// Its bytes; none for a request.
    pub fn data(&self) -> &[u8] {
        match &self.payload {
            CanPayload::Data { len, bytes } => &bytes[..usize::from(*len).min(MAX_CAN_BYTES)],
            CanPayload::Remote(_) => &[],
        }
    }
}

fn valid(id: CanId) -> bool {
    match id {
        CanId::Standard(id) => id <= MAX_STANDARD,
        CanId::Extended(id) => id <= MAX_EXTENDED,
    }
}

/// A CAN bus.
pub trait CanBus: Send {
    /// Queues a frame, waiting for room until the clock shows `until_ns`:
    /// whether it was queued.
    fn transmit(&mut self, frame: &CanFrame, until_ns: u64) -> Result<bool, CanError>;

    /// The oldest frame that was not taken yet, or the next one before the
    /// clock shows `until_ns`.
    fn receive(&mut self, until_ns: u64) -> Result<Option<CanFrame>, CanError>;

    /// That [`Self::receive`] would return at once.
    fn receivable(&mut self) -> Box<dyn Event>;
}
