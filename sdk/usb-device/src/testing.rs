//! A port that says what it is told to, and notes what it is asked.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::Port;
use crate::slot::{BusEvents, Endpoint, Error, Events, Speed, TransferType};

/// What a gadget asked of its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Address, kind, packet size, interval of each endpoint.
    Enable(Vec<(u8, TransferType, u16, u8)>),
    Disable,
    Poll,
    Wait(Option<Duration>),
    Write(u8, Vec<u8>),
    Read(u8),
    SetStalled(u8, bool),
    SetAddress(u8),
    RemoteWakeup,
}

/// The inside of a port, which the test keeps too.
#[derive(Debug, Default)]
pub(crate) struct Inside {
    pub(crate) calls: Vec<Call>,
    /// What the next looks give; then nothing.
    pub(crate) events: VecDeque<Events>,
    /// What the next reads give; then would-block.
    pub(crate) packets: VecDeque<(u8, Vec<u8>)>,
    /// What writes, reads and enabling give instead.
    pub(crate) error: Option<Error>,
    /// Who waits.
    waker: Option<Waker>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Fake(Arc<Mutex<Inside>>);

impl Fake {
    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap()
    }

    pub(crate) fn happens(&self, events: Events) {
        let mut inside = self.inside();
        inside.events.push_back(events);
        let waker = inside.waker.take();
        drop(inside);
        waker.into_iter().for_each(Waker::wake);
    }

    /// A packet comes.
    pub(crate) fn comes(&self, number: u8, packet: &[u8]) {
        self.inside().packets.push_back((number, packet.to_vec()));
        self.happens(Events { out_ready: 1 << number, ..NOTHING });
    }

    /// What was asked since the last time.
    pub(crate) fn calls(&self) -> Vec<Call> {
        core::mem::take(&mut self.inside().calls)
    }

    fn call(&self, call: Call) -> MutexGuard<'_, Inside> {
        let mut inside = self.inside();
        inside.calls.push(call);
        inside
    }
}

/// Wakes the last one that asked, as the host does.
pub(crate) struct Happened(Fake);

impl Future for Happened {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut inside = self.0.inside();
        if !inside.events.is_empty() {
            return Poll::Ready(());
        }
        inside.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

const NO_BUS_EVENTS: BusEvents =
    BusEvents { reset: false, suspend: false, resume: false, attached: false, detached: false };

pub(crate) const NOTHING: Events =
    Events { bus: NO_BUS_EVENTS, setup: None, out_ready: 0, in_complete: 0 };

pub(crate) const RESET: Events =
    Events { bus: BusEvents { reset: true, ..NO_BUS_EVENTS }, ..NOTHING };

pub(crate) const SUSPEND: Events =
    Events { bus: BusEvents { suspend: true, ..NO_BUS_EVENTS }, ..NOTHING };

pub(crate) const RESUME: Events =
    Events { bus: BusEvents { resume: true, ..NO_BUS_EVENTS }, ..NOTHING };

pub(crate) const DETACHED: Events =
    Events { bus: BusEvents { detached: true, ..NO_BUS_EVENTS }, ..NOTHING };

pub(crate) fn setup(bytes: [u8; 8]) -> Events {
    Events { setup: Some(u64::from_le_bytes(bytes)), ..NOTHING }
}

impl Port for Fake {
    type Happened = Happened;

    fn speed(&self) -> Speed {
        Speed::High
    }

    fn enable(&mut self, endpoints: &[Endpoint]) -> Result<(), Error> {
        let fields = |e: &Endpoint| (e.address, e.transfers, e.max_packet_size, e.interval);
        self.call(Call::Enable(endpoints.iter().map(fields).collect())).error.map_or(Ok(()), Err)
    }

    fn disable(&mut self) {
        drop(self.call(Call::Disable));
    }

    fn poll(&mut self) -> Events {
        self.call(Call::Poll).events.pop_front().unwrap_or(NOTHING)
    }

    fn wait(&mut self, timeout: Option<Duration>) -> Events {
        self.call(Call::Wait(timeout)).events.pop_front().unwrap_or(NOTHING)
    }

    fn happened(&mut self) -> Happened {
        Happened(self.clone())
    }

    fn write(&mut self, number: u8, packet: &[u8]) -> Result<(), Error> {
        self.call(Call::Write(number, packet.to_vec())).error.map_or(Ok(()), Err)
    }

    fn read(&mut self, number: u8, room: &mut [u8]) -> Result<usize, Error> {
        let mut inside = self.call(Call::Read(number));
        if let Some(error) = inside.error {
            return Err(error);
        }
        let here = inside.packets.iter().position(|(endpoint, _)| *endpoint == number);
        let here = here.ok_or(Error::WouldBlock)?;
        let len = inside.packets[here].1.len();
        room.get_mut(..len).ok_or(Error::Overflow)?.copy_from_slice(&inside.packets[here].1);
        inside.packets.remove(here);
        Ok(len)
    }

    fn set_stalled(&mut self, address: u8, stalled: bool) {
        drop(self.call(Call::SetStalled(address, stalled)));
    }

    fn set_address(&mut self, address: u8) {
        drop(self.call(Call::SetAddress(address)));
    }

    fn remote_wakeup(&mut self) {
        drop(self.call(Call::RemoteWakeup));
    }
}
