//! Queues on the default pipe.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use nusb::transfer::{ControlIn, ControlOut, ControlType, Recipient, TransferError};
use periplasm_backend::Event;

use super::error::transfer;
use crate::bell::lock;
use crate::{Completed, Pipe, Request, Setup, Transfer, UsbError};

/// The most transfers of a queue.
const MOST: usize = 1024;

/// The end of a transfer: what came in.
type Ending = Pin<Box<dyn Future<Output = Result<Vec<u8>, TransferError>> + Send>>;

/// A queue.
pub(super) struct ControlPipe {
    device: nusb::Device,
    slots: Arc<Mutex<Slots>>,
}

#[derive(Default)]
struct Slots {
    queue: VecDeque<Slot>,
    waker: Option<Waker>,
}

struct Slot {
    tag: u32,
    /// What goes out.
    data: Vec<u8>,
    state: State,
}

enum State {
    Flying(Ending),
    Done(Result<Vec<u8>, UsbError>),
}

impl ControlPipe {
    pub(super) fn new(device: nusb::Device) -> Self {
        Self { device, slots: Arc::default() }
    }
}

/// `bmRequestType` in nusb's words (USB 2.0, table 9-2).
fn parts(setup: Setup) -> Result<(ControlType, Recipient), UsbError> {
    let kind = match setup.request_type >> 5 & 3 {
        0 => ControlType::Standard,
        1 => ControlType::Class,
        2 => ControlType::Vendor,
        _ => return Err(UsbError::Invalid),
    };
    let recipient = match setup.request_type & 0x1f {
        0 => Recipient::Device,
        1 => Recipient::Interface,
        2 => Recipient::Endpoint,
        3 => Recipient::Other,
        _ => return Err(UsbError::Invalid),
    };
    Ok((kind, recipient))
}

impl Slots {
    fn poll(&mut self) {
        let waker = self.waker.clone();
        let mut context = Context::from_waker(waker.as_ref().unwrap_or(Waker::noop()));
        for slot in &mut self.queue {
            if let State::Flying(ending) = &mut slot.state
                && let Poll::Ready(result) = ending.as_mut().poll(&mut context)
            {
                slot.state = State::Done(result.map_err(transfer));
            }
        }
    }

    fn cancel(&mut self, tag: Option<u32>) {
        for slot in &mut self.queue {
            let meant = tag.is_none_or(|tag| tag == slot.tag);
            if meant && matches!(slot.state, State::Flying(_)) {
                // nusb cancels what is dropped.
                slot.state = State::Done(Err(UsbError::Cancelled));
            }
        }
    }
}

impl Pipe for ControlPipe {
    fn submit(&mut self, transfer: Transfer) -> Result<(), UsbError> {
        // A transfer has no time of its own: nusb's is as long as it goes.
        let timeout = Duration::MAX;
        let (ending, data): (Ending, _) = match transfer.request {
            Request::ControlIn { setup, len: length } if setup.request_type & 0x80 != 0 => {
                let (control_type, recipient) = parts(setup)?;
                let Setup { request, value, index, .. } = setup;
                let asked = ControlIn { control_type, recipient, request, value, index, length };
                let ending = self.device.control_in(asked, timeout).into_future();
                (Box::pin(ending), Vec::new())
            }
            Request::ControlOut { setup, data } if setup.request_type & 0x80 == 0 => {
                if data.len() > usize::from(u16::MAX) {
                    return Err(UsbError::Invalid);
                }
                let (control_type, recipient) = parts(setup)?;
                let Setup { request, value, index, .. } = setup;
                let data_ = &*data;
                let asked =
                    ControlOut { control_type, recipient, request, value, index, data: data_ };
                let ending = self.device.control_out(asked, timeout).into_future();
                (Box::pin(async move { ending.await.map(|()| Vec::new()) }), data)
            }
            _ => return Err(UsbError::Invalid),
        };
        let mut slots = lock(&self.slots);
        if slots.queue.len() >= MOST {
            return Err(UsbError::Exhausted);
        }
        slots.queue.push_back(Slot { tag: transfer.tag, data, state: State::Flying(ending) });
        Ok(())
    }

    fn take(&mut self) -> Option<Completed> {
        let mut slots = lock(&self.slots);
        slots.poll();
        if !matches!(slots.queue.front()?.state, State::Done(_)) {
            return None;
        }
        let Slot { tag, data, state } = slots.queue.pop_front()?;
        let State::Done(result) = state else { return None };
        let status = result.as_ref().map(|_| ()).map_err(|error| *error);
        // What went out comes back; of what failed, nusb does not say how much went.
        let came = result.unwrap_or_default();
        let actual = if status.is_ok() { came.len().max(data.len()) } else { 0 };
        let data = if came.is_empty() { data } else { came };
        Some(Completed { tag, status, actual, data, packets: Vec::new() })
    }

    fn ready(&mut self) -> Box<dyn Event> {
        Box::new(Ready(self.slots.clone()))
    }

    fn pending(&self) -> usize {
        lock(&self.slots).queue.len()
    }

    fn cancel(&mut self, tag: u32) {
        lock(&self.slots).cancel(Some(tag));
    }

    fn cancel_all(&mut self) {
        lock(&self.slots).cancel(None);
    }

    fn clear_halt(&mut self) -> Result<(), UsbError> {
        // The next SETUP packet clears it (8.5.3.4).
        Err(UsbError::Invalid)
    }
}

struct Ready(Arc<Mutex<Slots>>);

impl Event for Ready {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut slots = lock(&self.0);
        slots.waker = Some(context.waker().clone());
        slots.poll();
        let done = slots.queue.front().is_none_or(|slot| matches!(slot.state, State::Done(_)));
        if done { Poll::Ready(()) } else { Poll::Pending }
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }

    fn outside(&self) -> bool {
        true
    }
}
