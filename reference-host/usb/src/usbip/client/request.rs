//! A transfer as a message.

use crate::usbip::wire::{IsoPacket, MAX_PACKETS, MAX_TRANSFER, Submit, flags};
use crate::{Request, TransferType, UsbError};

/// What a pipe does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The default pipe.
    Control,
    /// An endpoint.
    Endpoint {
        /// `bEndpointAddress`.
        address: u8,
        /// What kind of transfers it does.
        transfers: TransferType,
        /// In frames or microframes, as Linux says it.
        interval: u32,
    },
}

/// A message whose data is apart.
pub(super) struct Outgoing {
    pub(super) asked: Submit,
    pub(super) data: Vec<u8>,
    pub(super) room: Vec<u8>,
}

/// Checks a request, and says it in the protocol's words.
pub(super) fn outgoing(kind: Kind, request: Request) -> Result<Outgoing, UsbError> {
    let mut asked = Submit::default();
    let (mut data, mut room) = (Vec::new(), Vec::new());
    let isochronous;
    match kind {
        Kind::Control => isochronous = false,
        Kind::Endpoint { address, transfers, interval } => {
            asked.endpoint = address & 0x0f;
            asked.input = address & 0x80 != 0;
            asked.interval = interval;
            isochronous = transfers == TransferType::Isochronous;
        }
    }
    let control = kind == Kind::Control;
    match request {
        Request::ControlOut { setup, data: bytes } if control && setup.request_type < 0x80 => {
            let len = u16::try_from(bytes.len()).map_err(|_| UsbError::Invalid)?;
            asked.setup = setup.packet(len);
            asked.len = len.into();
            data = bytes;
        }
        Request::ControlIn { setup, len } if control && setup.request_type >= 0x80 => {
            asked.setup = setup.packet(len);
            asked.len = len.into();
            asked.input = true;
        }
        Request::Out(bytes) if !control && !isochronous && !asked.input => {
            asked.len = length(bytes.len())?;
            data = bytes;
        }
        Request::In { len, room: memory } if !control && !isochronous && asked.input => {
            asked.len = length(len)?;
            room = memory;
        }
        Request::IsochronousOut { data: bytes, packets } if isochronous && !asked.input => {
            asked.len = spread(&packets, &mut asked.packets)?;
            if bytes.len() != asked.len as usize {
                return Err(UsbError::Invalid);
            }
            data = bytes;
        }
        Request::IsochronousIn { packets } if isochronous && asked.input => {
            asked.len = spread(&packets, &mut asked.packets)?;
        }
        _ => return Err(UsbError::Invalid),
    }
    if asked.input {
        asked.flags |= flags::DIR_IN;
    }
    if isochronous {
        asked.flags |= flags::ISO_ASAP;
    }
    Ok(Outgoing { asked, data, room })
}

fn length(len: usize) -> Result<u32, UsbError> {
    u32::try_from(len).ok().filter(|len| *len <= MAX_TRANSFER).ok_or(UsbError::Exhausted)
}

/// Packets one after the other; the sum of their lengths.
fn spread(lengths: &[u32], packets: &mut Vec<IsoPacket>) -> Result<u32, UsbError> {
    if lengths.is_empty() {
        return Err(UsbError::Invalid);
    }
    if lengths.len() > MAX_PACKETS as usize {
        return Err(UsbError::Exhausted);
    }
    let mut offset = 0u32;
    for length in lengths {
        packets.push(IsoPacket { offset, length: *length, actual: 0, status: 0 });
        offset = offset.checked_add(*length).ok_or(UsbError::Exhausted)?;
    }
    length(offset as usize)
}
