//! Voltages.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use super::faults::Counting;
use super::{AdcFault, ConfigError, Scheduled, World};
use crate::{Adc, AdcError};

/// An input of a converter: `[adc.<name>]` of a board file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AdcConfig {
    /// The voltage at the input in µV: 0 if absent.
    pub microvolts: Option<i32>,
    /// What the voltage goes to at moments that rise.
    pub wave: Vec<VoltageChange>,
    /// How many bits a code has: 12 if absent.
    pub bits: Option<u8>,
    /// The voltage of the full scale in µV: 3.3 V if absent.
    pub reference_microvolts: Option<i32>,
    /// What goes wrong with it.
    pub fault: Option<Scheduled<AdcFault>>,
}

/// One change of a voltage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct VoltageChange {
    /// When, in µs on the board's clock.
    pub at_us: u64,
    /// What it goes to, in µV.
    pub microvolts: i32,
}

/// The most bits of a code: its largest must fit into an `i32`.
const MAX_BITS: u8 = 31;

impl AdcConfig {
    /// Checks what the types leave open.
    ///
    /// # Errors
    /// A wave that does not rise, a converter of no bits or of more than 31, or
    /// a full scale that is not above 0 V.
    pub fn check(&self) -> Result<(), ConfigError> {
        let invalid = |text: String| Err(ConfigError::Invalid(text));
        if !self.wave.is_sorted_by(|a, b| a.at_us < b.at_us) {
            return invalid("the `at-us` of a `wave` must rise from change to change".to_owned());
        }
        if !(1..=MAX_BITS).contains(&self.bits()) {
            return invalid(format!("`bits` is {}; it is 1 to {MAX_BITS}", self.bits()));
        }
        if self.reference() <= 0 {
            return invalid(format!(
                "`reference-microvolts` is {}; it is above 0",
                self.reference()
            ));
        }
        Ok(())
    }

    fn bits(&self) -> u8 {
        self.bits.unwrap_or(12)
    }

    fn reference(&self) -> i32 {
        self.reference_microvolts.unwrap_or(3_300_000)
    }
}

/// What a model or a test puts on an input, in µV. They find it in
/// [`World::shared`], under the input's name. It has the last word, until it is
/// `None` again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Voltage(pub Option<i32>);

/// An input of a converter.
#[derive(Debug)]
pub struct Converter {
    world: World,
    config: AdcConfig,
    put: Arc<Mutex<Voltage>>,
    fault: Counting<AdcFault>,
}

impl Converter {
    /// The input `name` of `world`.
    ///
    /// # Errors
    /// As [`AdcConfig::check`].
    pub fn new(world: &World, name: &str, config: &AdcConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let (put, fault) = (world.shared(name), Counting::new(config.fault));
        Ok(Self { world: world.clone(), config: config.clone(), put, fault })
    }

    fn voltage(&self) -> i32 {
        let put = *self.put.lock().unwrap_or_else(PoisonError::into_inner);
        put.0.unwrap_or_else(|| {
            let now_us = self.world.clock().now_ns() / 1_000;
            let past = self.config.wave.iter().rev().find(|change| change.at_us <= now_us);
            past.map_or(self.config.microvolts.unwrap_or(0), |change| change.microvolts)
        })
    }

    /// The code of the voltage now: so many steps of the full scale, cut off,
    /// and at the full scale the largest code.
    fn convert(&mut self) -> Result<i32, AdcError> {
        match self.fault.next() {
            Some(AdcFault::Disappears) => return Err(AdcError::Gone),
            Some(AdcFault::OutOfRange) => return Err(AdcError::OutOfRange),
            None => {}
        }
        let (voltage, reference) = (self.voltage(), self.config.reference());
        if !(0..=reference).contains(&voltage) {
            return Err(AdcError::OutOfRange);
        }
        let steps = (i64::from(voltage) << self.config.bits()) / i64::from(reference);
        Ok(i32::try_from(steps).map_or(self.max_code(), |code| code.min(self.max_code())))
    }
}

impl Adc for Converter {
    fn max_code(&self) -> i32 {
        i32::MAX >> (MAX_BITS - self.config.bits())
    }

    fn read(&mut self) -> Result<i32, AdcError> {
        self.convert()
    }

    fn read_microvolts(&mut self) -> Result<i32, AdcError> {
        let code = self.convert()?;
        let microvolts =
            (i64::from(code) * i64::from(self.config.reference())) >> self.config.bits();
        i32::try_from(microvolts).map_err(|_| AdcError::OutOfRange)
    }
}
