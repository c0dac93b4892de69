//! nusb has a type for each kind of endpoint; here they are one.

use std::task::{Context, Poll};
use std::time::Duration;

use nusb::transfer::{Buffer, Bulk, Completion, In, Interrupt, Out};
use nusb::{Interface, MaybeFuture};

use super::error::function;
use super::slots::Queue;
use crate::{TransferType, UsbError};

/// A bulk or interrupt endpoint.
pub(super) enum Endpoint {
    BulkIn(nusb::Endpoint<Bulk, In>),
    BulkOut(nusb::Endpoint<Bulk, Out>),
    InterruptIn(nusb::Endpoint<Interrupt, In>),
    InterruptOut(nusb::Endpoint<Interrupt, Out>),
}

/// Does the same with each.
macro_rules! each {
    ($endpoint:expr, $name:ident => $what:expr) => {
        match $endpoint {
            Endpoint::BulkIn($name) => $what,
            Endpoint::BulkOut($name) => $what,
            Endpoint::InterruptIn($name) => $what,
            Endpoint::InterruptOut($name) => $what,
        }
    };
}

impl Endpoint {
    /// Opens an endpoint of the interface's setting.
    pub(super) fn open(interface: &Interface, address: u8) -> Result<Self, UsbError> {
        let setting = interface.descriptor().ok_or(UsbError::NotFound)?;
        let endpoint = setting.endpoints().find(|endpoint| endpoint.address() == address);
        let endpoint = endpoint.ok_or(UsbError::NotFound)?;
        // nusb divides by it.
        if endpoint.max_packet_size() == 0 {
            return Err(UsbError::Invalid);
        }
        let input = address & 0x80 != 0;
        let kind = match endpoint.attributes() & 3 {
            2 => TransferType::Bulk,
            3 => TransferType::Interrupt,
            _ => return Err(UsbError::Unsupported),
        };
        match (kind, input) {
            (TransferType::Bulk, true) => interface.endpoint(address).map(Self::BulkIn),
            (TransferType::Bulk, false) => interface.endpoint(address).map(Self::BulkOut),
            (_, true) => interface.endpoint(address).map(Self::InterruptIn),
            (_, false) => interface.endpoint(address).map(Self::InterruptOut),
        }
        .map_err(|error| function(&error))
    }

    /// Bytes of its packets, never 0.
    pub(super) fn packet(&self) -> usize {
        each!(self, endpoint => endpoint.max_packet_size())
    }

    /// The oldest transfer, if it has ended.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Completion> {
        if self.pending() == 0 {
            return Poll::Pending;
        }
        each!(self, endpoint => endpoint.poll_next_complete(context))
    }

    /// The oldest transfer, waiting for a while.
    pub(super) fn wait(&mut self, timeout: Duration) -> Option<Completion> {
        if self.pending() == 0 {
            return None;
        }
        each!(self, endpoint => endpoint.wait_next_complete(timeout))
    }

    /// Clears its halt.
    pub(super) fn clear_halt(&mut self) -> Result<(), UsbError> {
        each!(self, endpoint => endpoint.clear_halt().wait()).map_err(|error| function(&error))
    }
}

impl Queue for Endpoint {
    fn submit(&mut self, buffer: Buffer) {
        each!(self, endpoint => endpoint.submit(buffer));
    }

    fn cancel_all(&mut self) {
        each!(self, endpoint => endpoint.cancel_all());
    }

    fn pending(&self) -> usize {
        each!(self, endpoint => endpoint.pending())
    }
}
