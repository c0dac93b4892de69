//! Transactions that are started and finished in two calls.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::{Event, Moment};

/// What a started transaction ends with: the bytes of each of its reads, in
/// order.
pub type Outcome<E> = Result<Vec<Vec<u8>>, E>;

/// A transaction that was started. One that is dropped goes on to its end.
pub struct Transfer<E>(Inner<E>);

enum Inner<E> {
    /// It was done, and is over on the wires at a moment.
    Until(Moment, Option<Outcome<E>>),
    /// Somebody else does it.
    Elsewhere(Arc<Running<E>>),
}

impl<E> Transfer<E> {
    pub(crate) fn until(moment: Moment, outcome: Outcome<E>) -> Self {
        Self(Inner::Until(moment, Some(outcome)))
    }

    /// The transfer, and where its outcome is to be put: without one it ends
    /// with `error`.
    pub(crate) fn elsewhere(error: E) -> (Self, Promise<E>) {
        let running = Arc::new(Running::default());
        (Self(Inner::Elsewhere(running.clone())), Promise { running, otherwise: Some(error) })
    }

    /// A transfer that is over.
    pub(crate) fn ended(outcome: Outcome<E>) -> Self {
        let running = Arc::new(Running::default());
        Promise { running: running.clone(), otherwise: None }.keep(outcome);
        Self(Inner::Elsewhere(running))
    }

    /// What came of it, waiting for its end if need be; nothing if that was
    /// asked before.
    pub fn finish(&mut self) -> Option<Outcome<E>> {
        match &mut self.0 {
            Inner::Until(moment, outcome) => {
                let outcome = outcome.take()?;
                moment.wait();
                Some(outcome)
            }
            Inner::Elsewhere(running) => running.wait(),
        }
    }
}

impl<E: Send + 'static> Transfer<E> {
    /// Its end.
    pub fn done(&self) -> Box<dyn Event> {
        match &self.0 {
            Inner::Until(moment, _) => Box::new(moment.clone()),
            Inner::Elsewhere(running) => Box::new(Done { running: running.clone(), key: None }),
        }
    }
}

impl<E> fmt::Debug for Transfer<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer").finish_non_exhaustive()
    }
}

struct Running<E> {
    state: Mutex<State<E>>,
    ended: Condvar,
}

struct State<E> {
    ended: bool,
    outcome: Option<Outcome<E>>,
    next: u64,
    wakers: Vec<(u64, Waker)>,
}

impl<E> Default for Running<E> {
    fn default() -> Self {
        let state = State { ended: false, outcome: None, next: 0, wakers: Vec::new() };
        Self { state: Mutex::new(state), ended: Condvar::new() }
    }
}

impl<E> Running<E> {
    fn lock(&self) -> MutexGuard<'_, State<E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self) -> Option<Outcome<E>> {
        let mut state = self.lock();
        while !state.ended {
            state = self.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.outcome.take()
    }
}

/// Where the outcome of a transfer is put. Dropped without one, as when the
/// backend panicked, it ends the transfer with an error.
pub(crate) struct Promise<E> {
    running: Arc<Running<E>>,
    otherwise: Option<E>,
}

impl<E> Promise<E> {
    pub(crate) fn keep(mut self, outcome: Outcome<E>) {
        self.otherwise = None;
        self.end(outcome);
    }

    fn end(&self, outcome: Outcome<E>) {
        let mut state = self.running.lock();
        (state.ended, state.outcome) = (true, Some(outcome));
        let wakers = std::mem::take(&mut state.wakers);
        drop(state);
        self.running.ended.notify_all();
        wakers.into_iter().for_each(|(_, waker)| waker.wake());
    }
}

impl<E> Drop for Promise<E> {
    fn drop(&mut self) {
        if let Some(error) = self.otherwise.take() {
            self.end(Err(error));
        }
    }
}

struct Done<E> {
    running: Arc<Running<E>>,
    key: Option<u64>,
}

impl<E: Send> Event for Done<E> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.running.lock();
        if state.ended {
            return Poll::Ready(());
        }
        let key = *self.key.get_or_insert_with(|| {
            state.next += 1;
            state.next
        });
        let waker = context.waker().clone();
        match state.wakers.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = waker,
            None => state.wakers.push((key, waker)),
        }
        Poll::Pending
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }
}

impl<E> Drop for Done<E> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.running.lock().wakers.retain(|(known, _)| *known != key);
        }
    }
}
