//! Something that happens once.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::Clock;

/// Something to wait for beside others: an edge, a moment, the end of a
/// transfer. Once it has happened it stays so.
///
/// It happens by itself, on another thread of the backend (which then wakes the
/// waker), or when the clock shows [`Self::next_ns`], or both. So a host can
/// wait for any set of events of any backends: it asks all of them, and if none
/// has happened it lets the clock go to the earliest moment, or sleeps until it
/// is woken.
pub trait Event: Send {
    /// Whether it has happened. If not, the waker of the last call is woken when
    /// it may be worth asking again for a reason other than the clock.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()>;

    /// The next moment on the board's clock at which asking again may give
    /// another answer, if one is known.
    fn next_ns(&self) -> Option<u64>;

    /// Whether it comes from outside of the simulation: from real hardware, or
    /// from another program. Then real time passes while it is waited for, even
    /// on a board whose clock is virtual.
    fn outside(&self) -> bool {
        false
    }
}

/// A moment on a clock.
#[derive(Clone)]
pub struct Moment {
    clock: Arc<dyn Clock>,
    at_ns: u64,
}

impl Moment {
    /// When `clock` shows `at_ns`.
    pub fn new(clock: Arc<dyn Clock>, at_ns: u64) -> Self {
        Self { clock, at_ns }
    }

    /// Returns when it has come.
    pub fn wait(&self) {
        self.clock.delay_until(self.at_ns);
    }
}

impl Event for Moment {
    fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
        if self.clock.now_ns() >= self.at_ns { Poll::Ready(()) } else { Poll::Pending }
    }

    fn next_ns(&self) -> Option<u64> {
        Some(self.at_ns)
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Moment").field("at_ns", &self.at_ns).finish_non_exhaustive()
    }
}
