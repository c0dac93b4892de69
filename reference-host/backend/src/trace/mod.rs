//! What hardware was asked, and what it answered.

mod entry;
mod i2c;
mod line;
mod pins;
mod signals;
mod spi;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::Clock;

pub use entry::{Act, Entry, SpiStep, Step, UsbTransfer};
pub use line::describe;

/// Hardware of any kind that tells a sink of all that was done with it.
///
/// A wait that ended without what it waited for, and a read of a queue that had
/// nothing, are not told: how often that happens depends on who waits, and not
/// on what the driver does.
pub struct Traced<T> {
    hardware: T,
    teller: Teller,
}

impl<T> Traced<T> {
    /// Traces `hardware`: `sink` gets one [`Entry`] a transaction or call, in
    /// their order, while the hardware is still held. It should be quick.
    pub fn new(
        hardware: T,
        clock: Arc<dyn Clock>,
        sink: impl FnMut(Entry) + Send + 'static,
    ) -> Traced<T> {
        Self { hardware, teller: Teller { clock, sink: Arc::new(Mutex::new(sink)) } }
    }
}

impl<T> fmt::Debug for Traced<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traced").finish_non_exhaustive()
    }
}

/// Who tells the sink.
#[derive(Clone)]
struct Teller {
    clock: Arc<dyn Clock>,
    sink: Arc<Mutex<dyn FnMut(Entry) + Send>>,
}

impl Teller {
    fn now_ns(&self) -> u64 {
        self.clock.now_ns()
    }

    fn tell(&self, at_ns: u64, act: Act) {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        (*sink)(Entry { at_ns, act });
    }

    fn tell_now(&self, act: Act) {
        self.tell(self.now_ns(), act);
    }
}
