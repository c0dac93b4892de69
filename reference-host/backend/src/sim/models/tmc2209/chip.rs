//! The chip on its wire.

use std::collections::VecDeque;

use serde::Deserialize;

use super::datagram::{Parser, Request, reply};
use super::generator::Generator;
use super::registers::{Registers, address};
use crate::Level;
use crate::sim::error::within;
use crate::sim::{ConfigError, Model, Net, SerialTarget, Site, Wiring};

/// What a board file may say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// Its address by the pins MS1 and MS2: 0 to 3.
    pub address: u8,
    /// The line's speed: how long a bit lasts.
    pub baud: u32,
    /// Whether what the host sends comes back to it, as on one wire.
    pub echo: bool,
}

impl Default for Options {
    /// Address 0 on one wire, 115200 baud.
    fn default() -> Self {
        Self { address: 0, baud: 115_200, echo: true }
    }
}

/// IOIN: the version of the chip.
const VERSION: u32 = 0x21 << 24;
/// DRV_STATUS: standstill.
const STANDSTILL: u32 = 1 << 31;
/// TSTEP at standstill.
const NO_STEP: u32 = 0xf_ffff;
/// A reply: 8 bytes, each with a start and a stop bit.
const REPLY_BITS: u64 = 80;
/// Silence after which a new datagram begins (section 4.1.1).
const SILENCE_BITS: u64 = 63;

/// A TMC2209.
#[derive(Clone, Debug)]
pub struct Tmc2209 {
    options: Options,
    enable: Net,
    parser: Parser,
    registers: Registers,
    generator: Generator,
    heard_ns: u64,
    /// What is on its way to the host: when it is there, and what.
    out: VecDeque<(u64, Vec<u8>)>,
}

impl Tmc2209 {
    /// A chip, powered up. The pin `enn` is active low, and pulled down if it
    /// is not connected.
    ///
    /// # Errors
    /// [`ConfigError::Range`].
    pub fn new(options: &Options, wiring: &Wiring) -> Result<Self, ConfigError> {
        within("`address`", options.address.into(), (0.0, 3.0), "")?;
        // Section 4.1.3: 9000 baud to 1/16 of the clock.
        within("`baud`", options.baud.into(), (9_000.0, 750_000.0), " baud")?;
        Ok(Self {
            options: *options,
            enable: wiring.pin_or("enn", Level::Low),
            parser: Parser::default(),
            registers: Registers::default(),
            generator: Generator::default(),
            heard_ns: 0,
            out: VecDeque::new(),
        })
    }

    /// Microsteps that the motor has made by `now_ns`, backward ones less.
    pub fn microsteps(&mut self, now_ns: u64) -> i64 {
        self.generator.advance(self.registers.vactual, now_ns);
        self.generator.microsteps()
    }

    /// Microsteps of a full step.
    pub fn resolution(&self) -> u32 {
        self.registers.microsteps()
    }

    /// Whether the motor has current at `now_ns`.
    pub fn is_driven(&self, now_ns: u64) -> bool {
        // TOFF 0 switches the driver off (section 5.5.1).
        !self.enable.level(now_ns).is_high() && self.registers.chopconf & 0xf != 0
    }

    fn bits_ns(&self, bits: u64) -> u64 {
        bits * 1_000_000_000 / u64::from(self.options.baud)
    }

    fn read(&mut self, register: u8, now_ns: u64) -> u32 {
        let moving = self.registers.vactual != 0;
        match register {
            address::GCONF => self.registers.gconf,
            address::GSTAT => self.registers.gstat,
            address::IFCNT => self.registers.ifcnt.into(),
            address::IOIN => VERSION | u32::from(self.enable.level(now_ns).is_high()),
            address::FACTORY_CONF => self.registers.factory_conf,
            address::TSTEP if moving => {
                // Clocks of a 1/256 step (section 5.2).
                let part = 256 / self.registers.microsteps();
                let speed = u64::from(self.registers.vactual.unsigned_abs()) * u64::from(part);
                ((1 << 24) / speed).min(NO_STEP.into()) as u32
            }
            address::TSTEP => NO_STEP,
            address::MSCNT => {
                let part = 256 / i64::from(self.registers.microsteps());
                self.microsteps(now_ns).wrapping_mul(part).rem_euclid(1024) as u32
            }
            address::CHOPCONF => self.registers.chopconf,
            address::DRV_STATUS => {
                let place = if moving { 8 } else { 0 };
                let current = self.registers.ihold_irun >> place & 0x1f;
                current << 16 | if moving { 0 } else { STANDSTILL }
            }
            address::PWMCONF => self.registers.pwmconf,
            _ => 0,
        }
    }
}

impl SerialTarget for Tmc2209 {
    fn receive(&mut self, bytes: &[u8], now_ns: u64) {
        if now_ns.saturating_sub(self.heard_ns) > self.bits_ns(SILENCE_BITS) {
            self.parser.clear();
        }
        self.heard_ns = now_ns;
        if self.options.echo {
            self.out.push_back((now_ns, bytes.to_vec()));
        }
        for byte in bytes {
            match self.parser.take(*byte, self.options.address) {
                Some(Request::Write { register, value }) => {
                    self.generator.advance(self.registers.vactual, now_ns);
                    self.registers.write(register, value);
                }
                Some(Request::Read { register }) => {
                    let value = self.read(register, now_ns);
                    let bits = self.registers.send_delay_bits() + REPLY_BITS;
                    let at_ns = now_ns.saturating_add(self.bits_ns(bits));
                    self.out.push_back((at_ns, reply(register, value).to_vec()));
                }
                None => {}
            }
        }
    }

    fn send(&mut self, into: &mut Vec<u8>, now_ns: u64) {
        while self.out.front().is_some_and(|(at_ns, _)| *at_ns <= now_ns) {
            into.extend(self.out.pop_front().into_iter().flat_map(|(_, bytes)| bytes));
        }
    }

    fn next_ns(&self) -> Option<u64> {
        self.out.front().map(|(at_ns, _)| *at_ns)
    }
}

impl Model<dyn SerialTarget> for Tmc2209 {
    type Options = Options;
    const NAME: &'static str = "tmc2209";
    const PINS: &'static [&'static str] = &["enn"];

    fn build(options: &Options, site: &Site) -> Result<Box<dyn SerialTarget>, ConfigError> {
        Ok(Box::new(Self::new(options, site.wiring())?))
    }
}
