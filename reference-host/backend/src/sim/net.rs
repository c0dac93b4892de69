//! Wires between pins, and how models meet them.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::wakers::{Listener, Wakers};
use crate::{Level, MAX_EDGES};

/// One wire: whoever drives it sets its level, whoever is on it sees it.
///
/// A model may also say what the wire will do later ([`Self::set_at`]): a
/// BUSY line that falls when the conversion is done. Time is the board's clock,
/// which every caller passes in; what was said for a moment happens when
/// somebody looks at that moment or later.
///
/// Clones are the same wire.
#[derive(Clone, Default)]
pub struct Net(Arc<Mutex<State>>);

struct State {
    level: Level,
    /// What will happen: moment, level; in order.
    later: VecDeque<(u64, Level)>,
    /// What happened, the newest last, at most [`MAX_EDGES`].
    edges: VecDeque<(u64, Level)>,
    /// How many edges there ever were, and how many were rising.
    count: u64,
    rises: u64,
    wakers: Wakers,
}

impl Default for State {
    fn default() -> Self {
        Self {
            level: Level::Low,
            later: VecDeque::new(),
            edges: VecDeque::new(),
            count: 0,
            rises: 0,
            wakers: Wakers::default(),
        }
    }
}

impl Net {
    /// A wire that is at `level`.
    pub fn new(level: Level) -> Self {
        let net = Self::default();
        net.state().level = level;
        net
    }

    /// The level at `now_ns`.
    pub fn level(&self, now_ns: u64) -> Level {
        self.at(now_ns).level
    }

    /// Drives it from `now_ns` on. What was said for later moments is forgotten.
    pub fn set(&self, level: Level, now_ns: u64) {
        let mut state = self.at(now_ns);
        state.later.clear();
        state.change(now_ns, level);
    }

    /// Has it go to `level` at `at_ns`. What was said for that moment and later
    /// ones is forgotten.
    pub fn set_at(&self, level: Level, at_ns: u64) {
        let mut state = self.state();
        state.later.retain(|(moment, _)| *moment < at_ns);
        state.later.push_back((at_ns, level));
        state.wakers.wake();
    }

    /// How many edges there were until `now_ns`, ever.
    pub fn edges(&self, now_ns: u64) -> u64 {
        self.at(now_ns).count
    }

    /// How many falling edges there were until `now_ns`, ever. A model that was
    /// reset in between sees it change.
    pub fn falls(&self, now_ns: u64) -> u64 {
        let state = self.at(now_ns);
        state.count - state.rises
    }

    /// How many rising edges there were until `now_ns`, ever.
    pub fn rises(&self, now_ns: u64) -> u64 {
        self.at(now_ns).rises
    }

    /// The edge with this number (0 is the first there ever was): when, and the
    /// level it went to. `None` if it has not happened by `now_ns`, or is older
    /// than the last [`MAX_EDGES`].
    pub fn edge(&self, number: u64, now_ns: u64) -> Option<(u64, Level)> {
        let state = self.at(now_ns);
        let oldest = state.count - state.edges.len() as u64;
        let place = usize::try_from(number.checked_sub(oldest)?).ok()?;
        state.edges.get(place).copied()
    }

    /// The next moment for which something was said.
    pub fn next_ns(&self) -> Option<u64> {
        self.state().later.front().map(|(moment, _)| *moment)
    }

    /// All that was said for later and has not been looked at yet: moment and
    /// level, in order.
    pub fn later(&self) -> Vec<(u64, Level)> {
        self.state().later.iter().copied().collect()
    }

    /// Has it go where `later` says: moments and levels, in order. What was said
    /// before is forgotten.
    pub fn set_later(&self, later: impl IntoIterator<Item = (u64, Level)>) {
        let mut state = self.state();
        state.later = later.into_iter().collect();
        state.wakers.wake();
    }

    /// Wakes a waker at the next change, or when something is said for a later
    /// moment.
    pub(super) fn listen(&self) -> Listener {
        self.state().wakers.listen()
    }

    /// The oldest edge that is still kept and has this number or a later one:
    /// its number, when, and the level it went to.
    pub(super) fn edge_from(&self, number: u64, now_ns: u64) -> Option<(u64, u64, Level)> {
        let state = self.at(now_ns);
        let oldest = state.count - state.edges.len() as u64;
        let number = number.max(oldest);
        let place = usize::try_from(number - oldest).ok()?;
        state.edges.get(place).map(|(at_ns, level)| (number, *at_ns, *level))
    }

    /// The counts of edges and of rising ones, and the level, at `now_ns`.
    pub(super) fn seen(&self, now_ns: u64) -> (u64, u64, Level) {
        let state = self.at(now_ns);
        (state.count, state.rises, state.level)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, with all that happened by `now_ns`.
    fn at(&self, now_ns: u64) -> MutexGuard<'_, State> {
        let mut state = self.state();
        while let Some((moment, level)) = state.later.front().copied()
            && moment <= now_ns
        {
            state.later.pop_front();
            state.change(moment, level);
        }
        state
    }
}

impl State {
    fn change(&mut self, at_ns: u64, level: Level) {
        if self.level == level {
            return;
        }
        self.level = level;
        self.count += 1;
        self.rises += u64::from(level.is_high());
        if self.edges.len() == MAX_EDGES {
            self.edges.pop_front();
        }
        self.edges.push_back((at_ns, level));
        self.wakers.wake();
    }
}

impl fmt::Debug for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Net").field("level", &self.state().level).finish_non_exhaustive()
    }
}

/// The named wires of a simulated board: the pins that the board file names,
/// and that models are connected to.
#[derive(Clone, Debug, Default)]
pub struct Nets(Arc<Mutex<BTreeMap<String, Net>>>);

impl Nets {
    /// No wires yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The wire of this name; a new one, at low, if there is none.
    pub fn net(&self, name: &str) -> Net {
        let mut nets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        nets.entry(name.to_owned()).or_default().clone()
    }
}

/// How one device is connected: which of its pins are on which wires.
#[derive(Clone, Debug, Default)]
pub struct Wiring {
    nets: Nets,
    pins: BTreeMap<String, String>,
}

impl Wiring {
    /// A device's `pins` (its own name of a pin, to the board's) on `nets`.
    pub fn new(nets: &Nets, pins: BTreeMap<String, String>) -> Self {
        Self { nets: nets.clone(), pins }
    }

    /// The wire of the device's pin `pin`, if it is connected.
    pub fn pin(&self, pin: &str) -> Option<Net> {
        self.pins.get(pin).map(|name| self.nets.net(name))
    }

    /// The wire of the device's pin `pin`, or one of its own, at `level`, that
    /// nobody else is on.
    pub fn pin_or(&self, pin: &str, level: Level) -> Net {
        self.pin(pin).unwrap_or_else(|| Net::new(level))
    }

    /// The device's pins that are connected.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pins.keys().map(String::as_str)
    }
}
