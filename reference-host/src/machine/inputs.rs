//! Inputs: any number of slots read one, and each gets each edge.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use periplasm_backend::{Condition, Edge, Event, InputPin, Level, MAX_EDGES, PinError};

/// Where a slot gets its input from when its handle is opened.
#[derive(Clone)]
pub(crate) struct InputSource(Arc<dyn Fn() -> Option<Input> + Send + Sync>);

impl InputSource {
    pub(super) fn new(make: impl Fn() -> Option<Input> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    /// An input whose edges count from now on.
    pub(crate) fn open(&self) -> Option<Input> {
        (self.0)()
    }
}

/// One slot's input.
pub(crate) enum Input {
    /// It has one of its own.
    Own(Box<dyn InputPin>),
    /// It listens to one that others may listen to as well.
    Shared(Listener),
}

impl Input {
    pub(crate) fn level(&mut self) -> Result<Level, PinError> {
        match self {
            Self::Own(pin) => pin.level(),
            Self::Shared(listener) => listener.level(),
        }
    }

    pub(crate) fn watch(&mut self, condition: Condition) -> Result<Box<dyn Event>, PinError> {
        match self {
            Self::Own(pin) => pin.watch(condition),
            Self::Shared(listener) => listener.watch(condition),
        }
    }

    /// The oldest edge that was not taken yet. For one that is still to come it
    /// may wait until the clock shows `until_ns`, or let its caller wait.
    pub(crate) fn next_edge(&mut self, until_ns: u64) -> Result<Option<Edge>, PinError> {
        match self {
            Self::Own(pin) => pin.next_edge(until_ns),
            Self::Shared(listener) => listener.next_edge(),
        }
    }
}

/// A pin, and who listens to it.
#[derive(Clone)]
pub(super) struct Listeners(Arc<Mutex<Inner>>);

struct Inner {
    pin: Box<dyn InputPin>,
    queues: BTreeMap<u64, VecDeque<Edge>>,
    next: u64,
}

/// One of several who listen to a pin. Nothing here waits: the host does, so
/// that the lock is never held for long.
pub(crate) struct Listener {
    listeners: Listeners,
    number: u64,
}

impl Listeners {
    pub(super) fn new(pin: Box<dyn InputPin>) -> Self {
        Self(Arc::new(Mutex::new(Inner { pin, queues: BTreeMap::new(), next: 0 })))
    }

    /// Somebody who gets each edge from now on.
    pub(super) fn listen(&self) -> Listener {
        let mut inner = self.inner();
        // What went before is for the others. A pin that cannot be read now
        // says so when it is used.
        let _ = inner.spread();
        let number = inner.next;
        inner.next += 1;
        inner.queues.insert(number, VecDeque::new());
        Listener { listeners: self.clone(), number }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Hands the edges that have happened to all who listen.
    fn spread(&mut self) -> Result<(), PinError> {
        // No more than the pin keeps: one that never rests must not hold us.
        for _ in 0..MAX_EDGES {
            let Some(edge) = self.pin.next_edge(0)? else { break };
            self.queues.values_mut().for_each(|queue| put(queue, edge));
        }
        Ok(())
    }
}

/// The oldest edge makes room for a new one, and is counted by its successor.
fn put(queue: &mut VecDeque<Edge>, edge: Edge) {
    queue.push_back(edge);
    if queue.len() > MAX_EDGES
        && let Some(dropped) = queue.pop_front()
        && let Some(oldest) = queue.front_mut()
    {
        oldest.lost = oldest.lost.saturating_add(dropped.lost).saturating_add(1);
    }
}

impl Listener {
    fn level(&self) -> Result<Level, PinError> {
        self.listeners.inner().pin.level()
    }

    fn watch(&self, condition: Condition) -> Result<Box<dyn Event>, PinError> {
        self.listeners.inner().pin.watch(condition)
    }

    fn next_edge(&self) -> Result<Option<Edge>, PinError> {
        let mut inner = self.listeners.inner();
        inner.spread()?;
        Ok(inner.queues.get_mut(&self.number).and_then(VecDeque::pop_front))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.listeners.inner().queues.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_counts_what_it_drops() {
        let mut queue = VecDeque::new();
        let edge = |at_ns, lost| Edge { to: Level::High, at_ns, lost };
        put(&mut queue, edge(0, 5));
        (1..MAX_EDGES as u64 + 2).for_each(|at_ns| put(&mut queue, edge(at_ns, 0)));
        assert_eq!(queue.len(), MAX_EDGES);
        assert_eq!(queue.front(), Some(&edge(2, 5 + 2)));
    }
}
