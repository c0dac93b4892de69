//! What the gadget's thread and the kernel's threads share.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use super::ep0::{Ep0, Job, Told};
use super::kernel::Kernel;
use crate::bell::{Wakers, lock};
use crate::{BusEvents, EndpointConfig, Events};

/// How many milliseconds a halt may take.
const SETTLING: u32 = 100;

/// A running gadget.
pub(super) struct Shared {
    pub(super) kernel: Arc<dyn Kernel>,
    pub(super) state: Mutex<State>,
    /// Rung for the threads that serve the kernel.
    pub(super) work: Condvar,
    /// The threads of the configured endpoints, with the endpoints' handles.
    pub(super) lines: Mutex<Vec<(JoinHandle<()>, u16)>>,
}

/// Under its lock nothing waits.
pub(super) struct State {
    pub(super) news: Events,
    pub(super) wakers: Wakers,
    pub(super) ep0: Ep0,
    /// What the kernel is to do on endpoint 0, and for which request.
    pub(super) job: Option<(u32, Job)>,
    /// What the gadget has asked for.
    pub(super) endpoints: Vec<EndpointConfig>,
    /// What is configured.
    pub(super) lines: Vec<Line>,
    /// Which configuration the lines belong to.
    pub(super) configured: u32,
    pub(super) gone: bool,
    pub(super) over: bool,
}

/// A configured endpoint.
#[derive(Default)]
pub(super) struct Line {
    pub(super) address: u8,
    pub(super) size: u16,
    /// IN: what is to go. OUT: what came.
    pub(super) packet: Option<Vec<u8>>,
    pub(super) halted: bool,
    /// The kernel knows of it.
    pub(super) settled: bool,
    /// A packet goes before the halt: a controller cannot halt while it has one.
    pub(super) behind: bool,
    /// A packet moved although the endpoint was halted: the controller has cleared
    /// that by itself, and the gadget is to be told.
    pub(super) cleared: bool,
}

impl Shared {
    pub(super) fn new(kernel: Arc<dyn Kernel>, endpoints: Vec<EndpointConfig>) -> Self {
        let packet = endpoints.iter().find(|endpoint| endpoint.address & 0x0f == 0);
        let packet = packet.map_or(super::ep0::PACKET.into(), |endpoint| endpoint.max_packet_size);
        let state = State {
            news: Events::default(),
            wakers: Wakers::default(),
            ep0: Ep0::new(packet),
            job: None,
            endpoints,
            lines: Vec::new(),
            configured: 0,
            gone: false,
            over: false,
        };
        Self { kernel, state: Mutex::new(state), work: Condvar::new(), lines: Mutex::default() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Waits for work.
    pub(super) fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.work.wait(state).unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Changes what the gadget is told, and wakes it.
    pub(super) fn tell(&self, change: impl FnOnce(&mut State)) {
        let woken = {
            let mut state = self.state();
            change(&mut state);
            state.wakers.take()
        };
        woken.wake();
    }

    /// Ends the threads, whatever they wait for. They were told to end.
    pub(super) fn end(&self, threads: Vec<JoinHandle<()>>) {
        for thread in threads {
            while !thread.is_finished() {
                self.work.notify_all();
                self.kernel.interrupt(&thread);
                // It may have missed it.
                std::thread::sleep(Duration::from_millis(1));
            }
            let _ = thread.join();
        }
    }

    /// Makes an endpoint's thread look at its halt, also where it waits in the
    /// kernel. It is given a moment.
    pub(super) fn settle(&self, address: u8) {
        for _ in 0..SETTLING {
            let state = self.state();
            let at = state.lines.iter().position(|line| line.address == address && !line.settled);
            let Some(at) = at else { return };
            drop(state);
            self.work.notify_all();
            // Lines and their threads have one order; both go when a bus is reset.
            let Ok(threads) = self.lines.try_lock() else { return };
            if let Some((thread, _)) = threads.get(at) {
                self.kernel.interrupt(thread);
            }
            drop(threads);
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Disables all endpoints but endpoint 0.
    pub(super) fn unconfigure(&self) {
        let mut threads = lock(&self.lines);
        let mut state = self.state();
        state.lines.clear();
        state.configured = state.configured.wrapping_add(1);
        drop(state);
        let (threads, handles): (Vec<_>, Vec<_>) = threads.drain(..).unzip();
        self.end(threads);
        for handle in handles {
            if let Err(error) = self.kernel.disable(handle) {
                tracing::debug!(%error, "an endpoint was not disabled");
            }
        }
    }
}

impl State {
    /// Passes on what is told about endpoint 0.
    pub(super) fn told(&mut self, told: Told) {
        self.news.in_complete |= u16::from(told.in_complete);
        self.news.out_ready |= u16::from(told.out_ready);
    }

    /// Tells the gadget of a halt that the controller has cleared, when endpoint 0
    /// is free for that.
    pub(super) fn offer(&mut self) {
        if self.news.setup.is_some() || !self.ep0.is_idle() {
            return;
        }
        if let Some(line) = self.lines.iter_mut().find(|line| line.cleared) {
            line.cleared = false;
            self.news.setup = Some(self.ep0.cleared(line.address));
        }
    }

    /// The bus was reset or the plug was pulled, and the kernel has not said so.
    /// The threads of the lines end, and are joined at the next configuration.
    pub(super) fn shut_down(&mut self) {
        self.lines.clear();
        self.configured = self.configured.wrapping_add(1);
        let bus = BusEvents { reset: true, ..self.news.bus };
        // A request that waits came behind it.
        let setup = self.news.setup;
        self.news = Events { bus, setup, ..Events::default() };
        if setup.is_none() {
            self.ep0.reset();
            self.job = None;
        }
    }

    /// A configured endpoint.
    pub(super) fn line(&mut self, address: u8) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.address == address)
    }

    /// Whether the gadget asked for an endpoint.
    pub(super) fn known(&self, address: u8) -> bool {
        self.endpoints.iter().any(|endpoint| endpoint.address == address)
    }
}

/// That something happened.
pub(super) struct Happened(pub(super) Weak<Shared>);

impl periplasm_backend::Event for Happened {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        // Nothing happens to a gadget that is not connected.
        let Some(shared) = self.0.upgrade() else { return Poll::Pending };
        let mut state = shared.state();
        if state.news != Events::default() {
            return Poll::Ready(());
        }
        state.wakers.add(context.waker());
        Poll::Pending
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }

    fn outside(&self) -> bool {
        true
    }
}
