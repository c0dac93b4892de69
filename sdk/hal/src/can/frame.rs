//! One frame.

use embedded_can::{ExtendedId, Frame, Id, StandardId};

use crate::CanError;
use crate::bindings::periplasm::hal::can as wit;

/// The most bytes of a classic frame (ISO 11898-1).
const MAX_DATA: usize = 8;

/// A classic CAN frame.
///
/// ```
/// use periplasm_hal::{CanFrame, embedded_can::{Frame, StandardId}};
///
/// let id = StandardId::new(0x123).unwrap();
/// let frame = CanFrame::new(id, &[1, 2]).unwrap();
/// assert_eq!((frame.data(), frame.dlc(), frame.is_remote_frame()), (&[1, 2][..], 2, false));
/// let ask = CanFrame::new_remote(id, 8).unwrap();
/// assert_eq!((ask.data(), ask.dlc(), ask.is_remote_frame()), (&[][..], 8, true));
/// assert!(CanFrame::new(id, &[0; 9]).is_none());
/// assert!(CanFrame::new_remote(id, 9).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CanFrame {
    id: Id,
    remote: bool,
    dlc: usize,
    bytes: [u8; MAX_DATA],
}

impl Frame for CanFrame {
    fn new(id: impl Into<Id>, data: &[u8]) -> Option<Self> {
        let mut bytes = [0; MAX_DATA];
        bytes.get_mut(..data.len())?.copy_from_slice(data);
        Some(Self { id: id.into(), remote: false, dlc: data.len(), bytes })
    }

    fn new_remote(id: impl Into<Id>, dlc: usize) -> Option<Self> {
        (dlc <= MAX_DATA).then(|| Self { id: id.into(), remote: true, dlc, bytes: [0; MAX_DATA] })
    }

    fn is_extended(&self) -> bool {
        matches!(self.id, Id::Extended(_))
    }

    fn is_remote_frame(&self) -> bool {
        self.remote
    }

    fn id(&self) -> Id {
        self.id
    }

    fn dlc(&self) -> usize {
        self.dlc
    }

    fn data(&self) -> &[u8] {
        if self.remote { &[] } else { &self.bytes[..self.dlc] }
    }
}

impl CanFrame {
    pub(crate) fn to_wit(self) -> wit::Frame {
        let id = match self.id {
            Id::Standard(id) => wit::Id::Standard(id.as_raw()),
            Id::Extended(id) => wit::Id::Extended(id.as_raw()),
        };
        let payload = match self.remote {
            // At most 8.
            true => wit::Payload::Remote(self.dlc as u8),
            false => wit::Payload::Data(self.data().into()),
        };
        wit::Frame { id, payload }
    }

    pub(crate) fn from_wit(frame: wit::Frame) -> Result<Self, CanError> {
        let id = match frame.id {
            wit::Id::Standard(id) => StandardId::new(id).map(Id::Standard),
            wit::Id::Extended(id) => ExtendedId::new(id).map(Id::Extended),
        };
        let id = id.ok_or(CanError::NoFrame)?;
        match frame.payload {
            wit::Payload::Data(data) => Self::new(id, &data),
            wit::Payload::Remote(dlc) => Self::new_remote(id, dlc.into()),
        }
        .ok_or(CanError::NoFrame)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn a_frame_crosses_to_the_host_and_back() {
        let standard = Id::Standard(StandardId::MAX);
        let extended = Id::Extended(ExtendedId::new(0x1234_5678).unwrap());
        let frames = [
            CanFrame::new(standard, &[1, 2, 3]),
            CanFrame::new(extended, &[]),
            CanFrame::new(extended, &[7; 8]),
            CanFrame::new_remote(standard, 5),
        ];
        for frame in frames {
            let frame = frame.unwrap();
            assert_eq!(CanFrame::from_wit(frame.to_wit()), Ok(frame));
        }
    }

    #[test]
    fn what_no_frame_can_be_is_refused() {
        let data = |len| wit::Payload::Data(vec![0; len]);
        let wrong = [
            wit::Frame { id: wit::Id::Standard(0x800), payload: data(0) },
            wit::Frame { id: wit::Id::Extended(0x2000_0000), payload: data(0) },
            wit::Frame { id: wit::Id::Standard(1), payload: data(9) },
            wit::Frame { id: wit::Id::Standard(1), payload: wit::Payload::Remote(9) },
        ];
        for frame in wrong {
            assert_eq!(CanFrame::from_wit(frame), Err(CanError::NoFrame));
        }
    }
}
