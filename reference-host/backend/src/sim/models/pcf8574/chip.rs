//! How the port is reached over I2C: every byte is the port (section 7).

use serde::Deserialize;

use super::port::Port;
use crate::sim::{Ack, ConfigError, Direction, I2cTarget, Model, Net, Site, Wiring};

/// What a board file may say about it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// The pins, 0 to 7, that something outside holds low when the chip is
    /// powered up: a pressed button.
    pub held_low: Vec<u8>,
}

/// A PCF8574 or PCF8574A on I2C; they differ only in their addresses.
#[derive(Debug)]
pub struct Pcf8574 {
    port: Port,
}

impl Pcf8574 {
    /// A chip that was powered up.
    ///
    /// # Errors
    /// [`ConfigError::Range`] for a pin that it does not have.
    pub fn new(options: &Options, wiring: &Wiring) -> Result<Self, ConfigError> {
        let mut low = 0;
        for pin in &options.held_low {
            let (what, found, min, max) = ("a pin of `held-low`", f64::from(*pin), 0.0, 7.0);
            let outside = ConfigError::Range { what, found, min, max, unit: "" };
            low |= 1_u8.checked_shl((*pin).into()).ok_or(outside)?;
        }
        Ok(Self { port: Port::new(wiring, low) })
    }

    /// The wire of pin 0 to 7, to set it from outside or to look at it.
    pub fn pin(&self, pin: usize) -> Option<&Net> {
        self.port.pin(pin)
    }
}

impl Model<dyn I2cTarget> for Pcf8574 {
    type Options = Options;
    const NAME: &'static str = "pcf8574";
    const PINS: &'static [&'static str] = &["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "int"];

    fn build(options: &Options, site: &Site) -> Result<Box<dyn I2cTarget>, ConfigError> {
        Ok(Box::new(Self::new(options, site.wiring())?))
    }
}

impl I2cTarget for Pcf8574 {
    fn start(&mut self, _: Direction, _: u64) -> Ack {
        Ack::Ack
    }

    fn write(&mut self, byte: u8, now_ns: u64) -> Ack {
        self.port.write(byte, now_ns);
        Ack::Ack
    }

    fn read(&mut self, now_ns: u64) -> u8 {
        self.port.read(now_ns)
    }

    fn stop(&mut self, now_ns: u64) {
        self.port.interrupt(now_ns);
    }
}
