//! The MPU-6050 model against InvenSense's RM-MPU-6000A, revision 4.2, and
//! PS-MPU-6000A, revision 3.4. The driver `mpu6050` is on embedded-hal 0.2, so
//! it is tested as a component.

mod support;

use std::sync::{Arc, Mutex};

use periplasm_backend::sim::Wiring;
use periplasm_backend::sim::models::mpu6050::{Mpu6050, Options};
use support::Board;

const CHIP: u16 = 0x48;

const GYRO_CONFIG: u8 = 0x1b;
const ACCEL_CONFIG: u8 = 0x1c;
const ACCEL: u8 = 0x3b;
const TEMP: u8 = 0x41;
const GYRO: u8 = 0x43;
const PWR_MGMT_1: u8 = 0x6b;
const WHO_AM_I: u8 = 0x75;

fn chip(options: Options) -> (Board, Arc<Mutex<Mpu6050>>) {
    Board::with(Mpu6050::new(&options, &Wiring::default()).unwrap())
}

fn awake(options: Options) -> (Board, Arc<Mutex<Mpu6050>>) {
    let (mut board, chip) = chip(options);
    board.write(CHIP, &[PWR_MGMT_1, 0x01]).unwrap();
    board.wait_ns(30_000_000);
    (board, chip)
}

fn words(board: &mut Board, register: u8) -> [i16; 3] {
    let [a, b, c, d, e, f] = board.read(CHIP, register);
    [[a, b], [c, d], [e, f]].map(i16::from_be_bytes)
}

#[test]
fn it_sleeps_after_power_up_and_says_who_it_is() {
    // RM section 3: all 0 but PWR_MGMT_1, 40h, and WHO_AM_I, 68h.
    let (mut board, _) = chip(Options::default());
    assert_eq!(board.read(CHIP, WHO_AM_I), [0x68]);
    assert_eq!(board.read(CHIP, PWR_MGMT_1), [0x40]);
    board.wait_ns(1_000_000_000);
    assert_eq!(board.read(CHIP, ACCEL), [0; 14]);
}

#[test]
fn it_measures_a_while_after_it_was_woken() {
    let (mut board, _) = chip(Options::default());
    board.write(CHIP, &[PWR_MGMT_1, 0x00]).unwrap();
    board.wait_ns(29_999_999);
    assert_eq!(words(&mut board, ACCEL), [0, 0, 0]);
    board.wait_ns(1);
    assert_eq!(words(&mut board, ACCEL), [0, 0, 16_384]);
}

#[test]
fn acceleration_and_rotation_have_the_sensitivities_of_the_specification() {
    // PS sections 6.2 and 6.1.
    let still = Options { acceleration: [1.0, -1.0, 2.0], ..Options::default() };
    for (select, steps) in (0..4).zip([16_384, 8_192, 4_096, 2_048]) {
        let (mut board, _) = awake(still);
        board.write(CHIP, &[ACCEL_CONFIG, select << 3]).unwrap();
        let twice = (2 * steps).min(i32::from(i16::MAX)) as i16;
        assert_eq!(words(&mut board, ACCEL), [steps as i16, -(steps as i16), twice]);
    }
    let turning = Options { rotation: [10.0, -10.0, 0.0], ..Options::default() };
    for (select, steps) in (0..4).zip([1_310, 655, 328, 164]) {
        let (mut board, _) = awake(turning);
        board.write(CHIP, &[GYRO_CONFIG, select << 3]).unwrap();
        assert_eq!(words(&mut board, GYRO), [steps, -steps, 0]);
    }
}

#[test]
fn the_temperature_is_minus_521_at_35_degrees() {
    // PS section 6.3: -521 at 35 °C, 340 steps a degree. RM section 4.18 rounds
    // that to raw / 340 + 36.53.
    let at = |temperature| {
        let (mut board, _) = awake(Options { temperature, ..Options::default() });
        i16::from_be_bytes(board.read(CHIP, TEMP))
    };
    assert!((-521 - at(35.0)).abs() <= 1);
    assert_eq!(at(36.0) - at(35.0), 340);
}

#[test]
fn a_burst_is_of_one_moment_and_a_reset_forgets() {
    let (mut board, chip) = awake(Options::default());
    board.write(CHIP, &[ACCEL_CONFIG, 0x18]).unwrap();
    let flat: [u8; 14] = board.read(CHIP, ACCEL);
    assert_eq!(flat[4..6], [0x08, 0x00]);
    chip.lock()
        .unwrap()
        .set(Options { acceleration: [0.0, 0.0, -1.0], ..Options::default() })
        .unwrap();
    assert_eq!(words(&mut board, ACCEL), [0, 0, -2_048]);
    board.write(CHIP, &[PWR_MGMT_1, 0x80]).unwrap();
    assert_eq!(board.read(CHIP, PWR_MGMT_1), [0x40]);
    assert_eq!(board.read(CHIP, ACCEL_CONFIG), [0x00]);
    assert_eq!(words(&mut board, ACCEL), [0, 0, 0]);
}

#[test]
fn what_it_cannot_measure_is_refused() {
    let options = Options { acceleration: [0.0, 17.0, 0.0], ..Options::default() };
    let error = Mpu6050::new(&options, &Wiring::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a part of `acceleration` is 17, but must be within -16 and 16 g"
    );
}
