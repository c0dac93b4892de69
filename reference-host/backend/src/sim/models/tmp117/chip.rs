//! The registers, and how they are reached over I2C.

use serde::Deserialize;

use super::config::{EEPROM_BUSY, SOFT_RESET};
use super::converter::Converter;
use super::eeprom::Eeprom;
use crate::Level;
use crate::sim::error::within;
use crate::sim::models::ahead::{Ahead, drive};
use crate::sim::models::words::Words;
use crate::sim::{Ack, ConfigError, Direction, I2cTarget, Model, Net, Site, Wiring};

/// The register map (section 7.6, table 7-3).
mod register {
    pub(super) const RESULT: u8 = 0x00;
    pub(super) const CONFIGURATION: u8 = 0x01;
    pub(super) const HIGH_LIMIT: u8 = 0x02;
    pub(super) const LOW_LIMIT: u8 = 0x03;
    pub(super) const EEPROM_UNLOCK: u8 = 0x04;
    pub(super) const EEPROM1: u8 = 0x05;
    pub(super) const EEPROM2: u8 = 0x06;
    pub(super) const OFFSET: u8 = 0x07;
    pub(super) const EEPROM3: u8 = 0x08;
    pub(super) const DEVICE_ID: u8 = 0x0f;
}

const DEVICE_ID: u16 = 0x0117;

/// EEPROM_UL: unlocked, and busy (section 7.6.6).
const EUN: u16 = 1 << 15;
const UNLOCK_BUSY: u16 = 1 << 14;

/// Power-up until the first conversion begins (section 7.3.1).
const POWER_UP_NS: u64 = 1_500_000;

/// How long a soft reset takes (section 7.6.3).
const RESET_NS: u64 = 2_000_000;

/// What the chip is made for (section 6.3).
const CELSIUS: (f64, f64) = (-55.0, 150.0);

/// What a board file may say about it.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// °C, from -55 to 150. The chip says what is nearest in its steps.
    pub temperature: f64,
}

impl Default for Options {
    /// 25 °C.
    fn default() -> Self {
        Self { temperature: 25.0 }
    }
}

/// A TMP117 on I2C.
#[derive(Debug)]
pub struct Tmp117 {
    converter: Converter,
    eeprom: Eeprom,
    user: [u16; 3],
    alert: Net,
    words: Words,
}

impl Tmp117 {
    /// A chip at the temperature of `options`.
    ///
    /// # Errors
    /// [`ConfigError::Range`].
    pub fn new(options: &Options, wiring: &Wiring) -> Result<Self, ConfigError> {
        let eeprom = Eeprom::default();
        let chip = Self {
            converter: Converter::new(steps(options.temperature)?, &eeprom.stored, POWER_UP_NS),
            user: eeprom.stored.user,
            eeprom,
            alert: wiring.pin_or("alert", Level::High),
            words: Words::default(),
        };
        drive(&chip.converter, &chip.alert, 0);
        Ok(chip)
    }

    /// Changes the temperature from `now_ns` on, in °C. The result follows at
    /// the end of the conversion in progress.
    ///
    /// # Errors
    /// [`ConfigError::Range`]; the old temperature then stays.
    pub fn set_temperature(&mut self, celsius: f64, now_ns: u64) -> Result<(), ConfigError> {
        let steps = steps(celsius)?;
        self.converter.advance(now_ns);
        self.converter.steps = steps;
        drive(&self.converter, &self.alert, now_ns);
        Ok(())
    }

    fn store(&mut self, pointer: u8, word: u16, now_ns: u64) {
        if self.eeprom.busy(now_ns) {
            return;
        }
        match pointer {
            register::CONFIGURATION if word & SOFT_RESET != 0 => {
                let from = now_ns.saturating_add(RESET_NS);
                self.converter = Converter::new(self.converter.steps, &self.eeprom.stored, from);
                self.user = self.eeprom.stored.user;
                self.eeprom.unlocked = false;
            }
            register::CONFIGURATION => {
                self.converter.configure(word, now_ns);
                let word = self.converter.written();
                self.eeprom.program(|stored| stored.config = word, now_ns);
            }
            register::HIGH_LIMIT => {
                self.converter.high = word as i16;
                self.eeprom.program(|stored| stored.high = word as i16, now_ns);
            }
            register::LOW_LIMIT => {
                self.converter.low = word as i16;
                self.eeprom.program(|stored| stored.low = word as i16, now_ns);
            }
            register::OFFSET => {
                self.converter.offset = word as i16;
                self.eeprom.program(|stored| stored.offset = word as i16, now_ns);
            }
            register::EEPROM1 => self.keep(0, word, now_ns),
            register::EEPROM2 => self.keep(1, word, now_ns),
            register::EEPROM3 => self.keep(2, word, now_ns),
            register::EEPROM_UNLOCK => self.eeprom.unlocked = word & EUN != 0,
            _ => {}
        }
    }

    fn keep(&mut self, place: usize, word: u16, now_ns: u64) {
        self.user[place] = word;
        self.eeprom.program(|stored| stored.user[place] = word, now_ns);
    }

    fn load(&mut self, pointer: u8, now_ns: u64) -> u16 {
        let busy = self.eeprom.busy(now_ns);
        match pointer {
            register::RESULT => self.converter.take_result() as u16,
            register::CONFIGURATION => {
                self.converter.take_config() | if busy { EEPROM_BUSY } else { 0 }
            }
            register::HIGH_LIMIT => self.converter.high as u16,
            register::LOW_LIMIT => self.converter.low as u16,
            register::EEPROM_UNLOCK => {
                let unlocked = if self.eeprom.unlocked { EUN } else { 0 };
                unlocked | if busy { UNLOCK_BUSY } else { 0 }
            }
            register::EEPROM1 => self.user[0],
            register::EEPROM2 => self.user[1],
            register::EEPROM3 => self.user[2],
            register::OFFSET => self.converter.offset as u16,
            register::DEVICE_ID => DEVICE_ID,
            _ => 0,
        }
    }
}

/// °C in steps of 1/128 °C (section 7.3.3, table 7-1).
fn steps(celsius: f64) -> Result<i16, ConfigError> {
    Ok((within("`temperature`", celsius, CELSIUS, " °C")? * 128.0).round() as i16)
}

impl Model<dyn I2cTarget> for Tmp117 {
    type Options = Options;
    const NAME: &'static str = "tmp117";
    const PINS: &'static [&'static str] = &["alert"];

    fn build(options: &Options, site: &Site) -> Result<Box<dyn I2cTarget>, ConfigError> {
        Ok(Box::new(Self::new(options, site.wiring())?))
    }
}

impl I2cTarget for Tmp117 {
    fn start(&mut self, _: Direction, now_ns: u64) -> Ack {
        self.converter.advance(now_ns);
        self.words.start();
        Ack::Ack
    }

    fn write(&mut self, byte: u8, now_ns: u64) -> Ack {
        self.converter.advance(now_ns);
        if let Some((pointer, word)) = self.words.write(byte) {
            self.store(pointer, word, now_ns);
        }
        Ack::Ack
    }

    fn read(&mut self, now_ns: u64) -> u8 {
        if let Some(pointer) = self.words.wants() {
            self.converter.advance(now_ns);
            let word = self.load(pointer, now_ns);
            self.words.give(word);
        }
        self.words.read()
    }

    fn stop(&mut self, now_ns: u64) {
        self.converter.advance(now_ns);
        drive(&self.converter, &self.alert, now_ns);
    }
}
