//! An endpoint in use: its pipe, and libusb's transfers on it.

use std::collections::VecDeque;
use std::sync::{Mutex, TryLockError};
use std::time::{Duration, Instant};

use periplasm_usb_host::{Completion, Error, Pipe, wait};

use super::{Body, Ended, Key, Order, Result, locked, nanoseconds};

/// An endpoint in use.
#[derive(Debug)]
pub(crate) struct Endpoint {
    /// The handle that it belongs to.
    owner: u64,
    pipe: Pipe,
    /// Held by who takes completions: a blocking transfer takes its own.
    turn: Mutex<()>,
    flights: Mutex<VecDeque<Flight>>,
}

/// A transfer in flight.
#[derive(Debug)]
struct Flight {
    key: Key,
    tag: u32,
    /// The empty packet behind it.
    zero_packet: Option<u32>,
    deadline: Option<Instant>,
    timed_out: bool,
    /// What its end is already known to be.
    failed: Option<Error>,
    /// How it ended, while its empty packet is in flight.
    ended: Option<Completion>,
}

impl Endpoint {
    pub(super) fn new(owner: u64, pipe: Pipe) -> Self {
        Self { owner, pipe, turn: Mutex::new(()), flights: Mutex::default() }
    }

    /// Starts a transfer.
    pub(super) fn start(&self, order: &Order<'_>) -> Result<()> {
        // Held until it is in the list: its end may come at once.
        let mut flights = locked(&self.flights);
        let tag = match &order.body {
            Body::ControlIn { setup, len } => self.pipe.submit_control_in(*setup, *len),
            Body::ControlOut { setup, data } => self.pipe.submit_control_out(*setup, data),
            Body::In { len } => self.pipe.submit_in(*len),
            Body::Out { data } => self.pipe.submit_out(data),
            Body::IsochronousIn { packets } => self.pipe.submit_isochronous_in(packets),
            Body::IsochronousOut { data, packets } => {
                self.pipe.submit_isochronous_out(data, packets)
            }
        }?;
        let zero_packet = order.zero_packet.then(|| self.pipe.submit_out(&[])).transpose();
        let timeout = Duration::from_millis(order.timeout_ms.into());
        let deadline = (!timeout.is_zero()).then(|| Instant::now() + timeout);
        flights.push_back(Flight {
            key: order.key,
            tag,
            failed: zero_packet.err(),
            zero_packet: zero_packet.ok().flatten(),
            deadline,
            timed_out: false,
            ended: None,
        });
        Ok(())
    }

    /// A blocking transfer in one call of the host. Nothing when others are in
    /// flight, behind which it must queue.
    pub(super) fn transfer(&self, body: &Body<'_>, timeout_ms: u32) -> Option<Completion> {
        let _turn = locked(&self.turn);
        if !locked(&self.flights).is_empty() {
            return None;
        }
        let timeout = nanoseconds(timeout_ms);
        let done = match body {
            Body::In { len } => self.pipe.transfer_in(*len, timeout),
            Body::Out { data } => self.pipe.transfer_out(data, timeout),
            _ => return None,
        };
        (done.status != Some(Error::Busy)).then_some(done)
    }

    /// Takes what has ended, waiting at most so long for the first.
    pub(super) fn harvest(&self, wait: Duration, ended: &mut Vec<Ended>) {
        let _turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(turn)) => turn.into_inner(),
            // A blocking transfer takes its own end.
            Err(TryLockError::WouldBlock) => return,
        };
        let mut wait = u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX);
        while !self.is_idle() {
            let Some(done) = self.pipe.wait(Some(wait)) else { break };
            wait = 0;
            ended.extend(self.land(done));
        }
    }

    /// Cancels all transfers, and takes their ends.
    pub(super) fn drain(&self, ended: &mut Vec<Ended>) {
        let _turn = locked(&self.turn);
        if self.is_idle() {
            return;
        }
        self.pipe.cancel_all();
        while !self.is_idle() {
            let Some(done) = self.pipe.wait(None) else { break };
            ended.extend(self.land(done));
        }
        let lost = std::mem::take(&mut *locked(&self.flights));
        ended.extend(lost.into_iter().map(|flight| self.end(flight, lost_completion())));
    }

    /// Cancels a transfer; whether it is one of these.
    pub(super) fn cancel(&self, key: Key) -> bool {
        let flights = locked(&self.flights);
        let flight = flights.iter().find(|flight| flight.key == key);
        flight.inspect(|flight| self.cancel_flight(flight)).is_some()
    }

    /// Cancels what has run out of time.
    pub(super) fn expire(&self, now: Instant) {
        for flight in &mut *locked(&self.flights) {
            if flight.deadline.is_some_and(|deadline| deadline <= now) {
                flight.deadline = None;
                flight.timed_out = true;
                self.cancel_flight(flight);
            }
        }
    }

    /// When the first transfer runs out of time.
    pub(super) fn deadline(&self) -> Option<Instant> {
        locked(&self.flights).iter().filter_map(|flight| flight.deadline).min()
    }

    /// Forgets all transfers. Their ends are told to nobody.
    pub(super) fn forget(&self) -> Vec<Key> {
        let flights = std::mem::take(&mut *locked(&self.flights));
        flights.into_iter().map(|flight| flight.key).collect()
    }

    pub(super) fn is_idle(&self) -> bool {
        locked(&self.flights).is_empty()
    }

    pub(super) fn clear_halt(&self) -> Result<()> {
        Ok(self.pipe.clear_halt()?)
    }

    pub(super) fn ready(&self) -> wait::Event {
        self.pipe.ready()
    }

    fn cancel_flight(&self, flight: &Flight) {
        self.pipe.cancel(flight.tag);
        if let Some(zero_packet) = flight.zero_packet {
            self.pipe.cancel(zero_packet);
        }
    }

    /// What a completion of the pipe means for libusb's transfers.
    fn land(&self, done: Completion) -> Option<Ended> {
        let mut flights = locked(&self.flights);
        let place = flights
            .iter()
            .position(|flight| flight.tag == done.tag || flight.zero_packet == Some(done.tag))?;
        let flight = &mut flights[place];
        if let Some(zero_packet) = flight.zero_packet {
            let Some(mut first) = flight.ended.take() else {
                if done.status.is_some() {
                    self.pipe.cancel(zero_packet);
                }
                flight.ended = Some(done);
                return None;
            };
            first.status = first.status.or(done.status);
            return flights.remove(place).map(|flight| self.end(flight, first));
        }
        flights.remove(place).map(|flight| self.end(flight, done))
    }

    fn end(&self, flight: Flight, done: Completion) -> Ended {
        let status = match done.status {
            Some(Error::Cancelled) if flight.timed_out => Some(Error::Timeout),
            status => status.or(flight.failed),
        };
        let Completion { actual, data, packets, .. } = done;
        Ended { key: flight.key, owner: self.owner, status, actual, data, packets }
    }
}

/// The end of a transfer of which the pipe knows nothing any more.
fn lost_completion() -> Completion {
    let status = Some(Error::Cancelled);
    Completion { tag: 0, status, actual: 0, data: Vec::new(), packets: Vec::new() }
}
