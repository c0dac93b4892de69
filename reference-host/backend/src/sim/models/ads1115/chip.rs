//! The registers, and how they are reached over I2C.

use serde::Deserialize;

use super::converter::Converter;
use crate::Level;
use crate::sim::error::within;
use crate::sim::models::ahead::{Ahead, drive};
use crate::sim::models::words::Words;
use crate::sim::{Ack, ConfigError, Direction, I2cTarget, Model, Net, Site, Wiring};

/// What a board file may say about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// The voltages at AIN0 to AIN3 in µV. 0 unless given.
    pub microvolts: [i32; 4],
}

/// What the inputs stand: 0.3 V below ground, 0.3 V above the highest supply of
/// 5.5 V (sections 6.1 and 6.3).
const VOLTS: (f64, f64) = (-300_000.0, 5_800_000.0);

/// An ADS1115 on I2C.
#[derive(Debug)]
pub struct Ads1115 {
    converter: Converter,
    alert: Net,
    words: Words,
}

impl Ads1115 {
    /// A chip with the voltages of `options` at its inputs.
    ///
    /// # Errors
    /// [`ConfigError::Range`].
    pub fn new(options: &Options, wiring: &Wiring) -> Result<Self, ConfigError> {
        let chip = Self {
            converter: Converter::new(check(options.microvolts)?),
            alert: wiring.pin_or("alert", Level::High),
            words: Words::default(),
        };
        drive(&chip.converter, &chip.alert, 0);
        Ok(chip)
    }

    /// Changes the voltages at the inputs from `now_ns` on, in µV.
    ///
    /// # Errors
    /// [`ConfigError::Range`]; the old ones then stay.
    pub fn set_microvolts(&mut self, inputs: [i32; 4], now_ns: u64) -> Result<(), ConfigError> {
        let inputs = check(inputs)?;
        self.converter.advance(now_ns);
        self.converter.inputs = inputs;
        drive(&self.converter, &self.alert, now_ns);
        Ok(())
    }
}

fn check(inputs: [i32; 4]) -> Result<[i32; 4], ConfigError> {
    for microvolts in inputs {
        within("a voltage of `microvolts`", microvolts.into(), VOLTS, " µV")?;
    }
    Ok(inputs)
}

impl Model<dyn I2cTarget> for Ads1115 {
    type Options = Options;
    const NAME: &'static str = "ads1115";
    const PINS: &'static [&'static str] = &["alert"];

    fn build(options: &Options, site: &Site) -> Result<Box<dyn I2cTarget>, ConfigError> {
        Ok(Box::new(Self::new(options, site.wiring())?))
    }
}

impl I2cTarget for Ads1115 {
    fn start(&mut self, _: Direction, now_ns: u64) -> Ack {
        self.converter.advance(now_ns);
        self.words.start();
        Ack::Ack
    }

    fn write(&mut self, byte: u8, now_ns: u64) -> Ack {
        self.converter.advance(now_ns);
        if let Some((pointer, word)) = self.words.write(byte) {
            match pointer & 0b11 {
                1 => self.converter.configure(word, now_ns),
                2 => self.converter.comparator.low = word as i16,
                3 => self.converter.comparator.high = word as i16,
                // The conversion register is read-only.
                _ => {}
            }
        }
        Ack::Ack
    }

    fn read(&mut self, now_ns: u64) -> u8 {
        if let Some(pointer) = self.words.wants() {
            self.converter.advance(now_ns);
            let word = match pointer & 0b11 {
                0 => self.converter.take() as u16,
                1 => self.converter.config(),
                2 => self.converter.comparator.low as u16,
                _ => self.converter.comparator.high as u16,
            };
            self.words.give(word);
        }
        self.words.read()
    }

    fn stop(&mut self, now_ns: u64) {
        self.converter.advance(now_ns);
        drive(&self.converter, &self.alert, now_ns);
    }
}
