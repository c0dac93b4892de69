//! A pipe.

use std::sync::Arc;

use periplasm_backend::Event;

use crate::{Completed, DeviceId, Pipe, Setup, Transfer, UsbError};

use super::bus::Shared;
use super::entry::check;
use super::listen::{Subject, Waiting};
use super::open::OpenDevice;
use super::queue::{Queue, Target};

/// A queue, and the handle on it.
pub(super) struct CablePipe {
    shared: Arc<Shared>,
    port: usize,
    id: DeviceId,
    queue: u64,
}

impl CablePipe {
    pub(super) fn new(shared: &Arc<Shared>, port: usize, id: DeviceId, queue: u64) -> Self {
        Self { shared: Arc::clone(shared), port, id, queue }
    }

    /// A queue on the default pipe. If the device is gone, it takes nothing.
    pub(super) fn control(shared: &Arc<Shared>, port: usize, id: DeviceId) -> Self {
        let queue = shared.with(|bus| {
            let mut queue = Queue::new(id, Target::Control);
            let there = bus.port(port).is_some_and(|(port, _)| port.device(id).is_ok());
            queue.closed = (!there).then_some(UsbError::Gone);
            bus.rest.add_queue(queue)
        });
        Self::new(shared, port, id, queue)
    }

    fn with<R>(&self, act: impl FnOnce(&mut Queue) -> R) -> Option<R> {
        self.shared.with(|bus| bus.rest.queues.get_mut(self.queue).map(act))
    }

    fn cancel_some(&self, tag: Option<u32>) {
        self.shared.with(|bus| {
            let Some((port, rest)) = bus.port(self.port) else { return };
            while let Some(queue) = rest.queues.get_mut(self.queue) {
                let serial = match tag {
                    Some(tag) => queue.find(tag),
                    // From the last one on, so that none begins in between.
                    None => queue.last(),
                };
                let Some(serial) = serial else { return };
                port.cancel(self.queue, serial, rest);
                if tag.is_some() {
                    return;
                }
            }
        });
    }
}

impl Pipe for CablePipe {
    fn submit(&mut self, transfer: Transfer) -> Result<(), UsbError> {
        self.shared.with(|bus| {
            let (port, rest) = bus.port(self.port).ok_or(UsbError::Gone)?;
            let queue = rest.queues.get_mut(self.queue).ok_or(UsbError::Gone)?;
            let target = queue.target;
            queue.refresh();
            let serial = queue.push(check(transfer, target)?)?;
            match target {
                Target::Control => {
                    if let Ok(device) = port.device(self.id) {
                        device.requests.push_back((self.queue, serial));
                    }
                    port.serve_control(rest);
                }
                Target::Endpoint { address, .. } => port.serve(address, rest),
            }
            Ok(())
        })
    }

    fn take(&mut self) -> Option<Completed> {
        self.with(Queue::take).flatten()
    }

    fn ready(&mut self) -> Box<dyn Event> {
        Box::new(Waiting::new(&self.shared, Subject::Queue(self.queue)))
    }

    fn pending(&self) -> usize {
        self.with(|queue| queue.pending()).unwrap_or(0)
    }

    fn cancel(&mut self, tag: u32) {
        self.cancel_some(Some(tag));
    }

    fn cancel_all(&mut self) {
        self.cancel_some(None);
    }

    fn clear_halt(&mut self) -> Result<(), UsbError> {
        let target = self.with(|queue| match (queue.closed, queue.head_serial()) {
            (Some(reason), _) => Err(reason),
            (None, Some(_)) => Err(UsbError::Busy),
            (None, None) => Ok(queue.target),
        });
        let address = match target.ok_or(UsbError::Gone)?? {
            Target::Control => 0,
            Target::Endpoint { address, .. } => address,
        };
        // CLEAR_FEATURE(ENDPOINT_HALT), 9.4.1. There is no toggle here.
        let setup = Setup { request_type: 0x02, request: 1, value: 0, index: address.into() };
        OpenDevice::new(&self.shared, self.port, self.id).request(setup)
    }
}

impl Drop for CablePipe {
    fn drop(&mut self) {
        self.cancel_all();
        self.shared.with(|bus| {
            let queue = bus.rest.queues.remove(self.queue);
            if let Some((port, _)) = bus.port(self.port)
                && let Some(device) = &mut port.device
            {
                for open in &mut device.open {
                    open.take_if(|open| *open == self.queue);
                }
            }
            queue
        });
    }
}
