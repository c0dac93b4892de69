//! Waiting for the world: where events, a board's clock and the end of the run
//! meet. Every host function that may wait does it here.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use periplasm_backend::{Clock, Event, with_waker};

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
    /// None has.
    Until(Next),
}

/// When events that have not happened may be worth another look.
#[derive(Clone, Copy, Default)]
pub(super) struct Next {
    /// The first moment that is known.
    at_ns: Option<u64>,
    /// Whether one comes from outside of the simulation.
    outside: bool,
    /// Whether one of the simulation has no moment that is known.
    unknown: bool,
}

impl Next {
    /// Of this and of other events.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            at_ns: [self.at_ns, other.at_ns].into_iter().flatten().min(),
            outside: self.outside || other.outside,
            unknown: self.unknown || other.unknown,
        }
    }
}

impl Look {
    /// Looks at one event.
    pub(super) fn at(event: &mut dyn Event, context: &mut Context<'_>) -> Self {
        if event.poll(context).is_ready() {
            return Self::Happened;
        }
        let (at_ns, outside) = (event.next_ns(), event.outside());
        Self::Until(Next { at_ns, outside, unknown: !outside && at_ns.is_none() })
    }
}

/// An event of USB: whatever the board's clock is, the other side needs real
/// time.
pub(super) struct Outside(pub(super) Box<dyn Event>);

impl Event for Outside {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.0.poll(context)
    }

    fn next_ns(&self) -> Option<u64> {
        self.0.next_ns()
    }

    fn outside(&self) -> bool {
        true
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
        with_waker(|waker| {
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
                self.watch.check()?;
                // An event that has not happened at its own moment says nothing
                // about the next one.
                let at_ns = next.at_ns.filter(|at_ns| *at_ns > now).unwrap_or(NEVER).min(until_ns);
                self.pass(at_ns, now, next);
            }
        })
    }

    /// Lets time go by until `at_ns`, or less.
    fn pass(&self, at_ns: u64, now_ns: u64, next: Next) {
        let moment = (at_ns != NEVER).then(|| Duration::from_nanos(at_ns - now_ns));
        if self.real_time {
            return self.sleep(moment);
        }
        if !next.outside {
            return match moment {
                Some(_) => self.clock.delay_until(at_ns),
                None => self.sleep(Some(SLICE)),
            };
        }
        let slice = next.unknown.then_some(SLICE);
        self.pass_really(now_ns, [moment, slice].into_iter().flatten().min());
    }

    /// Lets real time go by, and takes the board's clock along.
    fn pass_really(&self, now_ns: u64, longest: Option<Duration>) {
        let start = Instant::now();
        self.sleep(longest);
        if !self.real_time {
            let passed = u64::try_from(start.elapsed().as_nanos()).unwrap_or(NEVER);
            self.clock.delay_until(now_ns.saturating_add(passed));
        }
    }

    /// Sleeps until something wakes this thread, at most so long, and not beyond
    /// the end of the run.
    fn sleep(&self, longest: Option<Duration>) {
        let end = self.watch.deadline().map(|end| end.saturating_duration_since(Instant::now()));
        if !self.watch.stopper().may_sleep() {
            return;
        }
        match [longest, end].into_iter().flatten().min() {
            Some(longest) => std::thread::park_timeout(longest),
            None => std::thread::park(),
        }
    }

    /// Waits for an event from outside of the board in real time, whatever its
    /// clock is: whether it happened before `end`.
    fn wait_outside(&self, event: &mut dyn Event, end: Option<Instant>) -> Result<bool, Stop> {
        with_waker(|waker| {
            let mut context = Context::from_waker(waker);
            loop {
                if event.poll(&mut context).is_ready() {
                    return Ok(true);
                }
                self.watch.check()?;
                let left = end.map(|end| end.saturating_duration_since(Instant::now()));
                if left.is_some_and(|left| left.is_zero()) {
                    return Ok(false);
                }
                self.pass_really(self.clock.now_ns(), left);
            }
        })
    }
}

/// When a guest's timeout ends that counts in real time; one too far away to be
/// represented never does.
pub(super) fn deadline(timeout_ns: u64) -> Option<Instant> {
    Instant::now().checked_add(Duration::from_nanos(timeout_ns))
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

    /// The same for an event from outside of the board, in real time.
    pub(super) fn wait_outside(
        &self,
        event: &mut dyn Event,
        end: Option<Instant>,
    ) -> Result<bool, Stop> {
        Waiting::new(&self.clock, self.real_time, &self.watch).wait_outside(event, end)
    }

    /// Lets `ns` pass on a clock that goes by itself, or less when the run ends.
    pub(super) fn rest(&self, ns: u64) -> Result<bool, Stop> {
        let until_ns = self.clock.now_ns().saturating_add(ns);
        Waiting::new(&self.clock, self.real_time, &self.watch)
            .wait(until_ns, |_| Look::Until(Next::default()))
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
