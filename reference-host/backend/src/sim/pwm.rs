//! Pulses.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use super::faults::Counting;
use super::{ConfigError, PwmFault, Scheduled, World};
use crate::{Pwm, PwmError};

/// An output of pulses: `[pwm.<name>]` of a board file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PwmConfig {
    /// The duty cycle that is always on: 65535 if absent.
    pub max_duty: Option<u16>,
    /// What goes wrong with it.
    pub fault: Option<Scheduled<PwmFault>>,
}

impl PwmConfig {
    /// Checks what the types leave open.
    ///
    /// # Errors
    /// A maximum of 0, of which no part can be taken.
    pub fn check(&self) -> Result<(), ConfigError> {
        match self.max_duty {
            Some(0) => Err(ConfigError::Invalid("`max-duty` is 0; it is at least 1".to_owned())),
            _ => Ok(()),
        }
    }
}

/// What an output gives. Models and tests find it in [`World::shared`], under
/// the output's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duty {
    /// So many parts of `max` it is on.
    pub duty: u16,
    /// What is always on; 0 while nobody has opened the output.
    pub max: u16,
}

impl Duty {
    /// The part of the time that it is on, from 0 to 1.
    pub fn part(self) -> f64 {
        if self.max == 0 { 0.0 } else { f64::from(self.duty) / f64::from(self.max) }
    }
}

/// An output of pulses that a model or a test can look at. It is off when it is
/// made.
#[derive(Debug)]
pub struct Pulses {
    duty: Arc<Mutex<Duty>>,
    max: u16,
    fault: Counting<PwmFault>,
}

impl Pulses {
    /// The output `name` of `world`.
    ///
    /// # Errors
    /// As [`PwmConfig::check`].
    pub fn new(world: &World, name: &str, config: &PwmConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let max = config.max_duty.unwrap_or(u16::MAX);
        let pulses = Self { duty: world.shared(name), max, fault: Counting::new(config.fault) };
        pulses.give(0);
        Ok(pulses)
    }

    fn give(&self, duty: u16) {
        *self.duty.lock().unwrap_or_else(PoisonError::into_inner) = Duty { duty, max: self.max };
    }
}

impl Pwm for Pulses {
    fn max_duty(&self) -> u16 {
        self.max
    }

    fn set_duty(&mut self, duty: u16) -> Result<(), PwmError> {
        if let Some(PwmFault::Disappears) = self.fault.next() {
            return Err(PwmError::Gone);
        }
        if duty > self.max {
            return Err(PwmError::AboveMax);
        }
        self.give(duty);
        Ok(())
    }
}
