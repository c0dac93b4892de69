//! Pins.

use crate::Event;

/// A logic level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Low.
    Low,
    /// High.
    High,
}

impl Level {
    /// Whether it is high.
    pub fn is_high(self) -> bool {
        self == Self::High
    }
}

impl From<bool> for Level {
    fn from(high: bool) -> Self {
        if high { Self::High } else { Self::Low }
    }
}

/// Why a pin could not be read, set or waited on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// It is not there any more.
    #[error("gone")]
    Gone,
    /// Anything else.
    #[error("other error")]
    Other,
}

impl embedded_hal::digital::Error for PinError {
    fn kind(&self) -> embedded_hal::digital::ErrorKind {
        embedded_hal::digital::ErrorKind::Other
    }
}

/// What to wait for on an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// The pin is high, now or later.
    High,
    /// The pin is low, now or later.
    Low,
    /// It goes from low to high from now on.
    RisingEdge,
    /// It goes from high to low from now on.
    FallingEdge,
    /// It changes from now on.
    AnyEdge,
}

/// One change of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The level it went to.
    pub to: Level,
    /// When, in nanoseconds on the board's clock.
    pub at_ns: u64,
    /// How many edges before this one were dropped, because nobody took them
    /// or because they came too fast to be told apart.
    pub lost: u64,
}

/// The most edges that an input keeps for [`InputPin::next_edge`]; beyond it
/// the oldest are dropped, and counted.
pub const MAX_EDGES: usize = 1024;

/// A pin to drive. Levels are as the component sees them: a board that says
/// `active-low` has been obeyed below this trait.
pub trait OutputPin: Send {
    /// Drives the pin.
    fn set(&mut self, level: Level) -> Result<(), PinError>;

    /// The level it is driven to.
    fn get(&mut self) -> Result<Level, PinError>;
}

/// A pin to read.
pub trait InputPin: Send {
    /// The level now.
    fn level(&mut self) -> Result<Level, PinError>;

    /// Waits until `condition` holds (`true`) or the clock shows `until_ns`
    /// (`false`).
    fn wait_for(&mut self, condition: Condition, until_ns: u64) -> Result<bool, PinError>;

    /// The oldest edge since the pin was opened that was not taken yet, or the
    /// next one before the clock shows `until_ns`.
    fn next_edge(&mut self, until_ns: u64) -> Result<Option<Edge>, PinError>;

    /// `condition` as an event. An edge counts from this call on.
    fn watch(&mut self, condition: Condition) -> Result<Box<dyn Event>, PinError>;
}
