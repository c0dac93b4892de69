//! A thread that does what blocks.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// The most transactions that wait for one bus.
const MOST_WAITING: usize = 64;

type Job = Box<dyn FnOnce() + Send>;

/// A thread of one bus, made when it is needed first. It does what it was given
/// in that order, and ends when the bus is dropped.
#[derive(Default)]
pub(crate) struct Worker(Mutex<Option<SyncSender<Job>>>);

impl Worker {
    /// Has it do `job` after all it was given before. When too many wait
    /// already, or there is no thread to be had, `job` is dropped.
    pub(crate) fn give(&self, job: impl FnOnce() + Send + 'static) {
        let mut worker = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if worker.is_none() {
            let (sender, receiver) = sync_channel::<Job>(MOST_WAITING);
            let thread = std::thread::Builder::new().name("bus".to_owned()).spawn(move || {
                for job in receiver {
                    // A backend that panics fails its transaction alone: the
                    // promise that it drops says so.
                    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
                }
            });
            *worker = thread.is_ok().then_some(sender);
        }
        if let Some(worker) = &*worker {
            // Refused or not: the job is gone, and its transfer knows.
            let _ = worker.try_send(Box::new(job));
        }
    }
}
