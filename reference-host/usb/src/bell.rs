//! Waking whoever waits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use periplasm_backend::Event;

/// Takes a lock, whatever happened to its last holder: no state here is left
/// half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who is to be woken; each once.
#[derive(Debug, Default)]
pub(crate) struct Wakers(Vec<Waker>);

impl Wakers {
    /// Remembers one.
    pub(crate) fn add(&mut self, waker: &Waker) {
        if !self.0.iter().any(|other| other.will_wake(waker)) {
            self.0.push(waker.clone());
        }
    }

    /// Forgets all. They are to be woken without a lock: a waker may do anything.
    #[must_use]
    pub(crate) fn take(&mut self) -> Self {
        Self(std::mem::take(&mut self.0))
    }

    /// Wakes all.
    pub(crate) fn wake(self) {
        for waker in self.0 {
            waker.wake();
        }
    }
}

/// Rung by one thread, heard by another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bell(Arc<Mutex<(bool, Wakers)>>);

impl Bell {
    /// Rings until [`Self::silence`].
    pub(crate) fn ring(&self) {
        let woken = {
            let mut state = lock(&self.0);
            state.0 = true;
            state.1.take()
        };
        woken.wake();
    }

    /// Ends the ringing.
    pub(crate) fn silence(&self) {
        lock(&self.0).0 = false;
    }
}

impl Event for Bell {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.0);
        if state.0 {
            return Poll::Ready(());
        }
        state.1.add(context.waker());
        Poll::Pending
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }
}
