//! Where requests wait.

use tokio::runtime::{Builder, Handle};

/// A runtime of one's own, which is used by one call after another.
#[derive(Debug)]
pub(super) struct Runtime(Option<tokio::runtime::Runtime>);

impl Runtime {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self(Some(Builder::new_current_thread().enable_all().build()?)))
    }

    /// Runs `work`, which may block on this runtime, where that may be done: not on
    /// a thread that already drives another one.
    pub(super) fn apart<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        if Handle::try_current().is_err() {
            return work();
        }
        std::thread::scope(|scope| match scope.spawn(work).join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    }

    /// Waits for `future`.
    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        match &self.0 {
            Some(runtime) => runtime.block_on(future),
            None => unreachable!("it is taken only when it is dropped"),
        }
    }
}

impl Drop for Runtime {
    /// Without waiting, which a thread of another runtime may not.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
