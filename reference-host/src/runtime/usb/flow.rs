//! The transfers in flight on one pipe.

use std::collections::VecDeque;

use periplasm_usb::{Completed, Pipe, Request, Transfer};

use super::budget::Budget;

use super::{Device, Usb};
use crate::runtime::abi::{Completion, Packet, TransferError};
use crate::runtime::state::{State, not_a_handle};
use crate::runtime::waiting::deadline;
use wasmtime::component::Resource;

/// A pipe, and what was submitted on it.
pub(super) struct Flow {
    pub(super) pipe: Box<dyn Pipe>,
    next_tag: u32,
    /// Those in flight, the oldest first.
    flights: VecDeque<Flight>,
}

/// A transfer in flight.
struct Flight {
    tag: u32,
    bytes: usize,
    /// Whether its bytes are for the guest.
    inbound: bool,
}

/// A transfer that is to be started.
pub(super) struct Start {
    pub(super) request: Request,
    /// What it takes of the pipeline's budget.
    pub(super) bytes: usize,
}

/// A transfer that has ended.
pub(super) struct Ended {
    pub(super) done: Completed,
    inbound: bool,
}

/// Where a flow is.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// It is the guest's own.
    Pipe(u32),
    /// The default pipe of this device, for requests that are waited for.
    Control(u32),
}

impl Flow {
    pub(super) fn new(pipe: Box<dyn Pipe>) -> Self {
        Self { pipe, next_tag: 0, flights: VecDeque::new() }
    }

    /// What is in flight no longer counts.
    pub(super) fn give_back(self, budget: &mut Budget) {
        self.flights.iter().for_each(|flight| budget.remove(flight.bytes));
    }
}

impl Place {
    pub(super) fn control(device: &Resource<Device>) -> Self {
        Self::Control(device.rep())
    }
}

impl Usb {
    pub(super) fn flow(&mut self, place: Place) -> wasmtime::Result<&mut Flow> {
        match place {
            Place::Pipe(number) => self.pipes.get_mut(number).ok_or_else(not_a_handle),
            Place::Control(number) => {
                let opened = self.devices.get_mut(number).ok_or_else(not_a_handle)?;
                let device = &opened.device;
                Ok(opened.control.get_or_insert_with(|| Flow::new(device.control())))
            }
        }
    }

    /// Refuses what would be more than a pipeline may have in flight, before
    /// anything is allocated for it.
    pub(super) fn room(&self, bytes: usize) -> Result<(), TransferError> {
        if self.budget.has_room(bytes) { Ok(()) } else { Err(TransferError::Exhausted) }
    }

    /// Starts a transfer, and returns its tag.
    pub(super) fn submit(
        &mut self,
        place: Place,
        start: Start,
    ) -> wasmtime::Result<Result<u32, TransferError>> {
        if let Err(error) = self.room(start.bytes) {
            return Ok(Err(error));
        }
        let inbound = matches!(
            start.request,
            Request::In { .. } | Request::ControlIn { .. } | Request::IsochronousIn { .. }
        );
        let flow = self.flow(place)?;
        let tag = flow.next_tag;
        if let Err(error) = flow.pipe.submit(Transfer { tag, request: start.request }) {
            return Ok(Err(error.into()));
        }
        flow.next_tag = tag.wrapping_add(1);
        flow.flights.push_back(Flight { tag, bytes: start.bytes, inbound });
        self.budget.add(start.bytes);
        Ok(Ok(tag))
    }

    /// The oldest transfer, if it has ended.
    pub(super) fn take(&mut self, place: Place) -> wasmtime::Result<Option<Ended>> {
        let flow = self.flow(place)?;
        let Some(done) = flow.pipe.take() else { return Ok(None) };
        // They end in the order in which they were submitted.
        let Some(flight) = flow.flights.pop_front() else { return Ok(None) };
        self.budget.remove(flight.bytes);
        Ok(Some(Ended { done: Completed { tag: flight.tag, ..done }, inbound: flight.inbound }))
    }

    /// What the guest is told.
    pub(super) fn completion(&mut self, ended: Ended) -> Completion {
        let Ended { mut done, inbound } = ended;
        if inbound {
            done.data.truncate(done.actual);
        } else {
            self.pool.put(std::mem::take(&mut done.data));
        }
        Completion {
            tag: done.tag,
            status: done.status.err().map(TransferError::from),
            // No more than was asked for, in 32 bits.
            actual: u32::try_from(done.actual).unwrap_or(u32::MAX),
            data: self.pool.lend(done.data),
            packets: done.packets.into_iter().map(Packet::from).collect(),
        }
    }

    /// What the guest is told of a transfer that was not started.
    pub(super) fn refused(&mut self, error: TransferError) -> Completion {
        let (status, data) = (Some(error), self.pool.none());
        Completion { tag: 0, status, actual: 0, data, packets: Vec::new() }
    }
}

impl State {
    /// The oldest transfer, waiting for its end at most until the time is up.
    pub(super) fn ended(
        &mut self,
        place: Place,
        timeout_ns: Option<u64>,
    ) -> wasmtime::Result<Option<Ended>> {
        let end = timeout_ns.and_then(deadline);
        loop {
            if let Some(ended) = self.usb.take(place)? {
                return Ok(Some(ended));
            }
            let flow = self.usb.flow(place)?;
            if flow.pipe.pending() == 0 {
                return Ok(None);
            }
            let mut ready = flow.pipe.ready();
            if !self.wait_outside(&mut *ready, end)? {
                return Ok(None);
            }
        }
    }

    /// Starts a transfer and waits for its end: when the time is up, for the one
    /// that cancelling it brings.
    pub(super) fn transfer(
        &mut self,
        place: Place,
        start: Start,
        timeout_ns: Option<u64>,
    ) -> wasmtime::Result<Completion> {
        if self.usb.flow(place)?.pipe.pending() > 0 {
            return Ok(self.usb.refused(TransferError::Busy));
        }
        let tag = match self.usb.submit(place, start)? {
            Ok(tag) => tag,
            Err(error) => return Ok(self.usb.refused(error)),
        };
        if let Some(ended) = self.ended(place, timeout_ns)? {
            return Ok(self.usb.completion(ended));
        }
        self.usb.flow(place)?.pipe.cancel(tag);
        let Some(ended) = self.ended(place, None)? else {
            return Ok(self.usb.refused(TransferError::Timeout));
        };
        let mut completion = self.usb.completion(ended);
        if completion.status == Some(TransferError::Cancelled) {
            completion.status = Some(TransferError::Timeout);
        }
        Ok(completion)
    }
}
