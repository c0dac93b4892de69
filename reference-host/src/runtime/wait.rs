//! A moment an app waits for, on the board's clock.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use periplasm_backend::Clock;
use wasmtime_wasi::p2::Pollable;

/// A moment to wait for.
pub(super) struct Wait {
    clock: Arc<dyn Clock>,
    until_ns: u64,
    how: How,
}

enum How {
    /// The clock goes by itself; not beyond the end of the run.
    Real { end: Option<Instant> },
    /// The clock goes when somebody waits.
    Simulated(Waits),
}

/// The moments that are being waited for at once, each with how often. The app
/// wakes up at the first of them, so a simulated clock must not pass it.
#[derive(Clone, Default)]
pub(crate) struct Waits(Arc<Mutex<BTreeMap<u64, usize>>>);

impl Wait {
    pub(super) fn real(clock: &Arc<dyn Clock>, until_ns: u64, end: Option<Instant>) -> Self {
        Self { clock: clock.clone(), until_ns, how: How::Real { end } }
    }

    pub(super) fn simulated(clock: &Arc<dyn Clock>, until_ns: u64, waits: &Waits) -> Self {
        Self { clock: clock.clone(), until_ns, how: How::Simulated(waits.clone()) }
    }

    fn left_ns(&self) -> u64 {
        self.until_ns.saturating_sub(self.clock.now_ns())
    }

    async fn simulate(&self, waits: &Waits) {
        let _waiting = Waiting::new(waits, self.until_ns);
        while self.left_ns() > 0 {
            // Asking whether the moment has come must not make it come; only
            // who waits for it comes here a second time, and by then all that
            // are waited for have come once.
            once_pending().await;
            if waits.first() == Some(self.until_ns) {
                self.clock.delay_ns(self.left_ns());
            }
        }
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Wait {
    async fn ready(&mut self) {
        let left = self.left_ns();
        if left == 0 {
            return;
        }
        let end = match &self.how {
            How::Simulated(waits) => return self.simulate(waits).await,
            How::Real { end } => *end,
        };
        let until = Instant::now().checked_add(Duration::from_nanos(left));
        match (until, end) {
            (Some(until), end) => {
                tokio::time::sleep_until(end.map_or(until, |end| until.min(end)).into()).await;
            }
            (None, Some(end)) => tokio::time::sleep_until(end.into()).await,
            (None, None) => std::future::pending().await,
        }
    }
}

impl Waits {
    fn moments(&self) -> MutexGuard<'_, BTreeMap<u64, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn first(&self) -> Option<u64> {
        self.moments().keys().next().copied()
    }
}

/// Somebody waits for a moment, until this is dropped.
struct Waiting<'a> {
    waits: &'a Waits,
    until_ns: u64,
}

impl<'a> Waiting<'a> {
    fn new(waits: &'a Waits, until_ns: u64) -> Self {
        *waits.moments().entry(until_ns).or_default() += 1;
        Self { waits, until_ns }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut moments = self.waits.moments();
        if let Some(count) = moments.get_mut(&self.until_ns) {
            *count -= 1;
            if *count == 0 {
                moments.remove(&self.until_ns);
            }
        }
    }
}

async fn once_pending() {
    let mut waited = false;
    poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
