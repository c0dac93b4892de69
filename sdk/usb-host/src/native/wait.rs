//! Waiting on the machine's clock.

use std::boxed::Box;
use std::fmt;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use std::vec::Vec;

use periplasm_usb::wait_any;

use super::locked;
use super::timer::Alarm;

/// Something that happens once. It stays ready when it has happened.
pub struct Event(Kind);

enum Kind {
    Usb(Mutex<Box<dyn periplasm_backend::Event>>),
    /// A moment; none never comes.
    At(Option<Alarm>),
}

impl Event {
    pub(super) fn new(event: Box<dyn periplasm_backend::Event>) -> Self {
        Self(Kind::Usb(Mutex::new(event)))
    }

    /// What never happens.
    pub(super) fn never() -> Self {
        Self(Kind::At(None))
    }

    /// Whether it has happened.
    pub fn ready(&self) -> bool {
        self.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    /// Whether it has happened. If not, the waker is woken when it may have,
    /// but not by a moment.
    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        match &self.0 {
            Kind::Usb(event) => locked(event).poll(context),
            Kind::At(Some(alarm)) if alarm.at() <= Instant::now() => Poll::Ready(()),
            Kind::At(_) => Poll::Pending,
        }
    }

    fn alarm(&self) -> Option<&Alarm> {
        match &self.0 {
            Kind::At(alarm) => alarm.as_ref(),
            Kind::Usb(_) => None,
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").finish_non_exhaustive()
    }
}

/// An event that is locked only while it is asked.
struct Asked<'a>(&'a Event);

impl periplasm_backend::Event for Asked<'_> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.0.poll(context)
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }
}

/// Returns when at least one of the events has happened: the places in the list
/// of all that have, in order. An empty list returns at once.
pub fn any(events: &[&Event]) -> Vec<u32> {
    if events.is_empty() {
        return Vec::new();
    }
    loop {
        within(events, None);
        let places = (0..).zip(events).filter(|(_, event)| event.ready());
        let places: Vec<u32> = places.map(|(place, _)| place).collect();
        if !places.is_empty() {
            return places;
        }
    }
}

/// Waits until an event may have happened, or `end` has come.
pub(super) fn within(events: &[&Event], end: Option<Instant>) {
    let moments = events.iter().filter_map(|event| event.alarm().map(Alarm::at));
    let left = moments.chain(end).min().map(|at| at.saturating_duration_since(Instant::now()));
    let mut asked: Vec<Asked<'_>> = events.iter().map(|event| Asked(event)).collect();
    let mut asked: Vec<&mut dyn periplasm_backend::Event> =
        asked.iter_mut().map(|event| event as _).collect();
    wait_any(&mut asked, left);
}

/// A moment, `ns` nanoseconds from now.
pub fn timer(ns: u64) -> Event {
    Event(Kind::At(Instant::now().checked_add(Duration::from_nanos(ns)).map(Alarm::new)))
}

/// Ready when `event` has happened, in any executor.
pub fn happened(event: Event) -> Happened {
    Happened(event)
}

/// The future of [`happened`].
#[derive(Debug)]
#[must_use = "a future does nothing until it is polled"]
pub struct Happened(Event);

impl Future for Happened {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if let Some(alarm) = self.0.alarm() {
            // Before the look, so that a moment between the two is not missed.
            alarm.set(context.waker());
        }
        self.0.poll(context)
    }
}
