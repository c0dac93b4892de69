//! How the registers are reached over I2C.

use serde::Deserialize;

use super::calendar::DateTime;
use super::clock::Clock;
use crate::Level;
use crate::sim::models::ahead::{Ahead, drive};
use crate::sim::{Ack, ConfigError, Direction, I2cTarget, Model, Net, Site, Wiring};

/// The registers, 00h to 3Fh: the clock, its control, and memory.
const REGISTERS: u8 = 0x40;
const MEMORY: u8 = 0x08;

/// What a board file may say about it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// What it shows at the board's start, such as `"2026-02-28 23:59:59"`,
    /// years 2000 to 2099. Without it the chip was never set and stands still.
    pub date_time: Option<String>,
}

/// A DS1307 on I2C.
#[derive(Debug)]
pub struct Ds1307 {
    clock: Clock,
    /// The clock's registers as they were at the last START: the bytes of one
    /// read belong together ("Clock and calendar").
    shown: [u8; 8],
    memory: [u8; 56],
    pointer: u8,
    first: bool,
    sqw: Net,
}

impl Ds1307 {
    /// A chip that shows what `options` say.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] for a date that there is not.
    pub fn new(options: &Options, wiring: &Wiring) -> Result<Self, ConfigError> {
        let date = options.date_time.as_deref().map(|text| {
            DateTime::parse(text).ok_or_else(|| {
                ConfigError::Invalid(format!(
                    "`date-time` is \"{}\", but must be a date and a time from 2000 to 2099, \
                     such as \"2026-02-28 23:59:59\"",
                    text.escape_debug()
                ))
            })
        });
        let clock = Clock::new(date.transpose()?);
        let sqw = wiring.pin_or("sqw", Level::High);
        drive(&clock, &sqw, 0);
        let shown = clock.registers();
        Ok(Self { clock, shown, memory: [0; 56], pointer: 0, first: false, sqw })
    }

    /// To the next register; past the last one comes the first, and the time is
    /// taken anew.
    fn next(&mut self) {
        self.pointer = (self.pointer + 1) % REGISTERS;
        if self.pointer == 0 {
            self.shown = self.clock.registers();
        }
    }
}

impl Model<dyn I2cTarget> for Ds1307 {
    type Options = Options;
    const NAME: &'static str = "ds1307";
    const PINS: &'static [&'static str] = &["sqw"];

    fn build(options: &Options, site: &Site) -> Result<Box<dyn I2cTarget>, ConfigError> {
        Ok(Box::new(Self::new(options, site.wiring())?))
    }
}

impl I2cTarget for Ds1307 {
    fn start(&mut self, direction: Direction, now_ns: u64) -> Ack {
        self.clock.advance(now_ns);
        self.shown = self.clock.registers();
        self.first = direction == Direction::Write;
        Ack::Ack
    }

    fn write(&mut self, byte: u8, now_ns: u64) -> Ack {
        self.clock.advance(now_ns);
        if self.first {
            self.first = false;
            self.pointer = byte % REGISTERS;
            return Ack::Ack;
        }
        match self.pointer.checked_sub(MEMORY) {
            Some(place) => self.memory[usize::from(place)] = byte,
            None => self.clock.write(self.pointer, byte, now_ns),
        }
        self.next();
        Ack::Ack
    }

    fn read(&mut self, now_ns: u64) -> u8 {
        self.clock.advance(now_ns);
        let byte = match self.pointer.checked_sub(MEMORY) {
            Some(place) => self.memory[usize::from(place)],
            None => self.shown[usize::from(self.pointer)],
        };
        self.next();
        byte
    }

    fn stop(&mut self, now_ns: u64) {
        self.clock.advance(now_ns);
        drive(&self.clock, &self.sqw, now_ns);
    }
}
