//! A granted interface and its endpoints.

use std::sync::Arc;

use periplasm_backend::Event;

use super::device::Grant;
use crate::descriptors::configurations;
use crate::{Completed, Pipe, Request, Transfer, UsbError, UsbInterface};

pub(super) struct GuardedInterface {
    interface: Box<dyn UsbInterface>,
    number: u8,
    grant: Arc<Grant>,
}

impl GuardedInterface {
    pub(super) fn new(interface: Box<dyn UsbInterface>, number: u8, grant: Arc<Grant>) -> Self {
        Self { interface, number, grant }
    }

    /// Whether the interface has this endpoint, in any setting of it.
    fn has(&self, address: u8) -> bool {
        configurations(&self.grant.all).flatten().any(|configuration| {
            let mut own = configuration.interfaces().filter(|one| one.number == self.number);
            own.any(|one| one.endpoint(address).is_some())
        })
    }
}

impl UsbInterface for GuardedInterface {
    fn set_alternate(&mut self, setting: u8) -> Result<(), UsbError> {
        self.interface.set_alternate(setting)
    }

    fn pipe(&mut self, endpoint: u8) -> Result<Box<dyn Pipe>, UsbError> {
        if !self.grant.rights.endpoint(self.number, endpoint) {
            return Err(UsbError::Denied);
        }
        if !self.has(endpoint) {
            return Err(UsbError::NotFound);
        }
        let pipe = self.interface.pipe(endpoint)?;
        Ok(Box::new(GuardedPipe { pipe, input: endpoint & 0x80 != 0 }))
    }
}

/// An endpoint, which takes transfers of its direction alone.
struct GuardedPipe {
    pipe: Box<dyn Pipe>,
    input: bool,
}

impl Pipe for GuardedPipe {
    fn submit(&mut self, transfer: Transfer) -> Result<(), UsbError> {
        let fits = match &transfer.request {
            Request::In { .. } | Request::IsochronousIn { .. } => self.input,
            Request::Out(_) => !self.input,
            Request::IsochronousOut { data, packets } => {
                !self.input && sum(packets) == u64::try_from(data.len()).ok()
            }
            Request::ControlIn { .. } | Request::ControlOut { .. } => false,
        };
        if fits { self.pipe.submit(transfer) } else { Err(UsbError::Invalid) }
    }

    fn take(&mut self) -> Option<Completed> {
        self.pipe.take()
    }

    fn ready(&mut self) -> Box<dyn Event> {
        self.pipe.ready()
    }

    fn pending(&self) -> usize {
        self.pipe.pending()
    }

    fn cancel(&mut self, tag: u32) {
        self.pipe.cancel(tag);
    }

    fn cancel_all(&mut self) {
        self.pipe.cancel_all();
    }

    fn clear_halt(&mut self) -> Result<(), UsbError> {
        self.pipe.clear_halt()
    }
}

fn sum(packets: &[u32]) -> Option<u64> {
    packets.iter().try_fold(0_u64, |sum, len| sum.checked_add(u64::from(*len)))
}
