//! The PCA9685 model against NXP's data sheet, revision 4, and the unmodified
//! driver `pwm-pca9685` over it.

mod support;

use std::sync::{Arc, Mutex};

use periplasm_backend::Clock;
use periplasm_backend::SharedI2c;
use periplasm_backend::native::{NativeDelay, NativeI2c};
use periplasm_backend::sim::models::pca9685::{Options, Output, Pca9685};
use periplasm_backend::sim::{self, VirtualClock, Wiring};
use pwm_pca9685::Channel;
use support::{Board, NO_DATA, seven};

const CHIP: u16 = 0x48;

const MODE1: u8 = 0x00;
const MODE2: u8 = 0x01;
const LED0: u8 = 0x06;
const LED4: u8 = 0x16;
const LED15_OFF_H: u8 = 0x45;
const ALL_LED: u8 = 0xfa;
const PRE_SCALE: u8 = 0xfe;

/// AI, and awake.
const RUN: u8 = 0x20;

fn chip() -> (Board, Arc<Mutex<Pca9685>>) {
    Board::with(Pca9685::new(&Options::default(), &Wiring::default()).unwrap())
}

fn awake() -> (Board, Arc<Mutex<Pca9685>>) {
    let (mut board, chip) = chip();
    board.write(CHIP, &[MODE1, RUN]).unwrap();
    board.wait_ns(500_000);
    (board, chip)
}

fn output(chip: &Mutex<Pca9685>, number: usize) -> Output {
    chip.lock().unwrap().output(number).unwrap()
}

#[test]
fn registers_are_as_documented_after_power_up() {
    // Tables 5, 6, 7 and 8, sections 7.3.5 to 7.3.7.
    let (mut board, chip) = chip();
    assert_eq!(board.read(CHIP, MODE1), [0x11]);
    assert_eq!(board.read(CHIP, MODE2), [0x04]);
    assert_eq!(board.read(CHIP, 0x02), [0xe2]);
    assert_eq!(board.read(CHIP, 0x05), [0xe0]);
    assert_eq!(board.read(CHIP, LED0 + 1), [0x00]);
    assert_eq!(board.read(CHIP, LED0 + 3), [0x10]);
    assert_eq!(board.read(CHIP, ALL_LED), [0x00]);
    assert_eq!(board.read(CHIP, PRE_SCALE), [0x1e]);
    assert_eq!(output(&chip, 0).on, 0);
    assert!(chip.lock().unwrap().output(16).is_none());
}

#[test]
fn the_two_examples_of_section_7_3_3_give_their_pulses() {
    // Example 1: LED0, delay 10 %, on 20 %: ON = 199h, OFF = 4CCh.
    // Example 2: LED4, delay 90 %, on 90 %: ON = E65h, OFF = CCBh.
    let (mut board, chip) = awake();
    board.write(CHIP, &[LED0, 0x99, 0x01, 0xcc, 0x04]).unwrap();
    board.write(CHIP, &[LED4, 0x65, 0x0e, 0xcb, 0x0c]).unwrap();
    assert_eq!(output(&chip, 0), Output { from: 409, on: 819 });
    assert_eq!(output(&chip, 4), Output { from: 3685, on: 3686 });
}

#[test]
fn full_on_and_full_off_are_obeyed_and_off_wins() {
    let (mut board, chip) = awake();
    board.write(CHIP, &[LED0, 0, 0x10, 0, 0]).unwrap();
    assert_eq!(output(&chip, 0).on, 4096);
    board.write(CHIP, &[LED0 + 3, 0x10]).unwrap();
    assert_eq!(output(&chip, 0).on, 0);
}

#[test]
fn the_prescaler_takes_the_example_of_section_7_3_5_and_only_asleep() {
    let (mut board, chip) = chip();
    // 25 MHz / (4096 × 200 Hz) - 1 = 30 = 1Eh, which is the power-up value too.
    board.write(CHIP, &[PRE_SCALE, 0xff]).unwrap();
    board.write(CHIP, &[PRE_SCALE, 0x1e]).unwrap();
    assert_eq!(chip.lock().unwrap().millihertz(), 196_887);
    // The limits of the same section: 1526 Hz at 03h and 24 Hz at FFh.
    board.write(CHIP, &[PRE_SCALE, 0x00]).unwrap();
    assert_eq!(board.read(CHIP, PRE_SCALE), [0x03]);
    assert_eq!(chip.lock().unwrap().millihertz() / 1_000, 1_525);
    board.write(CHIP, &[PRE_SCALE, 0xff]).unwrap();
    assert_eq!(chip.lock().unwrap().millihertz() / 1_000, 23);
    board.write(CHIP, &[MODE1, RUN]).unwrap();
    board.write(CHIP, &[PRE_SCALE, 0x1e]).unwrap();
    assert_eq!(board.read(CHIP, PRE_SCALE), [0xff], "awake");
}

#[test]
fn the_pointer_goes_on_by_itself_only_when_told_and_rolls_over_as_documented() {
    let (mut board, _) = awake();
    board.write(CHIP, &[LED0, 1, 2, 3, 4]).unwrap();
    assert_eq!(board.read(CHIP, LED0), [1, 2, 3, 4]);
    // Past 69 comes register 0, and past 254 too (table 4).
    assert_eq!(board.read(CHIP, LED15_OFF_H), [0x10, RUN, 0x04]);
    assert_eq!(board.read(CHIP, PRE_SCALE), [0x1e, RUN]);
    board.write(CHIP, &[MODE1, 0x00]).unwrap();
    assert_eq!(board.read(CHIP, LED0), [1, 1]);
    assert_eq!(board.write(CHIP, &[0x46]), Err(NO_DATA), "reserved");
}

#[test]
fn outputs_change_at_stop_or_with_their_last_byte() {
    use periplasm_backend::sim::{Direction, I2cTarget};
    for (mode2, changes_early) in [(0x04, false), (0x0c, true)] {
        let (mut board, chip) = awake();
        board.write(CHIP, &[MODE2, mode2]).unwrap();
        let mut chip = chip.lock().unwrap();
        chip.start(Direction::Write, 0);
        for byte in [LED0, 0, 0, 0x00, 0x08] {
            assert_eq!(chip.output(0).unwrap().on, 0);
            chip.write(byte, 0);
        }
        assert_eq!(chip.output(0).unwrap().on == 2048, changes_early);
        chip.stop(0);
        assert_eq!(chip.output(0).unwrap().on, 2048);
    }
}

#[test]
fn sleep_leaves_a_restart_that_needs_a_clock_that_runs() {
    // Section 7.3.1.1.
    let (mut board, chip) = awake();
    board.write(CHIP, &[ALL_LED, 0, 0, 0, 0x08]).unwrap();
    assert_eq!(output(&chip, 15).on, 2048);
    board.write(CHIP, &[MODE1, RUN | 0x10]).unwrap();
    assert_eq!(output(&chip, 15).on, 0);
    assert_eq!(board.read(CHIP, MODE1), [RUN | 0x90]);
    board.write(CHIP, &[MODE1, RUN]).unwrap();
    board.wait_ns(499_999);
    board.write(CHIP, &[MODE1, RUN | 0x80]).unwrap();
    assert_eq!(output(&chip, 15).on, 0, "the oscillator is not stable");
    board.wait_ns(1);
    board.write(CHIP, &[MODE1, RUN | 0x80]).unwrap();
    assert_eq!(output(&chip, 15).on, 2048);
    assert_eq!(board.read(CHIP, MODE1), [RUN]);
}

#[test]
fn the_external_clock_is_taken_asleep_and_stays() {
    let (mut board, _) = awake();
    board.write(CHIP, &[MODE1, 0x40]).unwrap();
    assert_eq!(board.read(CHIP, MODE1), [0x00]);
    board.write(CHIP, &[MODE1, 0x10]).unwrap();
    board.write(CHIP, &[MODE1, 0x50]).unwrap();
    board.write(CHIP, &[MODE1, 0x00]).unwrap();
    assert_eq!(board.read(CHIP, MODE1), [0x40]);
}

#[test]
fn the_driver_gives_pulses_sleeps_and_restarts() {
    let clock = Arc::new(VirtualClock::new());
    let mut bus = sim::Bus::new(clock.clone());
    let chip = Pca9685::new(&Options::default(), &Wiring::default()).unwrap();
    let chip = Arc::new(Mutex::new(chip));
    bus.attach_target(seven(0x40), Box::new(chip.clone()), None).unwrap();
    let i2c = NativeI2c::new(SharedI2c::new(bus));

    let mut pwm = pwm_pca9685::Pca9685::new(i2c, 0x40).unwrap();
    pwm.enable().unwrap();
    clock.delay_ns(500_000);
    pwm.set_prescale(100).unwrap();
    assert_eq!(chip.lock().unwrap().millihertz(), 60_430, "servos: 60 Hz");
    clock.delay_ns(500_000);
    pwm.set_channel_on_off(Channel::C0, 409, 1228).unwrap();
    assert_eq!(output(&chip, 0), Output { from: 409, on: 819 });
    pwm.set_channel_full_on(Channel::C15, 0).unwrap();
    pwm.set_channel_off(Channel::C15, 0).unwrap();
    assert_eq!(output(&chip, 15).on, 4096);
    pwm.enable_restart_and_disable().unwrap();
    assert_eq!(output(&chip, 0).on, 0);
    pwm.restart(&mut NativeDelay::new(clock)).unwrap();
    assert_eq!(output(&chip, 0).on, 819);
}
