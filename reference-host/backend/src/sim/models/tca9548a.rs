//! TCA9548A: eight buses behind one.
//!
//! Written from TI's datasheet (SCPS207F, November 2016), section 8.5.4. It has
//! one register, of which bit n joins channel n to the bus; any number may be
//! joined at once. It is 0 after power-up and a reset (table 2). Of several bytes
//! that are written the last one stays. A channel is joined from the STOP on, so
//! a transaction sees the channels of the one before.
//!
//! Its pin is `reset`, RESET with its pull-up, active low for 6 ns and more
//! (reset timing requirements). A device behind it says so itself, with `behind` in its table.

use serde::Deserialize;

use super::reset::ResetPin;
use crate::Level;
use crate::sim::{Ack, ConfigError, Direction, I2cTarget, Model, Site};

/// The shortest pulse that resets it, in nanoseconds.
const RESET_NS: u64 = 6;

/// What a board file may say about it: nothing.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {}

/// A TCA9548A.
#[derive(Debug)]
pub struct Tca9548a {
    reset: ResetPin,
    control: u8,
    /// What is joined: [`Self::control`] as of the last STOP.
    joined: u8,
}

impl Tca9548a {
    /// Whether it can be spoken to, after what its reset pin did.
    fn runs(&mut self, now_ns: u64) -> bool {
        if self.reset.look(now_ns).is_some() || self.reset.held() {
            (self.control, self.joined) = (0, 0);
        }
        !self.reset.held()
    }
}

impl Model<dyn I2cTarget> for Tca9548a {
    type Options = Options;
    const NAME: &'static str = "tca9548a";
    const PINS: &'static [&'static str] = &["reset"];

    fn build(_: &Options, site: &Site) -> Result<Box<dyn I2cTarget>, ConfigError> {
        let reset = ResetPin::new(site.pin_or("reset", Level::High), RESET_NS);
        Ok(Box::new(Self { reset, control: 0, joined: 0 }))
    }
}

impl I2cTarget for Tca9548a {
    fn start(&mut self, _: Direction, now_ns: u64) -> Ack {
        if self.runs(now_ns) { Ack::Ack } else { Ack::Nack }
    }

    fn write(&mut self, byte: u8, _: u64) -> Ack {
        self.control = byte;
        Ack::Ack
    }

    fn read(&mut self, _: u64) -> u8 {
        self.control
    }

    fn stop(&mut self, now_ns: u64) {
        if self.runs(now_ns) {
            self.joined = self.control;
        }
    }

    fn channels(&self) -> u8 {
        8
    }

    fn joins(&self, channel: u8) -> bool {
        self.joined.checked_shr(channel.into()).is_some_and(|bits| bits & 1 == 1)
    }
}
