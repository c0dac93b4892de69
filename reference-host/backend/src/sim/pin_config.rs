//! What a board file says about a simulated pin.

use serde::Deserialize;

use super::{ConfigError, PinFault, Scheduled};
use crate::Level;

/// An output: `[output-pin.<name>]` of a board file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct OutputConfig {
    /// `initial = "high"`: as a component sees it. Low if absent.
    pub initial: Option<LevelName>,
    /// Whether a component's high is a low voltage.
    pub active_low: bool,
    /// The wire it drives, if it is not the one of its own name.
    pub wire: Option<String>,
    /// What goes wrong with it.
    pub fault: Option<Scheduled<PinFault>>,
}

/// An input: `[input-pin.<name>]` of a board file.
///
/// The wire is driven by whatever is on it: an output or a model's pin of the
/// same name, or one of `level`, `wave` and `square`, which say voltages.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct InputConfig {
    /// Whether a component's high is a low voltage.
    pub active_low: bool,
    /// The wire it is on, if it is not the one of its own name.
    pub wire: Option<String>,
    /// Stays at this level.
    pub level: Option<LevelName>,
    /// Changes at these moments, which rise. It is low before.
    pub wave: Option<Vec<Change>>,
    /// Changes evenly.
    pub square: Option<Square>,
    /// What goes wrong with it.
    pub fault: Option<Scheduled<PinFault>>,
}

/// `high` or `low`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelName {
    /// Low.
    Low,
    /// High.
    High,
}

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Self {
        (name == LevelName::High).into()
    }
}

/// One change of a wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Change {
    /// When, in µs on the board's clock.
    pub at_us: u64,
    /// The level it goes to.
    pub level: LevelName,
}

/// A wave of equal periods, each low first and then high.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Square {
    /// When the first period begins, in µs on the board's clock.
    #[serde(default)]
    pub start_us: u64,
    /// One low and one high, in µs.
    pub period_us: u64,
    /// How much of a period is high: above 0 and below 1.
    #[serde(default = "half")]
    pub duty: f64,
    /// How many changes there are, at most [`MAX_CHANGES`].
    pub edges: u64,
}

fn half() -> f64 {
    0.5
}

/// The most changes that a board file may say for one wire.
pub const MAX_CHANGES: u64 = 1_000_000;

impl InputConfig {
    /// Checks what the types leave open.
    ///
    /// # Errors
    /// Two drivers of one wire, or a wave that does not rise, is too fast or too
    /// long.
    pub fn check(&self) -> Result<(), ConfigError> {
        let given = [self.level.is_some(), self.wave.is_some(), self.square.is_some()];
        if given.into_iter().filter(|given| *given).count() > 1 {
            return Err(ConfigError::Invalid(
                "an input is driven by one of `level`, `wave` and `square`; keep one".to_owned(),
            ));
        }
        self.changes().map(drop)
    }

    /// What the wire is to do, if the board file says so: the level first, and
    /// the changes.
    pub(super) fn changes(&self) -> Result<Option<Changes>, ConfigError> {
        if let Some(level) = self.level {
            return Ok(Some((level.into(), Vec::new())));
        }
        if let Some(wave) = &self.wave {
            if !wave.is_sorted_by(|a, b| a.at_us < b.at_us) {
                return Err(ConfigError::Invalid(
                    "the `at-us` of a `wave` must rise from change to change".to_owned(),
                ));
            }
            let changes = wave.iter().map(|c| (c.at_us.saturating_mul(1_000), c.level.into()));
            return Ok(Some((Level::Low, changes.collect())));
        }
        self.square.map(|square| Ok((Level::Low, square.changes()?))).transpose()
    }
}

/// A level, and when it changes to which.
pub(super) type Changes = (Level, Vec<(u64, Level)>);

impl Square {
    fn changes(&self) -> Result<Vec<(u64, Level)>, ConfigError> {
        if self.edges > MAX_CHANGES {
            return Err(ConfigError::Invalid(format!(
                "`square.edges` is {}; at most {MAX_CHANGES} are simulated",
                self.edges
            )));
        }
        let period_ns = self.period_us.saturating_mul(1_000);
        // A float of nanoseconds is exact enough: the moments are whole periods
        // and this.
        let low_ns = (period_ns as f64 * (1.0 - self.duty)).round() as u64;
        if low_ns == 0 || low_ns >= period_ns || !(0.0..1.0).contains(&self.duty) {
            return Err(ConfigError::Invalid(format!(
                "`square` needs a `period-us` above 0 and a `duty` between 0 and 1, and has {} \
                 and {}",
                self.period_us, self.duty
            )));
        }
        let start_ns = self.start_us.saturating_mul(1_000);
        Ok((0..self.edges)
            .map(|edge| {
                let begin =
                    start_ns.saturating_add((edge / 2 + edge % 2).saturating_mul(period_ns));
                match edge % 2 {
                    0 => (begin.saturating_add(low_ns), Level::High),
                    _ => (begin, Level::Low),
                }
            })
            .collect())
    }
}
