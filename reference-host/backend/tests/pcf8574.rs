//! The PCF8574 model against NXP's data sheet, revision 5, and the unmodified
//! driver `port-expander` over it.

mod support;

use std::sync::{Arc, Mutex};

use periplasm_backend::native::NativeI2c;
use periplasm_backend::sim::models::pcf8574::{Options, Pcf8574};
use periplasm_backend::sim::{self, I2cTarget, Nets, VirtualClock, Wiring};
use periplasm_backend::{Level, SharedI2c};
use support::seven;

use Level::{High, Low};

/// All pins on wires of their own names.
fn wired() -> (Nets, Wiring) {
    let nets = Nets::new();
    let pins = ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "int"];
    let wiring = Wiring::new(&nets, pins.map(|pin| (pin.into(), pin.into())).into());
    (nets, wiring)
}

fn chip(wiring: &Wiring) -> Pcf8574 {
    Pcf8574::new(&Options::default(), wiring).unwrap()
}

#[test]
fn all_pins_are_high_after_power_up_and_a_byte_is_the_port() {
    // Sections 8.2 and 8.1: P0 is the lowest bit.
    let (nets, wiring) = wired();
    let mut chip = chip(&wiring);
    assert_eq!(chip.read(0), 0xff);
    chip.write(0b1010_0101, 5);
    let levels: Vec<_> = (0..8).map(|pin| nets.net(&format!("p{pin}")).level(5)).collect();
    assert_eq!(levels, [High, Low, High, Low, Low, High, Low, High]);
    assert_eq!(chip.read(5), 0b1010_0101);
}

#[test]
fn an_input_may_be_pulled_low_and_an_output_that_is_low_stays_low() {
    let (nets, wiring) = wired();
    let mut chip = chip(&wiring);
    chip.write(0b1111_1110, 0);
    nets.net("p7").set(Low, 10);
    nets.net("p0").set(High, 10);
    assert_eq!(chip.read(10), 0b0111_1110);
    // A write of 1 to a pin that is held low does not let go of it.
    chip.write(0b1111_1111, 20);
    assert_eq!(chip.read(20), 0b0111_1111);
}

#[test]
fn int_is_low_while_an_input_is_not_as_it_was_seen() {
    // Section 8.3.
    let (nets, wiring) = wired();
    nets.net("p3").set_at(Low, 100);
    nets.net("p3").set_at(High, 200);
    nets.net("p3").set_at(Low, 300);
    nets.net("p5").set_at(Low, 150);
    let options = Options { held_low: vec![5] };
    let mut chip = Pcf8574::new(&options, &wiring).unwrap();
    let int = nets.net("int");
    // Whatever was said of p3 and p5 is left alone: p3 begins low.
    assert_eq!(chip.read(0), 0b1101_0111);
    chip.stop(0);
    assert_eq!([99, 199, 200, 299, 300].map(|now| int.level(now)), [High, High, Low, Low, High]);
    assert_eq!(int.falls(300), 1);

    nets.net("p0").set(Low, 400);
    chip.stop(400);
    assert_eq!(int.level(400), Low);
    chip.read(410);
    chip.stop(410);
    assert_eq!(int.level(410), High, "a read ends it");
}

#[test]
fn a_pin_it_does_not_have_is_refused() {
    let error = Pcf8574::new(&Options { held_low: vec![8] }, &Wiring::default()).unwrap_err();
    assert_eq!(error.to_string(), "a pin of `held-low` is 8, but must be within 0 and 7");
}

#[test]
fn the_driver_sets_and_reads_pins() {
    let (nets, wiring) = wired();
    let mut bus = sim::Bus::new(Arc::new(VirtualClock::new()));
    let chip = Arc::new(Mutex::new(chip(&wiring)));
    bus.attach_target(seven(0x21), Box::new(chip.clone()), None).unwrap();
    let i2c = NativeI2c::new(SharedI2c::new(bus));

    let mut expander = port_expander::Pcf8574::new(i2c, true, false, false);
    let mut pins = expander.split();
    pins.p2.set_low().unwrap();
    assert_eq!(nets.net("p2").level(0), Low);
    assert!(pins.p6.is_high().unwrap());
    chip.lock().unwrap().pin(6).unwrap().set(Low, 0);
    assert!(pins.p6.is_low().unwrap());
    pins.p2.toggle().unwrap();
    assert_eq!(nets.net("p2").level(0), High);
    assert!(pins.p6.is_low().unwrap(), "the other pin's write does not release it");
}
