//! The executor.

use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};

use super::happening::REGISTRY;
use super::registry::{Event, Registry};
use crate::bindings::periplasm::hal::wait;

/// Runs `future` to its end, and waits on the board's clock whenever it cannot
/// go on.
///
/// Everything that it joins or selects goes on at once: the handles' futures
/// ([`happening`](super::happening()) and all that `embedded-hal-async` has), and
/// combinators such as those of embassy-futures and futures-util.
///
/// # Panics
///
/// When the future waits for something that no handle gives, such as a channel
/// that nobody sends to: it would wait for ever.
///
/// ```
/// use periplasm_hal::block_on;
/// assert_eq!(block_on(async { 40 + 2 }), 42);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    run(future, &REGISTRY, wait::any)
}

pub(super) fn run<F: Future, E: Event>(
    future: F,
    registry: &Registry<E>,
    any: impl Fn(&[&E]) -> Vec<u32>,
) -> F::Output {
    let mut future = pin!(future);
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let waker = Waker::from(woken.clone());
    let mut context = Context::from_waker(&waker);
    let _executor = Executor::new(registry, waker.clone());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        while !woken.0.swap(false, Ordering::Relaxed) {
            assert!(registry.wait(&any), "block_on: the future waits for nothing that can happen");
        }
    }
}

/// What is known to the registry as its executor until it is dropped.
struct Executor<'a, E: Event> {
    registry: &'a Registry<E>,
    outer: Option<Waker>,
}

impl<'a, E: Event> Executor<'a, E> {
    fn new(registry: &'a Registry<E>, waker: Waker) -> Self {
        let outer = registry.set_executor(Some(waker));
        Self { registry, outer }
    }
}

impl<E: Event> Drop for Executor<'_, E> {
    fn drop(&mut self) {
        let _inner = self.registry.set_executor(self.outer.take());
    }
}

/// Whether the future asked to be polled again.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
