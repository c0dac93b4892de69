//! The registers, and how they are reached over I2C.

use serde::Deserialize;

use crate::sim::error::within;
use crate::sim::{Ack, ConfigError, Direction, I2cTarget, Model, Site, Wiring};

/// The registers that do something (RM section 3).
mod register {
    pub(super) const GYRO_CONFIG: u8 = 0x1b;
    pub(super) const ACCEL_CONFIG: u8 = 0x1c;
    pub(super) const ACCEL_XOUT_H: u8 = 0x3b;
    pub(super) const GYRO_ZOUT_L: u8 = 0x48;
    pub(super) const PWR_MGMT_1: u8 = 0x6b;
    pub(super) const WHO_AM_I: u8 = 0x75;
}

/// What WHO_AM_I says, whatever AD0 is (RM section 4.32).
const WHO_AM_I: u8 = 0x68;

const DEVICE_RESET: u8 = 1 << 7;
const SLEEP: u8 = 1 << 6;
const TEMP_DIS: u8 = 1 << 3;

/// From sleep to the first measurement (PS section 6.1, gyroscope start-up).
const START_NS: u64 = 30_000_000;

/// °C of the sensor at 0, and its steps a degree (RM section 4.18).
const ZERO_CELSIUS: f64 = 36.53;
const STEPS_A_DEGREE: f64 = 340.0;

/// What a board file may say about it.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// Along x, y and z in g, gravity included; -16 to 16.
    pub acceleration: [f64; 3],
    /// About x, y and z in °/s; -2000 to 2000.
    pub rotation: [f64; 3],
    /// °C, from -40 to 85.
    pub temperature: f64,
}

impl Default for Options {
    /// Flat on a table at 25 °C.
    fn default() -> Self {
        Self { acceleration: [0.0, 0.0, 1.0], rotation: [0.0; 3], temperature: 25.0 }
    }
}

impl Options {
    fn check(self) -> Result<Self, ConfigError> {
        for g in self.acceleration {
            within("a part of `acceleration`", g, (-16.0, 16.0), " g")?;
        }
        for rate in self.rotation {
            within("a part of `rotation`", rate, (-2000.0, 2000.0), " °/s")?;
        }
        within("`temperature`", self.temperature, (-40.0, 85.0), " °C")?;
        Ok(self)
    }
}

/// An MPU-6050 on I2C.
#[derive(Clone, Debug)]
pub struct Mpu6050 {
    options: Options,
    registers: [u8; 128],
    /// When it was woken, if it is awake.
    awake_ns: Option<u64>,
    pointer: u8,
    first: bool,
    /// ACCEL_XOUT_H to GYRO_ZOUT_L, all of one moment (RM section 4.17).
    latched: [u8; 14],
}

impl Mpu6050 {
    /// A chip that was powered up: asleep.
    ///
    /// # Errors
    /// [`ConfigError::Range`].
    pub fn new(options: &Options, _: &Wiring) -> Result<Self, ConfigError> {
        Ok(Self {
            options: options.check()?,
            registers: reset(),
            awake_ns: None,
            pointer: 0,
            first: false,
            latched: [0; 14],
        })
    }

    /// Moves it.
    ///
    /// # Errors
    /// [`ConfigError::Range`]; it then stays as it was.
    pub fn set(&mut self, options: Options) -> Result<(), ConfigError> {
        self.options = options.check()?;
        Ok(())
    }

    fn register(&self, register: u8) -> u8 {
        self.registers[usize::from(register & 0x7f)]
    }

    fn measured(&self, now_ns: u64) -> [u8; 14] {
        if self.awake_ns.is_none_or(|woken| now_ns < woken.saturating_add(START_NS)) {
            return [0; 14];
        }
        let range = |register| u32::from(self.register(register) >> 3 & 0b11);
        // Sensitivities: PS sections 6.1 and 6.2.
        let steps_a_g = f64::from(16_384 >> range(register::ACCEL_CONFIG));
        let steps_a_rate = [131.0, 65.5, 32.8, 16.4][range(register::GYRO_CONFIG) as usize];
        let [ax, ay, az] = self.options.acceleration.map(|g| word(g * steps_a_g));
        let [gx, gy, gz] = self.options.rotation.map(|rate| word(rate * steps_a_rate));
        let temperature = if self.register(register::PWR_MGMT_1) & TEMP_DIS == 0 {
            word((self.options.temperature - ZERO_CELSIUS) * STEPS_A_DEGREE)
        } else {
            [0; 2]
        };
        let mut bytes = [0; 14];
        for (place, word) in [ax, ay, az, temperature, gx, gy, gz].into_iter().enumerate() {
            bytes[2 * place..2 * place + 2].copy_from_slice(&word);
        }
        bytes
    }

    fn store(&mut self, byte: u8, now_ns: u64) {
        match self.pointer {
            register::WHO_AM_I | register::ACCEL_XOUT_H..=register::GYRO_ZOUT_L => {}
            register::PWR_MGMT_1 if byte & DEVICE_RESET != 0 => {
                self.registers = reset();
                self.awake_ns = None;
            }
            register::PWR_MGMT_1 => {
                self.registers[usize::from(register::PWR_MGMT_1)] = byte;
                self.awake_ns =
                    if byte & SLEEP != 0 { None } else { self.awake_ns.or(Some(now_ns)) };
            }
            pointer => self.registers[usize::from(pointer & 0x7f)] = byte,
        }
    }
}

/// All 0, but for the two that RM section 3 names.
fn reset() -> [u8; 128] {
    let mut registers = [0; 128];
    registers[usize::from(register::PWR_MGMT_1)] = SLEEP;
    registers[usize::from(register::WHO_AM_I)] = WHO_AM_I;
    registers
}

/// The nearest step that fits.
fn word(steps: f64) -> [u8; 2] {
    (steps.round() as i16).to_be_bytes()
}

impl Model<dyn I2cTarget> for Mpu6050 {
    type Options = Options;
    const NAME: &'static str = "mpu6050";

    fn build(options: &Options, site: &Site) -> Result<Box<dyn I2cTarget>, ConfigError> {
        Ok(Box::new(Self::new(options, site.wiring())?))
    }
}

impl I2cTarget for Mpu6050 {
    fn start(&mut self, direction: Direction, now_ns: u64) -> Ack {
        self.first = direction == Direction::Write;
        self.latched = self.measured(now_ns);
        Ack::Ack
    }

    fn write(&mut self, byte: u8, now_ns: u64) -> Ack {
        if self.first {
            self.first = false;
            self.pointer = byte & 0x7f;
        } else {
            self.store(byte, now_ns);
            self.pointer = (self.pointer + 1) & 0x7f;
        }
        Ack::Ack
    }

    fn read(&mut self, _: u64) -> u8 {
        let byte = match self.pointer {
            sensor @ register::ACCEL_XOUT_H..=register::GYRO_ZOUT_L => {
                self.latched[usize::from(sensor - register::ACCEL_XOUT_H)]
            }
            pointer => self.register(pointer),
        };
        self.pointer = (self.pointer + 1) & 0x7f;
        byte
    }

    fn stop(&mut self, _: u64) {}
}
