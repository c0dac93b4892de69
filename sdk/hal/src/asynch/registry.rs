//! What the futures of an instance wait for.

use alloc::vec::Vec;
use core::mem;
use core::task::Waker;

use super::lock::Lock;
use crate::bindings::periplasm::hal::wait;

/// Something that happens once, and stays so.
pub(crate) trait Event: Send + 'static {
    /// Whether it has happened.
    fn ready(&self) -> bool;
}

impl Event for wait::Event {
    fn ready(&self) -> bool {
        wait::Event::ready(self)
    }
}

/// The events of all futures that are pending.
pub(crate) struct Registry<E> {
    entries: Lock<Vec<Option<Entry<E>>>>,
    /// The waker of the innermost executor that waits for them.
    executor: Lock<Option<Waker>>,
}

struct Entry<E> {
    event: E,
    state: State,
}

enum State {
    /// Nobody was told yet.
    Waiting(Waker),
    /// It has happened and its future was woken: not to be waited for again,
    /// even if the future is not polled for a while.
    Happened,
}

impl<E: Event> Registry<E> {
    pub(crate) const fn new() -> Self {
        Self { entries: Lock::new(Vec::new()), executor: Lock::new(None) }
    }

    /// Says who waits for the events from now on, and returns who did.
    pub(crate) fn set_executor(&self, waker: Option<Waker>) -> Option<Waker> {
        self.executor.with(|executor| mem::replace(executor, waker))
    }

    /// Whether it is the executor itself that `waker` wakes.
    pub(crate) fn has_executor(&self, waker: &Waker) -> bool {
        self.executor.with(|executor| executor.as_ref().is_some_and(|it| it.will_wake(waker)))
    }

    /// Keeps `event` and returns its place.
    pub(crate) fn add(&self, event: E, waker: &Waker) -> usize {
        let entry = Entry { event, state: State::Waiting(waker.clone()) };
        self.entries.with(|entries| {
            let free = entries.iter().position(Option::is_none);
            let place = free.unwrap_or_else(|| {
                entries.push(None);
                entries.len() - 1
            });
            entries[place] = Some(entry);
            place
        })
    }

    /// Whether the event at `place` has happened. If not, `waker` is woken when
    /// it has.
    pub(crate) fn poll(&self, place: usize, waker: &Waker) -> bool {
        let new = waker.clone();
        let (happened, _old) = self.entries.with(|entries| {
            let Some(Some(entry)) = entries.get_mut(place) else { return (true, None) };
            // Asked again, because another future may have let time pass.
            if matches!(entry.state, State::Happened) || entry.event.ready() {
                return (true, None);
            }
            (false, Some(mem::replace(&mut entry.state, State::Waiting(new))))
        });
        happened
    }

    /// Whether the event at `place` is known to have happened. Asks nobody.
    pub(crate) fn has_happened(&self, place: usize) -> bool {
        self.entries.with(|entries| match entries.get(place) {
            Some(Some(entry)) => matches!(entry.state, State::Happened),
            _ => true,
        })
    }

    /// Drops the event at `place`.
    pub(crate) fn remove(&self, place: usize) {
        // Dropped here, outside of the lock.
        let _entry = self.entries.with(|entries| entries.get_mut(place).and_then(Option::take));
    }

    /// Waits by `any` until something happens, and wakes whom it concerns.
    /// `false` when there is nothing to wait for.
    pub(crate) fn wait(&self, any: impl FnOnce(&[&E]) -> Vec<u32>) -> bool {
        // Woken outside of the lock.
        let woken = self.entries.with(|entries| {
            let waiting = |entry: &&mut Entry<E>| matches!(entry.state, State::Waiting(_));
            let mut entries = entries.iter_mut().flatten().filter(waiting);
            let first = entries.next()?;
            let Some(second) = entries.next() else {
                // One alone is what most drivers wait for: no lists of ours.
                let happened = !any(&[&first.event]).is_empty();
                return Some((happened.then(|| first.happened()).flatten(), Vec::new()));
            };
            let mut entries: Vec<_> = [first, second].into_iter().chain(entries).collect();
            let events: Vec<&E> = entries.iter().map(|entry| &entry.event).collect();
            let places = any(&events);
            let wakers = places.into_iter().filter_map(|place| {
                entries.get_mut(place as usize).and_then(|entry| entry.happened())
            });
            Some((None, wakers.collect()))
        });
        let Some((one, more)) = woken else { return false };
        one.into_iter().chain(more).for_each(Waker::wake);
        true
    }
}

impl<E> Entry<E> {
    /// It has happened: whom to wake.
    fn happened(&mut self) -> Option<Waker> {
        match mem::replace(&mut self.state, State::Happened) {
            State::Waiting(waker) => Some(waker),
            State::Happened => None,
        }
    }
}
