//! Stands before an I2C bus and lets so many transactions through in a second:
//! the others wait for their turn.
#![no_std]

extern crate alloc;

use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bindings::bus;
use bindings::periplasm::hal::clock;
use periplasm_driver::embedded_hal::delay::DelayNs;
use periplasm_driver::i2c::{Address, Answer, GiveI2c, Operation};
use periplasm_driver::{Delay, I2c, setting};

periplasm_driver::driver!(Limiter);
periplasm_driver::gives_i2c!(Limiter: Bus { bus = Bus::open() });

struct Limiter;

/// Nanoseconds of a second.
const SECOND: u64 = 1_000_000_000;

/// When the next transaction may begin, on the stage's clock.
static NEXT: AtomicU64 = AtomicU64::new(0);

struct Bus {
    bus: I2c,
    /// Nanoseconds from one transaction to the next.
    pace: u64,
}

impl Bus {
    fn open() -> Self {
        let Some(rate) = setting("per-second") else {
            panic!("say how many transactions a second: settings = {{ per-second = 100 }}")
        };
        match rate.parse().ok().and_then(|rate: u64| SECOND.checked_div(rate)) {
            Some(pace) => Self { bus: bus::open(), pace },
            None => panic!("per-second is a whole number from 1 on, not {rate:?}"),
        }
    }
}

impl GiveI2c for Bus {
    fn addresses(&self) -> Vec<Address> {
        bus::addresses()
    }

    fn transaction(&self, address: Address, operations: &[Operation<'_>]) -> Answer {
        let early = NEXT.load(Relaxed).saturating_sub(clock::now());
        // In steps, because the traits of embedded-hal count in 32 bits.
        (0..early / SECOND).for_each(|_| Delay.delay_ms(1000));
        Delay.delay_ns((early % SECOND) as u32);
        NEXT.store(clock::now().saturating_add(self.pace), Relaxed);
        self.bus.transaction(address, operations)
    }
}
