//! A line to read.

use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use super::InputConfig;
use super::edges::{Edges, Seen};
use super::line::{Input, Line};
use crate::linux::OpenError;
use crate::linux::shared::{Shared, Source};
use crate::{Clock, Condition, Edge, Event, InputPin, Level, PinError};

/// An input of the Linux kernel.
///
/// The kernel reports every edge from the moment it is opened, with the time of
/// its interrupt and a number, so a wait misses none: a level is looked at
/// after edges are reported, an edge counts from the call on. The kernel keeps
/// 1024 edges that nobody took, and so does this; what is dropped beyond them
/// is counted in [`Edge::lost`]. Edges that follow each other faster than the
/// machine serves an interrupt melt into one report or none. An odd number of
/// them shows, as two reports of one direction, and is counted as one lost; an
/// even number does not show.
pub struct LinuxInput(Pin<Input>);

impl LinuxInput {
    /// Takes the line for this program. `clock` is the board's.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the line and what to do.
    pub fn open(config: &InputConfig, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let line = Input::open(config, clock.clone())?;
        let failed = |source| OpenError::Io { path: config.chip.clone(), source };
        let descriptor = line.descriptor().map_err(failed)?;
        Ok(Self(Pin::new(line, descriptor, clock)))
    }
}

impl InputPin for LinuxInput {
    fn level(&mut self) -> Result<Level, PinError> {
        self.0.level()
    }

    fn wait_for(&mut self, condition: Condition, until_ns: u64) -> Result<bool, PinError> {
        self.0.wait_for(condition, until_ns)
    }

    fn next_edge(&mut self, until_ns: u64) -> Result<Option<Edge>, PinError> {
        self.0.next_edge(until_ns)
    }

    fn watch(&mut self, condition: Condition) -> Result<Box<dyn Event>, PinError> {
        self.0.watch(condition)
    }
}

impl fmt::Debug for LinuxInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinuxInput").finish_non_exhaustive()
    }
}

struct Pin<L>(Arc<Shared<State<L>>>);

struct State<L> {
    line: L,
    edges: Edges,
}

impl<L: Line> State<L> {
    /// Takes what the kernel has.
    fn look(&mut self) -> Result<Seen, PinError> {
        let edges = &mut self.edges;
        self.line.edges(&mut |reported| edges.push(reported))?;
        Ok(edges.seen())
    }

    /// Whether `condition` holds, or held since `before`.
    fn holds(&mut self, condition: Condition, before: Seen) -> Result<bool, PinError> {
        if self.look()?.since(before, condition) {
            return Ok(true);
        }
        match condition {
            Condition::High => self.line.level().map(Level::is_high),
            Condition::Low => self.line.level().map(|level| !level.is_high()),
            Condition::RisingEdge | Condition::FallingEdge | Condition::AnyEdge => Ok(false),
        }
    }
}

impl<L: Line> Source for State<L> {
    fn news(&mut self) -> bool {
        self.edges.news()
    }
}

impl<L: Line> Pin<L> {
    fn new(line: L, descriptor: Option<Arc<OwnedFd>>, clock: Arc<dyn Clock>) -> Self {
        Self(Shared::new(State { line, edges: Edges::default() }, descriptor, clock))
    }

    fn level(&mut self) -> Result<Level, PinError> {
        self.0.with(|state| state.line.level())
    }

    fn wait_for(&mut self, condition: Condition, until_ns: u64) -> Result<bool, PinError> {
        let before = self.0.with(State::look)?;
        let look =
            |state: &mut State<L>| state.holds(condition, before).map(|holds| holds.then_some(()));
        Ok(self.0.wait(until_ns, look, |_| PinError::Other)?.is_some())
    }

    fn next_edge(&mut self, until_ns: u64) -> Result<Option<Edge>, PinError> {
        let look = |state: &mut State<L>| {
            // What was reported before an error is given before it.
            let looked = state.look();
            match state.edges.next() {
                Some(edge) => Ok(Some(edge)),
                None => looked.map(|_| None),
            }
        };
        self.0.wait(until_ns, look, |_| PinError::Other)
    }

    fn watch(&mut self, condition: Condition) -> Result<Box<dyn Event>, PinError> {
        let before = self.0.with(State::look)?;
        // An error is for whoever asks the pin next: the event only ends.
        Ok(self.0.event(move |state| state.holds(condition, before).unwrap_or(true)))
    }
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
