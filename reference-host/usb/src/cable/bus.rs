//! What all sides of one bus share, behind one lock.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::listen::{Listeners, Subject};
use super::port::Port;
use super::queue::Queue;
use super::watch::Watcher;

/// The ports of the root hub.
pub(super) const PORTS: usize = 15;

/// What Linux gives a control request, and the host side here whatever it asks
/// of a gadget by itself.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Shared {
    bus: Mutex<Bus>,
    pub(super) timer: Condvar,
}

impl Shared {
    pub(super) fn new(number: u8) -> Arc<Self> {
        let ports = (0..PORTS).map(|index| Port::new(index as u8 + 1)).collect();
        let rest = Rest {
            bus: number,
            patience: PATIENCE,
            queues: Queues::default(),
            watchers: HashMap::new(),
            after: After::default(),
            addresses: 0,
            numbers: 0,
            sooner: Soonest::default(),
        };
        let bus = Mutex::new(Bus { ports, rest, timer: None });
        Arc::new(Self { bus, timer: Condvar::new() })
    }

    /// Does something with the bus. Whoever has to know of it is woken, and what
    /// there is to say is said, when the lock is free again.
    pub(super) fn with<R>(self: &Arc<Self>, act: impl FnOnce(&mut Bus) -> R) -> R {
        let mut bus = self.bus.lock().unwrap_or_else(PoisonError::into_inner);
        let result = act(&mut bus);
        let after = std::mem::take(&mut bus.rest.after);
        if let Some(deadline) = bus.rest.sooner.0.take() {
            self.set_timer(&mut bus, deadline);
        }
        drop(bus);
        after.run();
        result
    }

    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, Bus> {
        self.bus.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Bus {
    pub(super) ports: Vec<Port>,
    pub(super) rest: Rest,
    /// What the thread waits for that looks at the clock, if there is one.
    pub(super) timer: Option<Instant>,
}

impl Bus {
    /// Whether what a subject waits for has come, and who waits for it; nothing
    /// when there is no such subject any more.
    pub(super) fn listeners(&mut self, subject: Subject) -> Option<(bool, &mut Listeners)> {
        match subject {
            Subject::Gadget(port) => {
                let gadget = &mut self.ports.get_mut(port)?.gadget;
                Some((gadget.has_news(), &mut gadget.listeners))
            }
            Subject::Queue(id) => {
                let queue = self.rest.queues.get_mut(id)?;
                Some((queue.is_ready(), &mut queue.listeners))
            }
            Subject::Watcher(id) => {
                let watcher = self.rest.watchers.get_mut(&id)?;
                Some((watcher.has_change(), &mut watcher.listeners))
            }
            Subject::Settled(port) => {
                let port = self.ports.get_mut(port)?;
                Some((!port.is_enumerating(), &mut port.settled))
            }
        }
    }

    /// The port and everything that is not a port.
    pub(super) fn port(&mut self, index: usize) -> Option<(&mut Port, &mut Rest)> {
        Some((self.ports.get_mut(index)?, &mut self.rest))
    }
}

/// What a bus has beside its ports.
pub(super) struct Rest {
    /// The number of the bus.
    pub(super) bus: u8,
    /// How long an answer may take that the host side waits for by itself.
    pub(super) patience: Duration,
    pub(super) queues: Queues,
    pub(super) watchers: HashMap<u64, Watcher>,
    pub(super) after: After,
    /// Bit n: address n is taken.
    pub(super) addresses: u128,
    numbers: u64,
    /// The soonest of the deadlines that the timer does not know.
    pub(super) sooner: Soonest,
}

impl Rest {
    /// A number that was never given before.
    pub(super) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// The lowest free address, 1 to 127. Fifteen ports cannot use them up.
    pub(super) fn take_address(&mut self) -> u8 {
        let address = (1..=127).find(|address| self.addresses & (1 << address) == 0).unwrap_or(127);
        self.addresses |= 1 << address;
        address
    }

    pub(super) fn free_address(&mut self, address: u8) {
        self.addresses &= !(1 << address);
    }

    /// A new queue; see [`Queue`].
    pub(super) fn add_queue(&mut self, queue: Queue) -> u64 {
        let number = self.number();
        self.queues.0.push_back((number, queue));
        number
    }
}

/// All queues of a bus, by their numbers, which rise.
#[derive(Default)]
pub(super) struct Queues(VecDeque<(u64, Queue)>);

impl Queues {
    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut Queue> {
        let at = self.0.binary_search_by_key(&id, |(number, _)| *number).ok()?;
        self.0.get_mut(at).map(|(_, queue)| queue)
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<Queue> {
        let at = self.0.binary_search_by_key(&id, |(number, _)| *number).ok()?;
        self.0.remove(at).map(|(_, queue)| queue)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Queue> {
        self.0.iter().map(|(_, queue)| queue)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (u64, &mut Queue)> {
        self.0.iter_mut().map(|(id, queue)| (*id, queue))
    }
}

/// The soonest of some deadlines.
#[derive(Default)]
pub(super) struct Soonest(pub(super) Option<Instant>);

impl Soonest {
    pub(super) fn set(&mut self, deadline: Instant) {
        self.0 = Some(self.0.map_or(deadline, |soonest| soonest.min(deadline)));
    }
}

/// What is done when the lock is free.
#[derive(Default)]
pub(super) struct After {
    pub(super) wake: Vec<Waker>,
    pub(super) warn: Vec<String>,
}

impl After {
    pub(super) fn run(self) {
        for warning in self.warn {
            tracing::warn!("{warning}");
        }
        for waker in self.wake {
            waker.wake();
        }
    }
}
