//! Stands before an I2C bus and keeps the last transactions. When one fails,
//! the log gets them, so that one sees what led there.
#![no_std]

extern crate alloc;

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use bindings::{bus, diag};
use periplasm_driver::i2c::{Address, Answer, GiveI2c, Operation, Said};
use periplasm_driver::{Device, I2c, Level, setting};

periplasm_driver::driver!(Recorder);
periplasm_driver::gives_i2c!(Recorder: Bus { bus = Bus(bus::open()) });

struct Recorder;

/// The most transactions that can be kept.
const MOST: usize = 1024;

struct Record {
    last: VecDeque<String>,
    keep: usize,
}

/// Of all who opened the bus.
static RECORD: Device<Record> = Device::new(|| {
    let keep = setting("keep").and_then(|keep| keep.parse().ok()).unwrap_or(32);
    Ok(Record { last: VecDeque::new(), keep: MOST.min(keep) })
});

impl Record {
    fn add(&mut self, transaction: String) {
        self.last.push_back(transaction);
        let over = self.last.len().saturating_sub(self.keep);
        self.last.drain(..over);
    }

    /// Tells all that is kept, each once.
    fn tell(&mut self) {
        let log = diag::open();
        log.log(Level::Warn, &format!("a transaction failed; the last {}:", self.last.len()));
        self.last.drain(..).for_each(|line| log.log(Level::Warn, &line));
    }
}

struct Bus(I2c);

impl GiveI2c for Bus {
    fn addresses(&self) -> Vec<Address> {
        bus::addresses()
    }

    fn transaction(&self, address: Address, operations: &[Operation<'_>]) -> Answer {
        let answer = self.0.transaction(address, operations);
        let said = format!("{}", Said { address, operations, answer: &answer });
        // It never fails, and is never in use: one call at a time.
        let _ = RECORD.with(|record| {
            record.add(said);
            if answer.is_err() {
                record.tell();
            }
            Ok(())
        });
        answer
    }
}
