//! Ending a pipeline from another thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;

/// Ends a pipeline that runs on another thread: whatever it computes or waits
/// for, within some milliseconds. Only an app that waits through WASI, for time
/// or standard input, first finishes that.
#[derive(Clone, Debug, Default)]
pub struct Stopper(Arc<Stopping>);

#[derive(Debug, Default)]
struct Stopping {
    stopped: AtomicBool,
    /// Who waits, and has to be woken.
    waiting: Mutex<Option<Thread>>,
}

impl Stopper {
    /// Ends the pipeline. It fails with [`Cause::Stopped`](crate::Cause::Stopped).
    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
        if let Some(thread) = &*self.waiting() {
            thread.unpark();
        }
    }

    #[inline]
    pub(super) fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::SeqCst)
    }

    /// Has this thread woken from now on; not if it should not sleep at all.
    pub(super) fn may_sleep(&self) -> bool {
        let mut waiting = self.waiting();
        let thread = std::thread::current();
        if waiting.as_ref().is_none_or(|known| known.id() != thread.id()) {
            *waiting = Some(thread);
        }
        drop(waiting);
        // Whoever stops after this finds the thread.
        !self.is_stopped()
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Thread>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
