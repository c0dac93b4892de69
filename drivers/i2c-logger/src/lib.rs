//! Stands before an I2C bus and tells the log of each transaction.
#![no_std]

extern crate alloc;

use alloc::format;
use alloc::vec::Vec;

use bindings::{bus, diag};
use periplasm_driver::i2c::{Address, Answer, ErrorCode, GiveI2c, Operation, Said};
use periplasm_driver::{Diag, I2c, Level, setting};

periplasm_driver::driver!(Logger);
periplasm_driver::gives_i2c!(Logger: Bus { bus = Bus::open() });

struct Logger;

struct Bus {
    bus: I2c,
    log: Diag,
    level: Level,
}

impl Bus {
    fn open() -> Self {
        let level = match setting("level").as_deref() {
            Some("trace") => Level::Trace,
            Some("debug") => Level::Debug,
            _ => Level::Info,
        };
        Self { bus: bus::open(), log: diag::open(), level }
    }
}

impl GiveI2c for Bus {
    fn addresses(&self) -> Vec<Address> {
        bus::addresses()
    }

    fn transaction(&self, address: Address, operations: &[Operation<'_>]) -> Answer {
        let answer = self.bus.transaction(address, operations);
        // What a driver tries again is not worth more than that.
        let level = match answer {
            Ok(_) | Err(ErrorCode::NoAcknowledge(_)) => self.level,
            Err(_) => Level::Warn,
        };
        self.log.log(level, &format!("{}", Said { address, operations, answer: &answer }));
        answer
    }
}
