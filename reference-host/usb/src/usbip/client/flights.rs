//! Requests that a server has not answered yet.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::queue::{Queue, ended};
use crate::usbip::errno;
use crate::usbip::wire::{Reply, Submit};
use crate::{Completed, Packet, UsbError};

/// The most transfers in flight at one server's device.
const TRANSFERS: usize = 1024;
/// The most bytes of them.
const BYTES: usize = 64 << 20;
/// How long a server may take to cancel.
const CANCELLING: Duration = Duration::from_secs(5);

/// A transfer at the server.
pub(super) struct Flight {
    /// What was asked, without its data.
    pub(super) asked: Submit,
    /// What went out.
    pub(super) data: Arc<Vec<u8>>,
    /// Memory for what comes in.
    pub(super) room: Vec<u8>,
    /// Whose it is.
    pub(super) queue: Arc<Queue>,
}

/// All of a connection.
#[derive(Default)]
pub(super) struct Flights {
    by_number: HashMap<u32, Flight>,
    /// Requests to cancel, and whom.
    unlinks: HashMap<u32, u32>,
    /// Until when each must be answered, the oldest first.
    due: VecDeque<(Instant, u32)>,
    bytes: usize,
    last: u32,
    /// No answer will come any more.
    pub(super) dead: bool,
}

impl Flights {
    /// A number that no request in flight has. It is never 0.
    fn number(&mut self) -> u32 {
        loop {
            self.last = self.last.wrapping_add(1);
            let free = |map: bool| !map && self.last != 0;
            if free(
                self.by_number.contains_key(&self.last) || self.unlinks.contains_key(&self.last),
            ) {
                return self.last;
            }
        }
    }

    /// Takes a request, and gives it its number.
    pub(super) fn begin(&mut self, flight: Flight) -> Result<u32, UsbError> {
        let len = flight.asked.len as usize;
        if self.dead {
            return Err(UsbError::Gone);
        }
        if self.by_number.len() >= TRANSFERS || self.bytes.saturating_add(len) > BYTES {
            return Err(UsbError::Exhausted);
        }
        self.bytes += len;
        let number = self.number();
        self.by_number.insert(number, flight);
        Ok(number)
    }

    /// A request that is answered.
    pub(super) fn end(&mut self, number: u32) -> Option<Flight> {
        let flight = self.by_number.remove(&number)?;
        self.bytes -= flight.asked.len as usize;
        Some(flight)
    }

    /// A request whose answer was none.
    pub(super) fn restore(&mut self, number: u32, flight: Flight) {
        self.bytes += flight.asked.len as usize;
        self.by_number.insert(number, flight);
    }

    /// Begins to cancel a request; the number of the request to do so.
    pub(super) fn unlink(&mut self, victim: u32) -> Option<u32> {
        if self.dead || !self.by_number.contains_key(&victim) {
            return None;
        }
        let number = self.number();
        self.unlinks.insert(number, victim);
        self.due.push_back((Instant::now() + CANCELLING, number));
        Some(number)
    }

    /// Whom an answered request to cancel meant; none if there was no such
    /// request.
    pub(super) fn unlinked(&mut self, number: u32) -> Option<u32> {
        self.unlinks.remove(&number)
    }

    /// Whether a request to cancel was not answered in time.
    pub(super) fn overdue(&mut self) -> bool {
        while let Some((end, number)) = self.due.front() {
            if !self.unlinks.contains_key(number) {
                self.due.pop_front();
                continue;
            }
            return *end <= Instant::now();
        }
        false
    }

    /// Nothing is answered any more: all requests, with their numbers.
    pub(super) fn die(&mut self) -> Vec<(u32, Flight)> {
        self.dead = true;
        self.bytes = 0;
        self.unlinks.clear();
        self.by_number.drain().collect()
    }
}

impl Flight {
    /// It ends without an answer.
    pub(super) fn fail(self, number: u32, error: UsbError) {
        let data = if self.asked.input { Vec::new() } else { Arc::unwrap_or_clone(self.data) };
        self.queue.finish(number, ended(error, data));
    }

    /// It ends with one.
    pub(super) fn answer(self, number: u32, reply: Reply) {
        let Reply::Submit { status, actual, data, packets, .. } = reply else { return };
        let data = if self.asked.input { data } else { Arc::unwrap_or_clone(self.data) };
        let packets = packets
            .iter()
            .map(|packet| Packet { status: errno::result(packet.status), actual: packet.actual });
        let packets: Vec<Packet> = packets.collect();
        let actual = if packets.is_empty() {
            actual as usize
        } else {
            packets.iter().map(|packet| packet.actual as usize).sum()
        };
        let status = errno::result(status);
        self.queue.finish(number, Completed { tag: 0, status, actual, data, packets });
    }
}
