//! Transfers in flight on one endpoint.

use std::boxed::Box;
use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};
use std::vec::Vec;

use periplasm_usb::{Completed, Request, Transfer, UsbError};

use super::device::{Plugged, Shared};
use crate::native::convert;
use crate::native::locked;

/// The transfers of one pipe.
pub(super) struct Queue {
    pub(super) interface: Option<u8>,
    /// None for the default pipe.
    pub(super) endpoint: Option<u8>,
    waiting: VecDeque<Transfer>,
    done: VecDeque<Completed>,
    waker: Option<Waker>,
    ended: bool,
}

impl Queue {
    pub(super) fn new(interface: Option<u8>, endpoint: Option<u8>) -> Self {
        let (waiting, done) = Default::default();
        Self { interface, endpoint, waiting, done, waker: None, ended: false }
    }

    /// Does the oldest transfer, if the device takes it.
    pub(super) fn go_on(&mut self, device: &mut dyn super::Device, gone: bool) -> bool {
        let Some(Transfer { request, .. }) = self.waiting.front() else { return false };
        let answer = if gone {
            Some(Err(crate::Error::Gone))
        } else {
            let endpoint = self.endpoint.unwrap_or(0);
            match request {
                Request::ControlIn { setup, len } => {
                    let answer = device.control_in(fields(*setup), *len);
                    Some(answer.map(|mut data| {
                        data.truncate((*len).into());
                        data
                    }))
                }
                Request::ControlOut { setup, data } => {
                    Some(device.control_out(fields(*setup), data).map(|()| Vec::new()))
                }
                Request::Out(data) => {
                    device.sent(endpoint, data).map(|answer| answer.map(|()| Vec::new()))
                }
                Request::In { len, .. } => device.asked(endpoint, *len).map(|answer| {
                    answer.and_then(|data| {
                        if data.len() > *len { Err(crate::Error::Overflow) } else { Ok(data) }
                    })
                }),
                Request::IsochronousOut { .. } | Request::IsochronousIn { .. } => {
                    Some(Err(crate::Error::Unsupported))
                }
            }
        };
        let Some(answer) = answer else { return false };
        self.end(answer.map_err(convert::back));
        true
    }

    /// Whom to wake, if there is something to take.
    pub(super) fn news(&mut self) -> Option<Waker> {
        if self.done.is_empty() { None } else { self.waker.take() }
    }

    /// Its interface was given back: nobody may use the pipe any more.
    pub(super) fn leave(&mut self, interface: u8) {
        if self.interface == Some(interface) {
            (self.interface, self.endpoint, self.ended) = (None, None, true);
        }
    }

    pub(super) fn cancel_all(&mut self) {
        while !self.waiting.is_empty() {
            self.end(Err(UsbError::Cancelled));
        }
    }

    fn end(&mut self, answer: Result<Vec<u8>, UsbError>) {
        let Some(Transfer { tag, request }) = self.waiting.pop_front() else { return };
        let status = answer.as_ref().map(drop).map_err(|&error| error);
        let (actual, data) = match (request, answer) {
            (Request::Out(data) | Request::ControlOut { data, .. }, Ok(_)) => (data.len(), data),
            (Request::Out(data) | Request::ControlOut { data, .. }, Err(_)) => (0, data),
            (_, Ok(data)) => (data.len(), data),
            (_, Err(_)) => (0, Vec::new()),
        };
        self.done.push_back(Completed { tag, status, actual, data, packets: Vec::new() });
    }
}

fn fields(setup: periplasm_usb::Setup) -> crate::Setup {
    let periplasm_usb::Setup { request_type, request, value, index } = setup;
    crate::Setup { request_type, request, value, index }
}

/// One pipe.
pub(super) struct Piped(pub(super) Shared, pub(super) u64);

impl Piped {
    fn change<R>(&self, f: impl FnOnce(&mut Queue) -> R) -> Option<R> {
        Plugged::change(&self.0, |plugged| plugged.queues.get_mut(&self.1).map(f))
    }

    fn look<R>(&self, f: impl FnOnce(&mut Queue) -> R) -> Option<R> {
        locked(&self.0).queues.get_mut(&self.1).map(f)
    }
}

impl periplasm_usb::Pipe for Piped {
    fn submit(&mut self, transfer: Transfer) -> Result<(), UsbError> {
        if locked(&self.0).gone {
            return Err(UsbError::Gone);
        }
        let submit = |queue: &mut Queue| {
            if queue.ended {
                return Err(UsbError::NotFound);
            }
            queue.waiting.push_back(transfer);
            Ok(())
        };
        self.change(submit).unwrap_or(Err(UsbError::NotFound))
    }

    fn take(&mut self) -> Option<Completed> {
        self.change(|queue| queue.done.pop_front()).flatten()
    }

    fn ready(&mut self) -> Box<dyn periplasm_backend::Event> {
        Box::new(Ready(self.0.clone(), self.1))
    }

    fn pending(&self) -> usize {
        self.look(|queue| queue.waiting.len() + queue.done.len()).unwrap_or(0)
    }

    fn cancel(&mut self, tag: u32) {
        self.change(|queue| {
            // Those before it end first; a fake has no order to keep there.
            if let Some(at) = queue.waiting.iter().position(|transfer| transfer.tag == tag) {
                queue.waiting.rotate_left(at);
                queue.end(Err(UsbError::Cancelled));
                queue.waiting.rotate_right(at);
            }
        });
    }

    fn cancel_all(&mut self) {
        self.change(Queue::cancel_all);
    }

    fn clear_halt(&mut self) -> Result<(), UsbError> {
        if self.pending() > 0 {
            return Err(UsbError::Busy);
        }
        Plugged::change(&self.0, |plugged| {
            let endpoint = plugged.queues.get(&self.1).and_then(|queue| queue.endpoint);
            plugged.device.unstalled(endpoint.ok_or(UsbError::Invalid)?);
            if plugged.gone { Err(UsbError::Gone) } else { Ok(()) }
        })
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        let _queue = locked(&self.0).queues.remove(&self.1);
    }
}

struct Ready(Shared, u64);

impl periplasm_backend::Event for Ready {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut plugged = locked(&self.0);
        match plugged.queues.get_mut(&self.1) {
            Some(queue) if queue.done.is_empty() && !queue.waiting.is_empty() => {
                queue.waker = Some(context.waker().clone());
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }
}
