//! USB transfers, as packets of LINKTYPE_USB_LINUX_MMAPPED: a header of 64
//! bytes as in Linux's Documentation/usb/usbmon.rst, the isochronous packets,
//! the data.

use crate::usbip::errno;
use crate::{TransferType, UsbError};

/// When a packet is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// The transfer is submitted.
    Submitted,
    /// It has ended.
    Ended,
    /// Its submission was refused.
    Refused,
}

/// What a packet says of a transfer.
#[derive(Clone, Debug)]
pub(super) struct Urb<'a> {
    pub(super) id: u64,
    pub(super) moment: Moment,
    pub(super) transfers: TransferType,
    /// With its direction.
    pub(super) endpoint: u8,
    pub(super) device: u8,
    pub(super) bus: u8,
    pub(super) status: Result<(), UsbError>,
    pub(super) setup: Option<[u8; 8]>,
    /// Asked for, or transferred.
    pub(super) len: usize,
    /// What of it is bytes that are there.
    pub(super) data: &'a [u8],
    pub(super) packets: &'a [IsochronousPacket],
}

/// One packet of an isochronous transfer: how it ended, and its length.
#[derive(Clone, Copy, Debug)]
pub(super) struct IsochronousPacket {
    pub(super) status: Result<(), UsbError>,
    pub(super) len: u32,
}

/// The most packets that are kept of an isochronous transfer; usbmon keeps as
/// many.
const MAX_PACKETS: usize = 128;

const EINPROGRESS: i32 = -115;

impl Urb<'_> {
    /// The header, and the isochronous packets.
    pub(super) fn header(&self, at_ns: u64) -> Vec<u8> {
        let mut header = Vec::with_capacity(64 + 16 * self.packets.len().min(MAX_PACKETS));
        header.extend_from_slice(&self.id.to_le_bytes());
        header.push(match self.moment {
            Moment::Submitted => b'S',
            Moment::Ended => b'C',
            Moment::Refused => b'E',
        });
        header.push(match self.transfers {
            TransferType::Isochronous => 0,
            TransferType::Interrupt => 1,
            TransferType::Control => 2,
            TransferType::Bulk => 3,
        });
        header.push(self.endpoint);
        header.push(self.device);
        header.extend_from_slice(&u16::from(self.bus).to_le_bytes());
        header.push(if self.setup.is_some() { 0 } else { b'-' });
        header.push(match (self.data.is_empty(), self.moment, self.endpoint & 0x80 != 0) {
            (true, Moment::Submitted, true) => b'<',
            (true, Moment::Ended, false) => b'>',
            _ => 0,
        });
        header.extend_from_slice(&(at_ns / 1_000_000_000).to_le_bytes());
        header.extend_from_slice(&((at_ns % 1_000_000_000 / 1000) as u32).to_le_bytes());
        let status = match self.moment {
            Moment::Submitted => EINPROGRESS,
            Moment::Ended | Moment::Refused => number(self.status),
        };
        header.extend_from_slice(&status.to_le_bytes());
        header.extend_from_slice(&u32::try_from(self.len).unwrap_or(u32::MAX).to_le_bytes());
        let kept = self.packets.get(..MAX_PACKETS).unwrap_or(self.packets);
        let most = super::MAX_CAPTURED - 64;
        let captured = (self.data.len() + 16 * kept.len()).min(most) as u32;
        header.extend_from_slice(&captured.to_le_bytes());
        self.setup_or_count(&mut header);
        // The interval, the first frame, flags.
        header.extend_from_slice(&[0; 12]);
        header.extend_from_slice(&(kept.len() as u32).to_le_bytes());
        let mut offset = 0_u32;
        for packet in kept {
            header.extend_from_slice(&number(packet.status).to_le_bytes());
            header.extend_from_slice(&offset.to_le_bytes());
            header.extend_from_slice(&packet.len.to_le_bytes());
            header.extend_from_slice(&[0; 4]);
            offset = offset.saturating_add(packet.len);
        }
        header
    }

    /// The SETUP packet, or how many isochronous packets failed and were.
    fn setup_or_count(&self, header: &mut Vec<u8>) {
        if self.transfers == TransferType::Isochronous {
            let failed = self.packets.iter().filter(|packet| packet.status.is_err()).count();
            header.extend_from_slice(&(failed as u32).to_le_bytes());
            header.extend_from_slice(&(self.packets.len() as u32).to_le_bytes());
        } else {
            header.extend_from_slice(&self.setup.unwrap_or_default());
        }
    }
}

fn number(status: Result<(), UsbError>) -> i32 {
    status.map_or_else(errno::number, |()| 0)
}
