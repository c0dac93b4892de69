//! The transfers of one pipe.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::{Completed, DeviceId, TransferType, UsbError};

use super::bus::After;
use super::entry::Entry;
use super::listen::Listeners;

/// The most transfers that one pipe has in flight.
pub(super) const MOST_IN_FLIGHT: usize = 1024;

/// What a queue leads to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// The default pipe.
    Control,
    /// An endpoint.
    Endpoint {
        /// `bEndpointAddress`.
        address: u8,
        /// What it does.
        transfers: TransferType,
        /// What the device says is its largest packet.
        max_packet: usize,
        /// The time between two packets, if they are isochronous.
        interval: Duration,
        /// The interface it belongs to.
        interface: u8,
    },
}

/// The transfers of one pipe, in the order of their submission.
pub(super) struct Queue {
    /// The device it belongs to.
    pub(super) device: DeviceId,
    pub(super) target: Target,
    /// Why nothing is submitted any more.
    pub(super) closed: Option<UsbError>,
    pub(super) listeners: Listeners,
    /// When the next isochronous packet may go.
    pub(super) opens: Option<Instant>,
    /// When it has to be looked at again.
    pub(super) deadline: Option<Instant>,
    entries: VecDeque<Entry>,
    /// The serial number of the first entry.
    first: u64,
    /// The serial number of the first that may not have ended.
    next: u64,
}

impl Queue {
    pub(super) fn new(device: DeviceId, target: Target) -> Self {
        Self {
            device,
            target,
            closed: None,
            listeners: Listeners::default(),
            opens: None,
            deadline: None,
            entries: VecDeque::new(),
            first: 0,
            next: 0,
        }
    }

    /// Adds a transfer, and says its serial number.
    pub(super) fn push(&mut self, entry: Entry) -> Result<u64, UsbError> {
        if let Some(reason) = self.closed {
            return Err(reason);
        }
        if self.entries.len() >= MOST_IN_FLIGHT {
            return Err(UsbError::Exhausted);
        }
        self.entries.push_back(entry);
        Ok(self.first + self.entries.len() as u64 - 1)
    }

    /// The oldest transfer, if it has ended.
    pub(super) fn take(&mut self) -> Option<Completed> {
        if !self.is_ready() {
            return None;
        }
        let entry = self.entries.pop_front()?;
        self.first += 1;
        self.next = self.next.max(self.first);
        Some(entry.completed())
    }

    pub(super) fn is_ready(&self) -> bool {
        self.entries.front().is_none_or(|entry| entry.ended.is_some())
    }

    pub(super) fn pending(&self) -> usize {
        self.entries.len()
    }

    /// The one that is being done, or is next.
    pub(super) fn head(&mut self) -> Option<&mut Entry> {
        let at = self.skip_ended()?;
        self.entries.get_mut(at)
    }

    /// Its serial number.
    pub(super) fn head_serial(&mut self) -> Option<u64> {
        self.skip_ended().map(|_| self.next)
    }

    fn skip_ended(&mut self) -> Option<usize> {
        loop {
            let at = (self.next - self.first) as usize;
            match self.entries.get(at) {
                Some(entry) if entry.ended.is_some() => self.next += 1,
                Some(_) => return Some(at),
                None => return None,
            }
        }
    }

    /// A transfer that has not ended.
    pub(super) fn get_mut(&mut self, serial: u64) -> Option<&mut Entry> {
        let at = usize::try_from(serial.checked_sub(self.first)?).ok()?;
        self.entries.get_mut(at).filter(|entry| entry.ended.is_none())
    }

    /// The serial number of the transfer of this tag that has not ended.
    pub(super) fn find(&self, tag: u32) -> Option<u64> {
        let at = self.entries.iter().position(|entry| entry.tag == tag && entry.ended.is_none())?;
        Some(self.first + at as u64)
    }

    /// The last transfer that has not ended.
    pub(super) fn last(&self) -> Option<u64> {
        let at = self.entries.iter().rposition(|entry| entry.ended.is_none())?;
        Some(self.first + at as u64)
    }

    /// Ends a transfer, and wakes who waits for it.
    pub(super) fn end(&mut self, serial: u64, status: Result<(), UsbError>, after: &mut After) {
        if let Some(entry) = self.get_mut(serial) {
            entry.ended = Some(status);
            if self.is_ready() {
                self.listeners.wake(after);
            }
        }
    }

    /// Ends all that have not ended.
    pub(super) fn end_all(&mut self, status: UsbError, after: &mut After) {
        for entry in &mut self.entries {
            entry.ended.get_or_insert(Err(status));
        }
        self.deadline = None;
        self.opens = None;
        self.listeners.wake(after);
    }
}
