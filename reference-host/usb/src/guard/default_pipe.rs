//! The default pipe of a granted device.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};

use periplasm_backend::Event;

use super::device::Grant;
use super::setup::{Verdict, decide};
use crate::descriptors::configurations;
use crate::{Completed, Pipe, Request, Transfer, UsbDevice, UsbError};

/// The most transfers in flight on one queue.
const MAX_IN_FLIGHT: usize = 1024;

pub(super) struct DefaultPipe {
    pipe: Box<dyn Pipe>,
    device: Arc<dyn UsbDevice>,
    grant: Arc<Grant>,
    /// What was submitted and not taken, the oldest first.
    flights: VecDeque<Flight>,
}

/// Who answers a transfer.
enum Flight {
    Device,
    /// The guard, with at most so many bytes of the configuration of this index.
    Configuration {
        tag: u32,
        index: u8,
        len: u16,
    },
    /// The guard, with STALL.
    Stall {
        tag: u32,
    },
}

impl DefaultPipe {
    pub(super) fn new(pipe: Box<dyn Pipe>, device: Arc<dyn UsbDevice>, grant: Arc<Grant>) -> Self {
        Self { pipe, device, grant, flights: VecDeque::new() }
    }
}

impl Pipe for DefaultPipe {
    fn submit(&mut self, transfer: Transfer) -> Result<(), UsbError> {
        let (setup, input, len) = match &transfer.request {
            Request::ControlIn { setup, len } => (*setup, true, *len),
            Request::ControlOut { setup, data } => {
                // `wLength` has 16 bits.
                let len = u16::try_from(data.len()).map_err(|_| UsbError::Invalid)?;
                (*setup, false, len)
            }
            _ => return Err(UsbError::Invalid),
        };
        let verdict = decide(&self.grant, setup, input, || self.device.configuration())?;
        if self.flights.len() >= MAX_IN_FLIGHT {
            return Err(UsbError::Exhausted);
        }
        let tag = transfer.tag;
        self.flights.push_back(match verdict {
            Verdict::Forward => {
                self.pipe.submit(transfer)?;
                Flight::Device
            }
            Verdict::Configuration(index) => Flight::Configuration { tag, index, len },
            Verdict::Stall => Flight::Stall { tag },
        });
        Ok(())
    }

    fn take(&mut self) -> Option<Completed> {
        let ended = match *self.flights.front()? {
            Flight::Device => self.pipe.take()?,
            Flight::Configuration { tag, index, len } => {
                let all = configurations(&self.grant.shown).flatten().nth(usize::from(index));
                let all = all.map_or(&[][..], |one| one.bytes);
                here(tag, Ok(()), all.get(..usize::from(len)).unwrap_or(all))
            }
            Flight::Stall { tag } => here(tag, Err(UsbError::Stall), &[]),
        };
        self.flights.pop_front();
        Some(ended)
    }

    fn ready(&mut self) -> Box<dyn Event> {
        match self.flights.front() {
            Some(Flight::Device) => self.pipe.ready(),
            _ => Box::new(Happened),
        }
    }

    fn pending(&self) -> usize {
        self.flights.len()
    }

    fn cancel(&mut self, tag: u32) {
        self.pipe.cancel(tag);
    }

    fn cancel_all(&mut self) {
        self.pipe.cancel_all();
    }

    fn clear_halt(&mut self) -> Result<(), UsbError> {
        if self.flights.is_empty() { self.pipe.clear_halt() } else { Err(UsbError::Busy) }
    }
}

fn here(tag: u32, status: Result<(), UsbError>, data: &[u8]) -> Completed {
    Completed { tag, status, actual: data.len(), data: data.to_vec(), packets: Vec::new() }
}

/// What has happened already.
struct Happened;

impl Event for Happened {
    fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }
}
