//! Bulk and interrupt pipes.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use nusb::transfer::Buffer;
use periplasm_backend::Event;

use super::endpoint::Endpoint;
use super::slots::{Queue, Slots};
use crate::bell::lock;
use crate::{Completed, Pipe, Request, Transfer, UsbError};

/// The most bytes of a transfer.
const LIMIT: usize = 16 << 20;
/// The most transfers of a pipe.
const MOST: usize = 1024;
/// How long the kernel may take for a cancellation.
const ENDING: Duration = Duration::from_secs(1);

/// What a pipe, its events and its interface share.
pub(super) struct Open(Mutex<State>);

struct State {
    /// None when the interface has another setting, or is given back.
    endpoint: Option<Endpoint>,
    slots: Slots,
    /// Whom the endpoint wakes.
    waker: Option<Waker>,
}

impl Open {
    pub(super) fn new(endpoint: Endpoint) -> Arc<Self> {
        let slots = Slots::default();
        Arc::new(Self(Mutex::new(State { endpoint: Some(endpoint), slots, waker: None })))
    }

    /// Cancels all transfers.
    pub(super) fn cancel(&self) {
        lock(&self.0).cancel(None);
    }

    /// Gives the endpoint back: all transfers end.
    pub(super) fn end(&self) {
        let mut state = lock(&self.0);
        state.cancel(None);
        let State { endpoint, slots, waker } = &mut *state;
        if let Some(endpoint) = endpoint {
            while let Some(completion) = endpoint.wait(ENDING) {
                slots.landed(completion);
            }
        }
        slots.end();
        let (endpoint, waker) = (endpoint.take(), waker.take());
        drop(state);
        drop(endpoint);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl State {
    fn cancel(&mut self, tag: Option<u32>) {
        if let Some(endpoint) = &mut self.endpoint {
            self.slots.cancel(endpoint, tag);
        }
    }

    /// Takes what the kernel has done.
    fn poll(&mut self) {
        let Some(endpoint) = &mut self.endpoint else { return };
        let waker = self.waker.as_ref().unwrap_or(Waker::noop());
        let mut context = Context::from_waker(waker);
        loop {
            while let Poll::Ready(completion) = endpoint.poll(&mut context) {
                self.slots.landed(completion);
            }
            let before = endpoint.pending();
            self.slots.resume(endpoint);
            if endpoint.pending() == before {
                return;
            }
        }
    }
}

/// A pipe of an interface.
pub(super) struct LinuxPipe(pub(super) Arc<Open>);

impl Pipe for LinuxPipe {
    fn submit(&mut self, transfer: Transfer) -> Result<(), UsbError> {
        let mut state = lock(&self.0.0);
        let State { endpoint, slots, .. } = &mut *state;
        let endpoint = endpoint.as_mut().ok_or(UsbError::NotFound)?;
        if slots.len() >= MOST {
            return Err(UsbError::Exhausted);
        }
        let input = matches!(endpoint, Endpoint::BulkIn(_) | Endpoint::InterruptIn(_));
        let (limit, buffer) = match transfer.request {
            Request::Out(data) if !input && data.len() <= LIMIT => (None, Buffer::from(data)),
            Request::In { len, mut room } if input && len <= LIMIT => {
                // usbfs takes whole packets only.
                let packet = endpoint.packet();
                let whole = len.max(1).div_ceil(packet) * packet;
                room.clear();
                room.reserve_exact(whole);
                let mut buffer = Buffer::from(room);
                buffer.set_requested_len(whole);
                (Some(len), buffer)
            }
            Request::Out(_) if !input => return Err(UsbError::Exhausted),
            Request::In { .. } if input => return Err(UsbError::Exhausted),
            Request::IsochronousIn { .. } | Request::IsochronousOut { .. } => {
                return Err(UsbError::Unsupported);
            }
            _ => return Err(UsbError::Invalid),
        };
        slots.submit(endpoint, transfer.tag, limit, buffer);
        Ok(())
    }

    fn take(&mut self) -> Option<Completed> {
        let mut state = lock(&self.0.0);
        state.poll();
        state.slots.take()
    }

    fn ready(&mut self) -> Box<dyn Event> {
        Box::new(Ready(self.0.clone()))
    }

    fn pending(&self) -> usize {
        lock(&self.0.0).slots.len()
    }

    fn cancel(&mut self, tag: u32) {
        lock(&self.0.0).cancel(Some(tag));
    }

    fn cancel_all(&mut self) {
        self.0.cancel();
    }

    fn clear_halt(&mut self) -> Result<(), UsbError> {
        let mut state = lock(&self.0.0);
        if state.slots.len() > 0 {
            return Err(UsbError::Busy);
        }
        state.endpoint.as_mut().ok_or(UsbError::NotFound)?.clear_halt()
    }
}

impl Drop for LinuxPipe {
    fn drop(&mut self) {
        // What nusb still has would keep the interface from another setting.
        self.0.end();
    }
}

struct Ready(Arc<Open>);

impl Event for Ready {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.0.0);
        state.waker = Some(context.waker().clone());
        state.poll();
        if state.slots.ready() { Poll::Ready(()) } else { Poll::Pending }
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }

    fn outside(&self) -> bool {
        true
    }
}
