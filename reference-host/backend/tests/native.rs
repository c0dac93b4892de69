//! What a native driver sees of a bus and of a clock.

mod support;

use std::sync::{Arc, Mutex};

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{Error as _, ErrorKind, I2c, Operation};
use periplasm_backend::native::{Error, NativeDelay, NativeI2c};
use periplasm_backend::{Clock, I2cAddress, I2cBus, RealClock, SharedI2c};
use support::{seven, ten};

/// Notes the addresses that reach it, and fails.
#[derive(Clone, Default)]
struct Noted(Arc<Mutex<Vec<I2cAddress>>>);

impl I2cBus for Noted {
    fn transaction(
        &mut self,
        address: I2cAddress,
        _: &mut [Operation<'_>],
    ) -> Result<(), ErrorKind> {
        self.0.lock().unwrap().push(address);
        Err(ErrorKind::ArbitrationLoss)
    }
}

#[test]
fn addresses_reach_the_bus_in_their_width_and_errors_come_back_unchanged() {
    let noted = Noted::default();
    let mut i2c = NativeI2c::new(SharedI2c::new(noted.clone()));
    assert_eq!(i2c.write(0x7f_u8, &[]), Err(Error(ErrorKind::ArbitrationLoss)));
    assert_eq!(i2c.write(0x7f_u16, &[]), Err(Error(ErrorKind::ArbitrationLoss)));
    assert_eq!(i2c.write(0x3ff_u16, &[]), Err(Error(ErrorKind::ArbitrationLoss)));
    assert_eq!(*noted.0.lock().unwrap(), [seven(0x7f), ten(0x7f), ten(0x3ff)]);
}

#[test]
fn a_number_that_is_no_address_reaches_no_bus() {
    let noted = Noted::default();
    let mut i2c = NativeI2c::new(SharedI2c::new(noted.clone()));
    for error in [i2c.write(0x80_u8, &[]), i2c.write(0xff_u8, &[]), i2c.write(0x400_u16, &[])] {
        assert_eq!(error.map_err(|error| error.kind()), Err(ErrorKind::Other));
    }
    assert_eq!(*noted.0.lock().unwrap(), []);
}

/// Notes each wait.
#[derive(Default)]
struct Waits(Mutex<Vec<u64>>);

impl Clock for Waits {
    fn now_ns(&self) -> u64 {
        0
    }

    fn delay_ns(&self, ns: u64) {
        self.0.lock().unwrap().push(ns);
    }
}

#[test]
fn a_delay_of_any_length_is_one_wait() {
    let clock = Arc::new(Waits::default());
    let mut delay = NativeDelay::new(clock.clone());
    delay.delay_ns(u32::MAX);
    delay.delay_us(u32::MAX);
    delay.delay_ms(u32::MAX);
    delay.delay_ms(0);
    let max = u64::from(u32::MAX);
    assert_eq!(*clock.0.lock().unwrap(), [max, max * 1_000, max * 1_000_000, 0]);
}

#[test]
fn a_delay_of_the_real_clock_has_passed_on_it() {
    let clock = RealClock::new();
    let before = clock.now_ns();
    clock.delay_ns(1_000_000);
    assert!(clock.now_ns() >= before + 1_000_000);
}
