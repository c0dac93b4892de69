//! Those who wait for something on the bus.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use periplasm_backend::Event;

use super::bus::{After, Bus, Shared};

/// Whom to wake, each by a number of its own.
#[derive(Default)]
pub(super) struct Listeners(Vec<(u64, Waker)>);

impl Listeners {
    /// Wakes all, after the lock. Whoever still waits comes again.
    pub(super) fn wake(&mut self, after: &mut After) {
        after.wake.extend(self.0.drain(..).map(|(_, waker)| waker));
    }

    fn add(&mut self, number: u64, waker: &Waker) {
        match self.0.iter_mut().find(|(known, _)| *known == number) {
            Some((_, known)) => known.clone_from(waker),
            None => self.0.push((number, waker.clone())),
        }
    }

    fn remove(&mut self, number: u64) {
        self.0.retain(|(known, _)| *known != number);
    }
}

/// What can be waited for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject {
    /// A gadget is to be told something; by the index of its port.
    Gadget(usize),
    /// A queue has an ended transfer at its head, or is empty.
    Queue(u64),
    /// A listener of hotplug has a change.
    Watcher(u64),
    /// No device of a port is being enumerated.
    Settled(usize),
}

/// Waits for one subject.
pub(super) struct Waiting {
    shared: Arc<Shared>,
    subject: Subject,
    number: Option<u64>,
}

impl Waiting {
    pub(super) fn new(shared: &Arc<Shared>, subject: Subject) -> Self {
        Self { shared: Arc::clone(shared), subject, number: None }
    }
}

impl Event for Waiting {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Self { shared, subject, number } = self;
        shared.with(|bus| {
            let new = bus.rest.number();
            match bus.listeners(*subject) {
                // Whoever is gone has nothing to wait for.
                None | Some((true, _)) => Poll::Ready(()),
                Some((false, listeners)) => {
                    listeners.add(*number.get_or_insert(new), context.waker());
                    Poll::Pending
                }
            }
        })
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        self.shared.with(|bus: &mut Bus| {
            if let Some((_, listeners)) = bus.listeners(self.subject) {
                listeners.remove(number);
            }
        });
    }
}
