//! The registers, and how they are reached over I2C.

use serde::Deserialize;

use super::mode::Mode1;
use super::outputs::{Led, Output};
use crate::sim::{Ack, ConfigError, Direction, I2cTarget, Model, Site, Wiring};

/// The registers (section 7.3, table 4).
mod register {
    pub(super) const MODE1: u8 = 0x00;
    pub(super) const MODE2: u8 = 0x01;
    pub(super) const SUBADR1: u8 = 0x02;
    pub(super) const ALLCALLADR: u8 = 0x05;
    pub(super) const LED0_ON_L: u8 = 0x06;
    pub(super) const LED15_OFF_H: u8 = 0x45;
    pub(super) const ALL_LED_ON_L: u8 = 0xfa;
    pub(super) const ALL_LED_OFF_H: u8 = 0xfd;
    pub(super) const PRE_SCALE: u8 = 0xfe;
    pub(super) const TEST_MODE: u8 = 0xff;
}

const OSCILLATOR_HZ: u64 = 25_000_000;

/// 200 Hz (section 7.3.5).
const PRE_SCALE: u8 = 0x1e;

/// The hardware forces at least this (section 7.3.5).
const LEAST_PRE_SCALE: u8 = 3;

/// OUTDRV (section 7.3.2, table 6).
const MODE2: u8 = 0x04;
const OCH: u8 = 1 << 3;

/// SUBADR1 to SUBADR3 and ALLCALLADR (sections 7.3.6 and 7.3.7).
const ADDRESSES: [u8; 4] = [0xe2, 0xe4, 0xe8, 0xe0];

/// What a board file may say about it: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {}

/// A PCA9685 on I2C.
#[derive(Debug)]
pub struct Pca9685 {
    mode1: Mode1,
    mode2: u8,
    addresses: [u8; 4],
    leds: [Led; 16],
    /// What the outputs do, by what was loaded at the last STOP or ACK.
    outputs: [Led; 16],
    pre_scale: u8,
    pointer: u8,
    first: bool,
    /// Outputs were programmed since the last STOP.
    programmed: bool,
}

impl Pca9685 {
    /// A chip that was powered up: asleep, all outputs off.
    ///
    /// # Errors
    /// None today.
    pub fn new(_: &Options, _: &Wiring) -> Result<Self, ConfigError> {
        Ok(Self {
            mode1: Mode1::default(),
            mode2: MODE2,
            addresses: ADDRESSES,
            leds: [Led::default(); 16],
            outputs: [Led::default(); 16],
            pre_scale: PRE_SCALE,
            pointer: 0,
            first: false,
            programmed: false,
        })
    }

    /// What output 0 to 15 does; `None` for another number. Asleep, and until a
    /// restart, all are off.
    pub fn output(&self, number: usize) -> Option<Output> {
        let output = self.outputs.get(number)?.output();
        Some(if self.mode1.runs() { output } else { Output { on: 0, ..output } })
    }

    /// Periods a second, in mHz (section 7.3.5).
    pub fn millihertz(&self) -> u64 {
        OSCILLATOR_HZ * 1_000 / (4096 * (u64::from(self.pre_scale) + 1))
    }

    fn active(&self) -> bool {
        self.outputs.iter().any(|led| !led.full_off())
    }

    fn store(&mut self, byte: u8, now_ns: u64) {
        match self.pointer {
            register::MODE1 => self.mode1.write(byte, self.active(), now_ns),
            register::MODE2 => self.mode2 = byte & 0x1f,
            pointer @ register::SUBADR1..=register::ALLCALLADR => {
                self.addresses[usize::from(pointer - register::SUBADR1)] = byte & 0xfe;
            }
            pointer @ register::LED0_ON_L..=register::LED15_OFF_H => {
                let place = usize::from(pointer - register::LED0_ON_L);
                self.leds[place / 4].write(place % 4, byte);
                self.loaded(place % 4);
            }
            pointer @ register::ALL_LED_ON_L..=register::ALL_LED_OFF_H => {
                let place = usize::from(pointer - register::ALL_LED_ON_L);
                self.leds.iter_mut().for_each(|led| led.write(place, byte));
                self.loaded(place);
            }
            register::PRE_SCALE if self.mode1.asleep() => {
                self.pre_scale = byte.max(LEAST_PRE_SCALE);
            }
            _ => {}
        }
    }

    /// A byte of an output came in, the fourth of its four or an earlier one.
    fn loaded(&mut self, place: usize) {
        if self.mode2 & OCH == 0 {
            self.programmed = true;
        } else if place == 3 {
            self.apply();
        }
    }

    fn apply(&mut self) {
        self.outputs = self.leds;
        self.mode1.programmed();
    }

    fn load(&self) -> u8 {
        match self.pointer {
            register::MODE1 => self.mode1.read(),
            register::MODE2 => self.mode2,
            pointer @ register::SUBADR1..=register::ALLCALLADR => {
                self.addresses[usize::from(pointer - register::SUBADR1)]
            }
            pointer @ register::LED0_ON_L..=register::LED15_OFF_H => {
                let place = usize::from(pointer - register::LED0_ON_L);
                self.leds[place / 4].0[place % 4]
            }
            register::PRE_SCALE => self.pre_scale,
            // The registers for all outputs read 0.
            _ => 0,
        }
    }

    fn next(&mut self) {
        if self.mode1.auto_increment() {
            // Section 7.3, the remark below table 4.
            self.pointer = match self.pointer {
                register::LED15_OFF_H | register::PRE_SCALE | register::TEST_MODE => 0,
                pointer => pointer + 1,
            };
        }
    }
}

impl Model<dyn I2cTarget> for Pca9685 {
    type Options = Options;
    const NAME: &'static str = "pca9685";

    fn build(options: &Options, site: &Site) -> Result<Box<dyn I2cTarget>, ConfigError> {
        Ok(Box::new(Self::new(options, site.wiring())?))
    }
}

impl I2cTarget for Pca9685 {
    fn start(&mut self, direction: Direction, _: u64) -> Ack {
        self.first = direction == Direction::Write;
        Ack::Ack
    }

    fn write(&mut self, byte: u8, now_ns: u64) -> Ack {
        if self.first {
            self.first = false;
            // Reserved registers are not acknowledged (table 4).
            if (register::LED15_OFF_H + 1..register::ALL_LED_ON_L).contains(&byte) {
                return Ack::Nack;
            }
            self.pointer = byte;
        } else {
            self.store(byte, now_ns);
            self.next();
        }
        Ack::Ack
    }

    fn read(&mut self, _: u64) -> u8 {
        let byte = self.load();
        self.next();
        byte
    }

    fn stop(&mut self, _: u64) {
        if std::mem::take(&mut self.programmed) {
            self.apply();
        }
    }
}
