//! A plain file of 256 registers, for driver authors and for fault tests.

use serde::Deserialize;

use crate::sim::{Ack, ConfigError, Direction, I2cTarget, Model, Site};

/// What a board file may say about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// The registers from 0 on, at most 256. The rest hold 0.
    pub contents: Vec<u8>,
    /// Whether data that is written to it is not acknowledged. The register
    /// address is, or nothing could be read.
    pub read_only: bool,
}

/// 256 registers of a byte.
///
/// The protocol is that of a small serial EEPROM such as Microchip's 24C02
/// (DS21202, sections 6 and 8), without pages and without write time: the first
/// byte written after a START is the register address, what follows goes there
/// and onwards, and reads go on from the register after the last one touched.
/// After 255 comes 0.
#[derive(Clone, Debug)]
pub struct Registers {
    registers: [u8; 256],
    read_only: bool,
    pointer: u8,
    addressed: bool,
}

impl Registers {
    /// A register file.
    ///
    /// # Errors
    /// [`ConfigError::TooManyRegisters`].
    pub fn new(options: &Options) -> Result<Self, ConfigError> {
        let mut registers = [0; 256];
        registers
            .get_mut(..options.contents.len())
            .ok_or(ConfigError::TooManyRegisters(options.contents.len()))?
            .copy_from_slice(&options.contents);
        Ok(Self { registers, read_only: options.read_only, pointer: 0, addressed: false })
    }

    /// What a register holds.
    pub fn register(&self, register: u8) -> u8 {
        self.registers[usize::from(register)]
    }

    /// Puts `value` into a register, past `read_only`.
    pub fn set_register(&mut self, register: u8, value: u8) {
        self.registers[usize::from(register)] = value;
    }
}

impl Model<dyn I2cTarget> for Registers {
    type Options = Options;
    const NAME: &'static str = "registers";

    fn build(options: &Options, _: &Site) -> Result<Box<dyn I2cTarget>, ConfigError> {
        Ok(Box::new(Self::new(options)?))
    }
}

impl I2cTarget for Registers {
    fn start(&mut self, _: Direction, _: u64) -> Ack {
        self.addressed = false;
        Ack::Ack
    }

    fn write(&mut self, byte: u8, _: u64) -> Ack {
        if !self.addressed {
            self.addressed = true;
            self.pointer = byte;
            return Ack::Ack;
        }
        if self.read_only {
            return Ack::Nack;
        }
        self.set_register(self.pointer, byte);
        self.pointer = self.pointer.wrapping_add(1);
        Ack::Ack
    }

    fn read(&mut self, _: u64) -> u8 {
        let value = self.register(self.pointer);
        self.pointer = self.pointer.wrapping_add(1);
        value
    }

    fn stop(&mut self, _: u64) {
        self.addressed = false;
    }
}
