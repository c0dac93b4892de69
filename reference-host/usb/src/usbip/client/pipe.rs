//! Endpoints of a device at a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use periplasm_backend::Event;

use super::device::Remote;
use super::queue::{Queue, Ready};
use super::request::Kind;
use crate::{Completed, Pipe, Request, Setup, Transfer, UsbError};

/// What an interface knows of its pipes.
pub(super) struct Open {
    device: Arc<Remote>,
    pub(super) kind: Kind,
    queue: Arc<Queue>,
    /// Its interface is still in the setting that it belongs to.
    alive: AtomicBool,
}

impl Open {
    pub(super) fn new(device: Arc<Remote>, kind: Kind) -> Arc<Self> {
        Arc::new(Self { device, kind, queue: Arc::default(), alive: AtomicBool::new(true) })
    }

    /// Cancels its transfers.
    pub(super) fn cancel(&self) {
        self.device.connection.cancel(self.queue.cancel(None));
    }

    /// Ends it: it has no endpoint any more.
    pub(super) fn end(&self) {
        self.alive.store(false, Ordering::SeqCst);
        self.cancel();
    }
}

/// A pipe over the network.
pub(super) struct RemotePipe(pub(super) Arc<Open>);

impl Pipe for RemotePipe {
    fn submit(&mut self, transfer: Transfer) -> Result<(), UsbError> {
        if self.0.device.connection.dead() {
            return Err(UsbError::Gone);
        }
        if !self.0.alive.load(Ordering::SeqCst) {
            return Err(UsbError::NotFound);
        }
        self.0.device.connection.submit(self.0.kind, &self.0.queue, transfer)
    }

    fn take(&mut self) -> Option<Completed> {
        self.0.queue.take()
    }

    fn ready(&mut self) -> Box<dyn Event> {
        Box::new(Ready(self.0.queue.clone()))
    }

    fn pending(&self) -> usize {
        self.0.queue.len()
    }

    fn cancel(&mut self, tag: u32) {
        self.0.device.connection.cancel(self.0.queue.cancel(Some(tag)));
    }

    fn cancel_all(&mut self) {
        self.0.cancel();
    }

    fn clear_halt(&mut self) -> Result<(), UsbError> {
        let Kind::Endpoint { address, .. } = self.0.kind else { return Err(UsbError::Invalid) };
        if !self.0.alive.load(Ordering::SeqCst) {
            return Err(UsbError::NotFound);
        }
        if self.pending() > 0 {
            return Err(UsbError::Busy);
        }
        // CLEAR_FEATURE(ENDPOINT_HALT), 9.4.1; the server does it on its side too.
        let setup = Setup { request_type: 0x02, request: 1, value: 0, index: address.into() };
        self.0.device.connection.control(Request::ControlOut { setup, data: Vec::new() })?;
        Ok(())
    }
}

impl Drop for RemotePipe {
    fn drop(&mut self) {
        self.0.end();
    }
}
