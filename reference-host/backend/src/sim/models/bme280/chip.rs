//! The registers, and how they are reached over I2C.

use super::measuring::Core;
use super::settings::Mode;
use super::{Options, Value};
use crate::sim::{Ack, ConfigError, Direction, I2cTarget, Model, Site};

/// The register map (DS002 section 5.3, table 18).
mod register {
    pub(super) const CALIB_LOW: u8 = 0x88;
    pub(super) const CALIB_LOW_END: u8 = 0xa1;
    pub(super) const ID: u8 = 0xd0;
    pub(super) const RESET: u8 = 0xe0;
    pub(super) const CALIB_HIGH: u8 = 0xe1;
    pub(super) const CALIB_HIGH_END: u8 = 0xe7;
    pub(super) const CTRL_HUM: u8 = 0xf2;
    pub(super) const STATUS: u8 = 0xf3;
    pub(super) const CTRL_MEAS: u8 = 0xf4;
    pub(super) const CONFIG: u8 = 0xf5;
    pub(super) const DATA: u8 = 0xf7;
    pub(super) const DATA_END: u8 = 0xfe;
}

/// Section 5.4.1.
const CHIP_ID: u8 = 0x60;
/// Section 5.4.2.
const RESET_WORD: u8 = 0xb6;
/// `t_startup`, section 1, table 1.
const STARTUP_NS: u64 = 2_000_000;
/// `status` (section 5.4.4).
const MEASURING: u8 = 1 << 3;
const IM_UPDATE: u8 = 1;

/// A BME280 on I2C, powered up long enough ago to be ready.
#[derive(Clone, Debug)]
pub struct Bme280 {
    options: Options,
    low: [u8; 26],
    high: [u8; 7],
    core: Core,
    /// As written; it reaches the core with the next write to `ctrl_meas`.
    ctrl_hum: u8,
    ready_at_ns: u64,
    pointer: u8,
    /// The register that the next byte written goes to.
    target: Option<u8>,
    /// The data registers as the read in progress sees them (section 4.1).
    shadow: [u8; 8],
}

impl Bme280 {
    /// A chip in the climate of `options`.
    ///
    /// # Errors
    /// Whatever in `options` a chip cannot have.
    pub fn new(options: &Options) -> Result<Self, ConfigError> {
        let core = Core::new(options.raw()?, options.measurement_time);
        Ok(Self {
            options: *options,
            low: options.calibration.low(),
            high: options.calibration.high(),
            shadow: core.data(),
            core,
            ctrl_hum: 0,
            ready_at_ns: 0,
            pointer: 0,
            target: None,
        })
    }

    /// Changes the temperature from `now_ns` on. Measurements that ended
    /// before keep the old one.
    ///
    /// # Errors
    /// A value outside the chip's range; the old one then stays.
    pub fn set_temperature(&mut self, value: Value, now_ns: u64) -> Result<(), ConfigError> {
        self.set(Options { temperature: value, ..self.options }, now_ns)
    }

    /// Changes the pressure from `now_ns` on; see [`Self::set_temperature`].
    ///
    /// # Errors
    /// A value outside the chip's range; the old one then stays.
    pub fn set_pressure(&mut self, value: Value, now_ns: u64) -> Result<(), ConfigError> {
        self.set(Options { pressure: value, ..self.options }, now_ns)
    }

    /// Changes the humidity from `now_ns` on; see [`Self::set_temperature`].
    ///
    /// # Errors
    /// A value outside the chip's range; the old one then stays.
    pub fn set_humidity(&mut self, value: Value, now_ns: u64) -> Result<(), ConfigError> {
        self.set(Options { humidity: value, ..self.options }, now_ns)
    }

    fn set(&mut self, options: Options, now_ns: u64) -> Result<(), ConfigError> {
        // All three: the raw pressure and humidity of a climate depend on its
        // temperature.
        let raw = options.raw()?;
        self.core.advance(now_ns);
        self.core.set_raw(raw);
        self.options = options;
        Ok(())
    }

    fn register(&self, register: u8, now_ns: u64) -> u8 {
        if now_ns < self.ready_at_ns {
            return if register == register::STATUS { IM_UPDATE } else { 0 };
        }
        match register {
            register::CALIB_LOW..=register::CALIB_LOW_END => {
                self.low[usize::from(register - register::CALIB_LOW)]
            }
            register::CALIB_HIGH..=register::CALIB_HIGH_END => {
                self.high[usize::from(register - register::CALIB_HIGH)]
            }
            register::ID => CHIP_ID,
            register::CTRL_HUM => self.ctrl_hum,
            register::STATUS if self.core.is_measuring() => MEASURING,
            register::CTRL_MEAS => self.core.settings().ctrl_meas,
            register::CONFIG => self.core.settings().config,
            register::DATA..=register::DATA_END => {
                self.shadow[usize::from(register - register::DATA)]
            }
            _ => 0,
        }
    }

    fn set_register(&mut self, register: u8, value: u8, now_ns: u64) {
        if now_ns < self.ready_at_ns {
            return;
        }
        match register {
            register::RESET if value == RESET_WORD => {
                self.core.reset();
                self.ctrl_hum = 0;
                self.ready_at_ns = now_ns.saturating_add(STARTUP_NS);
            }
            // Section 3.3.1: ignored while a mode change is waiting.
            register::CTRL_HUM if !self.core.is_mode_change_waiting() => {
                self.ctrl_hum = value & 0b111;
            }
            register::CTRL_MEAS => self.core.write_ctrl_meas(value, self.ctrl_hum, now_ns),
            register::CONFIG if self.core.settings().mode() != Mode::Normal => {
                self.core.write_config(value);
            }
            _ => {}
        }
    }
}

impl Model<dyn I2cTarget> for Bme280 {
    type Options = Options;
    const NAME: &'static str = "bme280";

    fn build(options: &Options, _: &Site) -> Result<Box<dyn I2cTarget>, ConfigError> {
        Ok(Box::new(Self::new(options)?))
    }
}

impl I2cTarget for Bme280 {
    fn start(&mut self, direction: Direction, now_ns: u64) -> Ack {
        self.core.advance(now_ns);
        self.target = None;
        if direction == Direction::Read {
            self.shadow = self.core.data();
        }
        Ack::Ack
    }

    /// Pairs of register address and data, without auto-increment (section
    /// 6.2.1).
    fn write(&mut self, byte: u8, now_ns: u64) -> Ack {
        self.core.advance(now_ns);
        match self.target.take() {
            None => {
                self.pointer = byte;
                self.target = Some(byte);
            }
            Some(register) => self.set_register(register, byte, now_ns),
        }
        Ack::Ack
    }

    /// From auto-incremented addresses (section 6.2.2).
    fn read(&mut self, now_ns: u64) -> u8 {
        self.core.advance(now_ns);
        let value = self.register(self.pointer, now_ns);
        self.pointer = self.pointer.wrapping_add(1);
        value
    }

    fn stop(&mut self, _: u64) {
        self.target = None;
    }
}
