//! The registers, and how they are reached over I2C.

use serde::Deserialize;

use super::watchdog::{Conf, ROUND, Watchdog};
use crate::sim::error::within;
use crate::sim::{Ack, ConfigError, Direction, I2cTarget, Model, Site};

/// The registers behind the pointer (NXP section 7.4, table 5).
mod register {
    pub(super) const CONF: u8 = 1;
    pub(super) const THYST: u8 = 2;
    pub(super) const TOS: u8 = 3;
}

/// Power-up limits: 75 °C and 80 °C (NXP section 7.4, table 5).
const THYST: [u8; 2] = [0x4b, 0x00];
const TOS: [u8; 2] = [0x50, 0x00];

const CONVERSION_NS: u64 = 100_000_000;

/// No time past this is told from it (292 years), so that sums cannot overflow.
const END_OF_TIME: u64 = u64::MAX / 2;

/// The range of both datasheets.
const CELSIUS: (f64, f64) = (-55.0, 125.0);

/// What a board file may say about it.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// °C, from -55 to 125. The chip says what is nearest in its steps.
    pub temperature: f64,
    /// 9 (steps of 0.5 °C) or 11 (NXP's LM75B: 0.125 °C).
    pub resolution_bits: u8,
}

impl Default for Options {
    /// 25 °C in 9 bits.
    fn default() -> Self {
        Self { temperature: 25.0, resolution_bits: 9 }
    }
}

/// An LM75 on I2C.
#[derive(Clone, Debug)]
pub struct Lm75 {
    resolution_bits: u8,
    celsius: f64,
    temperature: [u8; 2],
    conf: Conf,
    thyst: [u8; 2],
    tos: [u8; 2],
    watchdog: Watchdog,
    /// When the conversion in progress ends.
    next_ns: u64,
    pointer: u8,
    /// Bytes since the last START.
    bytes: u8,
    msb: u8,
    /// What the read in progress shows.
    latched: [u8; 2],
}

impl Lm75 {
    /// A chip at the temperature of `options`.
    ///
    /// # Errors
    /// [`ConfigError::Range`] or [`ConfigError::Resolution`].
    pub fn new(options: &Options) -> Result<Self, ConfigError> {
        if ![9, 11].contains(&options.resolution_bits) {
            return Err(ConfigError::Resolution(options.resolution_bits));
        }
        let mut chip = Self {
            resolution_bits: options.resolution_bits,
            celsius: check(options.temperature)?,
            temperature: [0; 2],
            conf: Conf::default(),
            thyst: THYST,
            tos: TOS,
            watchdog: Watchdog::default(),
            next_ns: CONVERSION_NS,
            pointer: 0,
            bytes: 0,
            msb: 0,
            latched: [0; 2],
        };
        chip.convert();
        Ok(chip)
    }

    /// Changes the temperature from `now_ns` on, in °C. The register follows
    /// at the end of the next conversion.
    ///
    /// # Errors
    /// [`ConfigError::Range`]; the old temperature then stays.
    pub fn set_temperature(&mut self, celsius: f64, now_ns: u64) -> Result<(), ConfigError> {
        let celsius = check(celsius)?;
        self.advance(now_ns);
        self.celsius = celsius;
        Ok(())
    }

    /// Whether the O.S. output is active at `now_ns`.
    pub fn is_os_active(&mut self, now_ns: u64) -> bool {
        self.advance(now_ns);
        self.watchdog.active()
    }

    /// Whether the O.S. pin, with its pull-up, is high at `now_ns`. It is
    /// active low unless the configuration says otherwise.
    pub fn is_os_high(&mut self, now_ns: u64) -> bool {
        self.is_os_active(now_ns) == self.conf.active_high()
    }

    fn advance(&mut self, now_ns: u64) {
        let now = now_ns.min(END_OF_TIME);
        if self.conf.shutdown() || now < self.next_ns {
            return;
        }
        let due = (now - self.next_ns) / CONVERSION_NS + 1;
        self.next_ns += due * CONVERSION_NS;
        // Whole rounds of the watchdog change nothing, after a first one.
        let conversions = if due > 2 * ROUND { ROUND + due % ROUND } else { due };
        for _ in 0..conversions {
            self.convert();
        }
    }

    fn convert(&mut self) {
        // Checked to be within -55 and 125, so it fits.
        let step = if self.resolution_bits == 11 { 8.0 } else { 2.0 };
        let unused = 16 - u32::from(self.resolution_bits);
        let word = ((self.celsius * step).round() as i16) << unused;
        self.temperature = word.to_be_bytes();
        // All compare in 9 bits (NXP section 7.4.4).
        let half_degrees = |bytes| i16::from_be_bytes(bytes) >> 7;
        let [temperature, tos, thyst] = [self.temperature, self.tos, self.thyst].map(half_degrees);
        self.watchdog.compare(self.conf, temperature, tos, thyst);
    }

    fn configure(&mut self, byte: u8, now_ns: u64) {
        let before = self.conf;
        self.conf = Conf(byte);
        self.watchdog.configure(self.conf);
        if before.shutdown() && !self.conf.shutdown() {
            self.next_ns = now_ns.min(END_OF_TIME) + CONVERSION_NS;
        }
    }
}

fn check(celsius: f64) -> Result<f64, ConfigError> {
    within("`temperature`", celsius, CELSIUS, " °C")
}

impl Model<dyn I2cTarget> for Lm75 {
    type Options = Options;
    const NAME: &'static str = "lm75";

    fn build(options: &Options, _: &Site) -> Result<Box<dyn I2cTarget>, ConfigError> {
        Ok(Box::new(Self::new(options)?))
    }
}

impl I2cTarget for Lm75 {
    fn start(&mut self, direction: Direction, now_ns: u64) -> Ack {
        self.advance(now_ns);
        self.bytes = 0;
        if direction == Direction::Read {
            self.watchdog.read(self.conf);
        }
        Ack::Ack
    }

    fn write(&mut self, byte: u8, now_ns: u64) -> Ack {
        self.advance(now_ns);
        match (self.bytes, self.pointer) {
            (0, _) => self.pointer = byte & 0b11,
            (1, register::CONF) => self.configure(byte, now_ns),
            (1, _) => self.msb = byte,
            (2, register::THYST) => self.thyst = [self.msb, byte & 0x80],
            (2, register::TOS) => self.tos = [self.msb, byte & 0x80],
            _ => {}
        }
        self.bytes = self.bytes.saturating_add(1);
        Ack::Ack
    }

    fn read(&mut self, now_ns: u64) -> u8 {
        // A conversion that ends between two bytes shows only in the next read:
        // the bytes of one read belong together.
        if self.bytes == 0 {
            self.advance(now_ns);
            self.latched = match self.pointer {
                register::CONF => [self.conf.0; 2],
                register::THYST => self.thyst,
                register::TOS => self.tos,
                _ => self.temperature,
            };
        }
        let [first, second] = self.latched;
        if self.bytes == 1 {
            self.bytes = 2;
            second
        } else {
            self.bytes = 1;
            first
        }
    }

    fn stop(&mut self, now_ns: u64) {
        self.advance(now_ns);
    }
}
