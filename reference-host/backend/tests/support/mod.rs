//! A simulated board in a test's hands.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod picture;

use std::sync::{Arc, Mutex};

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource, Operation};
use periplasm_backend::sim::{self, DeviceConfig, I2cTarget, VirtualClock};
use periplasm_backend::{Clock, I2cAddress, I2cBus};

pub(crate) const NO_ADDRESS: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);
pub(crate) const NO_DATA: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data);

pub(crate) fn seven(address: u16) -> I2cAddress {
    I2cAddress::seven_bit(address).unwrap()
}

pub(crate) fn ten(address: u16) -> I2cAddress {
    I2cAddress::ten_bit(address).unwrap()
}

/// One device's table of a board file.
pub(crate) fn device(table: &str) -> DeviceConfig {
    toml::from_str(table).unwrap_or_else(|error| panic!("{table}\n{error}"))
}

/// A bus on a clock that only the test moves.
pub(crate) struct Board {
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) bus: sim::Bus,
}

impl Board {
    pub(crate) fn empty() -> Self {
        let clock = Arc::new(VirtualClock::new());
        Self { bus: sim::Bus::new(clock.clone()), clock }
    }

    /// With one device, from its table in a board file.
    pub(crate) fn of(table: &str) -> Self {
        let mut board = Self::empty();
        board.bus.attach(&device(table)).unwrap();
        board
    }

    /// With one chip at 0x48 that stays in the test's hands.
    pub(crate) fn with<T: I2cTarget + 'static>(chip: T) -> (Self, Arc<Mutex<T>>) {
        let mut board = Self::empty();
        let chip = Arc::new(Mutex::new(chip));
        board.bus.attach_target(seven(0x48), Box::new(chip.clone()), None).unwrap();
        (board, chip)
    }

    pub(crate) fn write(&mut self, address: u16, bytes: &[u8]) -> Result<(), ErrorKind> {
        self.bus.transaction(seven(address), &mut [Operation::Write(bytes)])
    }

    /// Register address, repeated START, `N` bytes.
    pub(crate) fn read<const N: usize>(&mut self, address: u16, register: u8) -> [u8; N] {
        let mut bytes = [0xaa; N];
        let mut operations = [Operation::Write(&[register]), Operation::Read(&mut bytes)];
        self.bus.transaction(seven(address), &mut operations).unwrap();
        bytes
    }

    pub(crate) fn wait_ns(&self, ns: u64) {
        self.clock.delay_ns(ns);
    }

    pub(crate) fn now_ns(&self) -> u64 {
        self.clock.now_ns()
    }
}
