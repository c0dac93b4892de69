//! A plain file of 128 registers on SPI, for driver authors and for fault tests.

use serde::Deserialize;

use crate::sim::{ConfigError, Model, Site, SpiTarget};

/// What a board file may say about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// The registers from 0 on, at most 128. The rest hold 0.
    pub contents: Vec<u8>,
}

/// 128 registers of a byte.
///
/// The first byte after chip select is a register's address, with bit 7 set to
/// read, as most sensors with SPI have it (Bosch BST-BME280-DS002, section 6.3,
/// with the sense of that bit). Data follow, from that register on; after 127
/// comes 0. While the address goes in, and while data do, 0 comes out.
#[derive(Clone, Debug)]
pub struct SpiRegisters {
    registers: [u8; 128],
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Address,
    Reading(u8),
    Writing(u8),
}

const READ: u8 = 0x80;

impl SpiRegisters {
    /// A register file.
    ///
    /// # Errors
    /// More contents than registers.
    pub fn new(options: &Options) -> Result<Self, ConfigError> {
        let (mut registers, len) = ([0; 128], options.contents.len());
        registers
            .get_mut(..len)
            .ok_or_else(|| {
                ConfigError::Invalid(format!("`contents` has {len} bytes, but there are 128"))
            })?
            .copy_from_slice(&options.contents);
        Ok(Self { registers, state: State::Address })
    }

    /// What a register holds; bit 7 of its number is ignored.
    pub fn register(&self, register: u8) -> u8 {
        self.registers[usize::from(register & !READ)]
    }

    /// Puts `value` into a register.
    pub fn set_register(&mut self, register: u8, value: u8) {
        self.registers[usize::from(register & !READ)] = value;
    }
}

impl Model<dyn SpiTarget> for SpiRegisters {
    type Options = Options;
    const NAME: &'static str = "registers";

    fn build(options: &Options, _: &Site) -> Result<Box<dyn SpiTarget>, ConfigError> {
        Ok(Box::new(Self::new(options)?))
    }
}

impl SpiTarget for SpiRegisters {
    fn select(&mut self, _: u64) {
        self.state = State::Address;
    }

    fn exchange(&mut self, sent: u8, _: u64) -> u8 {
        match self.state {
            State::Address => {
                let address = sent & !READ;
                let reads = sent & READ != 0;
                self.state = if reads { State::Reading(address) } else { State::Writing(address) };
                0
            }
            State::Reading(address) => {
                self.state = State::Reading((address + 1) & !READ);
                self.register(address)
            }
            State::Writing(address) => {
                self.state = State::Writing((address + 1) & !READ);
                self.set_register(address, sent);
                0
            }
        }
    }

    fn deselect(&mut self, _: u64) {
        self.state = State::Address;
    }
}
