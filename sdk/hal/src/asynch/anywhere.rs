//! Waiting for an event in an executor of others.
//!
//! Such an executor would sleep until another thread wakes it, and a component
//! has none. So a future here wakes its executor at once, which makes it poll
//! everything else that can go on, and when it has been asked often enough
//! without news it waits itself, for all events of the instance together. It
//! waits for a short time only, because the executor may have timers of its own.

use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::{Context, Poll};

use super::happening::{Pending, REGISTRY};
use super::registry::{Event, Registry};
use crate::bindings::periplasm::hal::wait;

/// How often a future is asked before it waits: what else can go on in its
/// executor has as many turns.
const TURNS: u32 = 8;

/// The first time that is waited; each one that brings no news is followed by
/// one twice as long.
const FIRST_NS: u64 = 64_000;

/// How often it doubles: up to 4.1 ms. Longer would save little, and timers of
/// an executor may be as late as that.
const DOUBLINGS: u32 = 6;

/// Ready when `event` has happened, in any executor: in
/// [`block_on`](super::block_on()) it costs one call to the host for all that
/// is waited for, in others a few hundred short ones a second.
///
/// Dropping it drops the event.
pub fn anywhere(event: wait::Event) -> Anywhere {
    Anywhere(InAny::new(event, &HERE))
}

/// The future of [`anywhere`].
#[derive(Debug)]
#[must_use = "a future does nothing until it is polled"]
pub struct Anywhere(InAny<Here>);

impl Future for Anywhere {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(context)
    }
}

/// Where events happen; tests have their own.
pub(super) trait Place: 'static {
    type Event: Event;

    fn registry(&self) -> &'static Registry<Self::Event>;
    fn idle(&self) -> &Idle;
    fn any(&self, events: &[&Self::Event]) -> Vec<u32>;
    fn timer(&self, ns: u64) -> Self::Event;
}

/// How long nothing has happened.
pub(super) struct Idle {
    /// Waits since then.
    empty: AtomicU32,
    /// Waits at all.
    waits: AtomicU32,
}

impl Idle {
    pub(super) const fn new() -> Self {
        Self { empty: AtomicU32::new(0), waits: AtomicU32::new(0) }
    }
}

struct Here(Idle);

static HERE: Here = Here(Idle::new());

impl Place for Here {
    type Event = wait::Event;

    fn registry(&self) -> &'static Registry<wait::Event> {
        &REGISTRY
    }

    fn idle(&self) -> &Idle {
        &self.0
    }

    fn any(&self, events: &[&wait::Event]) -> Vec<u32> {
        wait::any(events)
    }

    fn timer(&self, ns: u64) -> wait::Event {
        wait::timer(ns)
    }
}

pub(super) struct InAny<P: Place> {
    place: &'static P,
    pending: Pending<P::Event>,
    /// How often it was asked since the wait of this number.
    turns: u32,
    since: u32,
}

impl<P: Place> InAny<P> {
    pub(super) fn new(event: P::Event, place: &'static P) -> Self {
        Self { place, pending: Pending::new(event, place.registry()), turns: 0, since: 0 }
    }

    /// Counts this turn, and says whether it is time to wait.
    fn is_patient(&mut self) -> bool {
        let waits = self.place.idle().waits.load(Ordering::Relaxed);
        if self.since != waits {
            (self.since, self.turns) = (waits, 0);
        }
        self.turns += 1;
        self.turns > TURNS
    }

    /// Waits for all events of the instance, for a time.
    fn wait(&self) {
        let idle = self.place.idle();
        let empty = idle.empty.load(Ordering::Relaxed);
        let mut news = false;
        self.place.registry().wait(|events| {
            let timer = self.place.timer(FIRST_NS << empty.min(DOUBLINGS));
            let with_timer: Vec<_> = events.iter().copied().chain([&timer]).collect();
            let mut places = self.place.any(&with_timer);
            places.retain(|&place| (place as usize) < events.len());
            news = !places.is_empty();
            places
        });
        idle.waits.fetch_add(1, Ordering::Relaxed);
        idle.empty.store(if news { 0 } else { empty.saturating_add(1) }, Ordering::Relaxed);
    }
}

impl<P: Place> Future for InAny<P> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let executor = self.place.registry().has_executor(context.waker());
        if executor || !self.pending.is_known_pending() {
            if Pin::new(&mut self.pending).poll(context).is_ready() {
                return Poll::Ready(());
            }
            if executor {
                return Poll::Pending;
            }
        }
        if self.is_patient() {
            self.wait();
            if Pin::new(&mut self.pending).poll(context).is_ready() {
                return Poll::Ready(());
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<P: Place> fmt::Debug for InAny<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pending.fmt(f)
    }
}

#[cfg(test)]
mod tests;
