//! Where a device is, for what is written of it.

use super::Capture;
use super::block::{LinkType, Packet};
use super::urb::{Moment, Urb};
use crate::{Setup, TransferType, UsbError};

/// A device on a captured bus.
#[derive(Clone)]
pub(super) struct Port {
    pub(super) capture: Capture,
    pub(super) name: String,
    pub(super) bus: u8,
    pub(super) device: u8,
}

impl Port {
    /// A transfer, about which nothing is known yet.
    pub(super) fn urb(&self, id: u64, transfers: TransferType, endpoint: u8) -> Urb<'static> {
        Urb {
            id,
            moment: Moment::Submitted,
            transfers,
            endpoint,
            device: self.device,
            bus: self.bus,
            status: Ok(()),
            setup: None,
            len: 0,
            data: &[],
            packets: &[],
        }
    }

    /// Writes it down, now.
    pub(super) fn write(&self, urb: &Urb<'_>) {
        let at_ns = self.capture.now_ns();
        let header = urb.header(at_ns);
        let packet =
            Packet { header: &header, data: urb.data, data_len: urb.data.len(), comment: None };
        self.capture.packet(LinkType::Usb, &self.name, at_ns, &packet);
    }

    /// Writes down a control request that somebody else makes: the host on its
    /// own, or the operating system.
    pub(super) fn request<T>(
        &self,
        setup: Setup,
        len: u16,
        answer: &[u8],
        done: impl FnOnce() -> Result<T, UsbError>,
    ) -> Result<T, UsbError> {
        let endpoint = setup.request_type & 0x80;
        let urb = self.urb(self.capture.id(), TransferType::Control, endpoint);
        let (setup, asked) = (Some(setup.packet(len)), usize::from(len));
        self.write(&Urb { setup, len: asked, ..urb.clone() });
        let result = done();
        let status = result.as_ref().map(|_| ()).map_err(|error| *error);
        let (moment, len) = (Moment::Ended, answer.len());
        self.write(&Urb { moment, status, len, data: answer, ..urb });
        result
    }
}
