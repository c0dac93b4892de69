//! Waking a thread that waits for events.

use std::sync::Arc;
use std::task::{Wake, Waker};
use std::thread::Thread;

/// Gives what unparks this thread. It is made once a thread, so that a wait
/// allocates nothing.
pub fn with_waker<T>(wait: impl FnOnce(&Waker) -> T) -> T {
    WAKER.with(|waker| wait(waker))
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

thread_local! {
    /// Wakes this thread.
    static WAKER: Waker = Waker::from(Arc::new(Unpark(std::thread::current())));
}
