//! Who is to be woken when something changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// Those who listen to one thing.
#[derive(Clone, Default)]
pub(super) struct Wakers(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    next: u64,
    waiting: BTreeMap<u64, Waker>,
}

impl Wakers {
    /// Somebody who listens.
    pub(super) fn listen(&self) -> Listener {
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        Listener { wakers: self.clone(), number }
    }

    /// Wakes all who asked for it, once.
    pub(super) fn wake(&self) {
        let woken = std::mem::take(&mut self.lock().waiting);
        woken.into_values().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Has one waker woken at a time, and none any more when it is dropped.
pub(super) struct Listener {
    wakers: Wakers,
    number: u64,
}

impl Listener {
    /// Has `waker` woken at the next change.
    pub(super) fn wake(&self, waker: &Waker) {
        let mut state = self.wakers.lock();
        match state.waiting.get_mut(&self.number) {
            Some(known) => known.clone_from(waker),
            None => {
                state.waiting.insert(self.number, waker.clone());
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.wakers.lock().waiting.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn each_listener_is_woken_once_and_leaves_nothing_behind() {
        let wakers = Wakers::default();
        let count = Arc::new(Count::default());
        let waker = Waker::from(count.clone());
        let (stays, goes) = (wakers.listen(), wakers.listen());
        for _ in 0..3 {
            stays.wake(&waker);
            goes.wake(&waker);
        }
        drop(goes);
        wakers.wake();
        wakers.wake();
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
        assert!(wakers.lock().waiting.is_empty());
    }
}
