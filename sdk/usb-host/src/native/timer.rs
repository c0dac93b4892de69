//! Wakes futures at moments: one thread for the whole process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, Once, PoisonError};
use std::task::Waker;
use std::time::Instant;

use super::locked;

type Key = (Instant, u64);

static WAITING: Mutex<BTreeMap<Key, Waker>> = Mutex::new(BTreeMap::new());
static EARLIER: Condvar = Condvar::new();
static THREAD: Once = Once::new();

/// A moment, and whom to wake then.
#[derive(Debug)]
pub(super) struct Alarm(Key);

impl Alarm {
    pub(super) fn new(at: Instant) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self((at, NEXT.fetch_add(1, Ordering::Relaxed)))
    }

    pub(super) fn at(&self) -> Instant {
        self.0.0
    }

    /// Wakes `waker` then, and no other one of this alarm.
    pub(super) fn set(&self, waker: &Waker) {
        THREAD.call_once(|| drop(std::thread::spawn(ring)));
        let mut waiting = locked(&WAITING);
        waiting.insert(self.0, waker.clone());
        if waiting.keys().next() == Some(&self.0) {
            EARLIER.notify_one();
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        let _waker = locked(&WAITING).remove(&self.0);
    }
}

fn ring() {
    let mut waiting = locked(&WAITING);
    loop {
        let Some(&(at, _)) = waiting.keys().next() else {
            waiting = EARLIER.wait(waiting).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let left = at.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            let woken = EARLIER.wait_timeout(waiting, left);
            waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
            continue;
        }
        let first = waiting.pop_first();
        // Outside of the lock: a waker may do anything.
        drop(waiting);
        if let Some((_, waker)) = first {
            waker.wake();
        }
        waiting = locked(&WAITING);
    }
}
