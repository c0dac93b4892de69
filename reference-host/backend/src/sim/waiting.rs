//! Waiting for something on a simulated board.

use std::sync::Arc;
use std::task::{Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use super::wakers::Listener;
use crate::Clock;

/// Something that others change, and that may change by itself.
pub(super) trait Source {
    /// Somebody who is woken when others change it.
    fn listen(&self) -> Listener;

    /// The next moment at which it changes by itself, if that is known.
    fn next_ns(&self) -> Option<u64>;
}

/// Waits until `look` finds something at a moment, or the clock shows
/// `until_ns`.
///
/// A virtual clock is moved to the moments at which `source` changes by itself,
/// and to `until_ns` if there are none before. With nothing known and `until_ns`
/// at the end of time it stands still, and nothing is found: another thread may
/// still change something, but how long to wait for that only the caller knows.
/// With a real clock the thread sleeps until then, or until it is woken.
pub(super) fn wait<T>(
    clock: &dyn Clock,
    source: &impl Source,
    until_ns: u64,
    mut look: impl FnMut(u64) -> Option<T>,
) -> Option<T> {
    let mut now = clock.now_ns();
    if let Some(found) = look(now) {
        return Some(found);
    }
    if clock.is_virtual() {
        loop {
            let next = source.next_ns().filter(|next| *next > now);
            if now >= until_ns || (next.is_none() && until_ns == u64::MAX) {
                return None;
            }
            clock.delay_until(next.unwrap_or(u64::MAX).min(until_ns));
            now = clock.now_ns();
            if let Some(found) = look(now) {
                return Some(found);
            }
        }
    }
    let (waker, listener) = (waker(), source.listen());
    loop {
        // First to be woken, then to look: what changes between is not missed.
        listener.wake(&waker);
        now = clock.now_ns();
        if let Some(found) = look(now) {
            return Some(found);
        }
        if now >= until_ns {
            return None;
        }
        let next = source.next_ns().filter(|next| *next > now).unwrap_or(u64::MAX);
        match next.min(until_ns) {
            u64::MAX => thread::park(),
            moment => thread::park_timeout(Duration::from_nanos(moment - now)),
        }
    }
}

/// Wakes this thread.
pub(crate) fn waker() -> Waker {
    Waker::from(Arc::new(Unpark(thread::current())))
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
