//! Waiting for the world: where events, a board's clock and the end of the run
//! meet. Every host function that may wait does it here.

use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use periplasm_backend::{Clock, Event};

use super::state::State;
use super::watch::{Stop, Watch};

/// A moment that never comes.
pub(super) const NEVER: u64 = u64::MAX;

/// How long a simulated board on which nothing is going to happen is left alone
/// before it is looked at again. Whatever another pipeline does wakes the
/// thread anyway; this bounds how late the run's end is seen.
const SLICE: Duration = Duration::from_millis(10);

/// By what a wait is bounded.
pub(super) struct Waiting<'a> {
    clock: &'a dyn Clock,
    real_time: bool,
    watch: &'a Watch,
}

/// What looking at events has shown.
pub(super) enum Look {
    /// At least one has happened.
    Happened,
    /// None has. The first moment at which one may, if any is known.
    Until(Option<u64>),
}

impl Look {
    /// Looks at one event.
    pub(super) fn at(event: &mut dyn Event, context: &mut Context<'_>) -> Self {
        if event.poll(context).is_ready() { Self::Happened } else { Self::Until(event.next_ns()) }
    }
}

impl<'a> Waiting<'a> {
    pub(super) fn new(clock: &'a Arc<dyn Clock>, real_time: bool, watch: &'a Watch) -> Self {
        Self { clock: &**clock, real_time, watch }
    }

    /// Waits until `look` says that it has happened (`true`), or until the
    /// board's clock shows `until_ns` (`false`).
    pub(super) fn wait(
        &self,
        until_ns: u64,
        mut look: impl FnMut(&mut Context<'_>) -> Look,
    ) -> Result<bool, Stop> {
        WAKER.with(|waker| {
            let mut context = Context::from_waker(waker);
            loop {
                let next = match look(&mut context) {
                    Look::Happened => return Ok(true),
                    Look::Until(next) => next,
                };
                let now = self.clock.now_ns();
                if now >= until_ns {
                    return Ok(false);
                }
                self.watch.check_timeout()?;
                // An event that has not happened at its own moment says nothing
                // about the next one.
                let next = next.filter(|next| *next > now).unwrap_or(NEVER).min(until_ns);
                self.pass(next, now);
            }
        })
    }

    /// Lets time go by until `next_ns`, or less.
    fn pass(&self, next_ns: u64, now_ns: u64) {
        let moment = (next_ns != NEVER).then(|| Duration::from_nanos(next_ns - now_ns));
        let end = self.watch.deadline().map(|end| end.saturating_duration_since(Instant::now()));
        let longest = match (moment, self.real_time) {
            (Some(moment), false) => {
                self.clock.delay_ns(u64::try_from(moment.as_nanos()).unwrap_or(NEVER));
                return;
            }
            (moment, true) => moment,
            (None, false) => Some(SLICE),
        };
        match [longest, end].into_iter().flatten().min() {
            Some(longest) => std::thread::park_timeout(longest),
            None => std::thread::park(),
        }
    }
}

impl State {
    /// The moment at which a guest's timeout ends.
    #[inline]
    pub(super) fn until_ns(&self, timeout_ns: Option<u64>) -> u64 {
        timeout_ns.map_or(NEVER, |ns| self.clock.now_ns().saturating_add(ns))
    }

    /// Waits for one event: whether it happened before `until_ns`.
    pub(super) fn wait_for(&self, event: &mut dyn Event, until_ns: u64) -> Result<bool, Stop> {
        Waiting::new(&self.clock, self.real_time, &self.watch)
            .wait(until_ns, |context| Look::at(event, context))
    }

    /// The same moment, but not after the end of the run as far as that can be
    /// told on the board's clock: for a backend that waits by itself.
    pub(super) fn bounded_ns(&self, until_ns: u64) -> u64 {
        match self.watch.deadline() {
            Some(end) if self.real_time => {
                let left = end.saturating_duration_since(Instant::now());
                let left = u64::try_from(left.as_nanos()).unwrap_or(NEVER);
                until_ns.min(self.clock.now_ns().saturating_add(left))
            }
            _ => until_ns,
        }
    }
}

/// Leaves the board to others for a moment.
pub(super) fn idle() {
    std::thread::park_timeout(SLICE);
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
