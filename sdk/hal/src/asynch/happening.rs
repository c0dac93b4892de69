//! The future of an event: all others are made of it.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::registry::{Event, Registry};
use crate::bindings::periplasm::hal::wait;

/// What the instance waits for.
pub(super) static REGISTRY: Registry<wait::Event> = Registry::new();

/// Ready when `event` has happened. For [`block_on`](super::block_on()) alone.
///
/// Dropping it drops the event: nothing is left to wait for.
pub fn happening(event: wait::Event) -> Happening {
    Happening(Pending::new(event, &REGISTRY))
}

/// The future of [`happening`].
#[derive(Debug)]
#[must_use = "a future does nothing until it is polled"]
pub struct Happening(Pending<wait::Event>);

impl Future for Happening {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(context)
    }
}

/// The same for any kind of event and any registry, so that tests can have
/// theirs.
pub(super) struct Pending<E: Event> {
    registry: &'static Registry<E>,
    state: State<E>,
}

enum State<E> {
    /// Not polled yet.
    New(E),
    /// In the registry, at this place.
    Kept(usize),
    Done,
}

impl<E: Event> Pending<E> {
    pub(super) fn new(event: E, registry: &'static Registry<E>) -> Self {
        Self { registry, state: State::New(event) }
    }

    /// Whether the last answer still holds, as far as it can be known without
    /// asking the host.
    pub(super) fn is_known_pending(&self) -> bool {
        match self.state {
            State::Kept(place) => !self.registry.has_happened(place),
            State::New(_) | State::Done => false,
        }
    }
}

impl<E: Event> fmt::Debug for Pending<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.state {
            State::New(_) => "New",
            State::Kept(_) => "Kept",
            State::Done => "Done",
        })
    }
}

// Nothing in it is pinned.
impl<E: Event> Unpin for Pending<E> {}

impl<E: Event> Future for Pending<E> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match core::mem::replace(&mut self.state, State::Done) {
            State::New(event) => {
                if event.ready() {
                    return Poll::Ready(());
                }
                self.state = State::Kept(self.registry.add(event, context.waker()));
                Poll::Pending
            }
            State::Kept(place) => {
                self.state = State::Kept(place);
                if !self.registry.poll(place, context.waker()) {
                    return Poll::Pending;
                }
                self.state = State::Done;
                self.registry.remove(place);
                Poll::Ready(())
            }
            State::Done => Poll::Ready(()),
        }
    }
}

impl<E: Event> Drop for Pending<E> {
    fn drop(&mut self) {
        if let State::Kept(place) = self.state {
            self.registry.remove(place);
        }
    }
}
