//! The LM75 model against TI SNIS153B and NXP's LM75B data sheet, revision 6.1.

mod support;

use std::sync::{Arc, Mutex};

use periplasm_backend::sim::models::lm75::{Lm75, Options};
use periplasm_backend::sim::{Direction, I2cTarget};
use support::Board;

const CHIP: u16 = 0x48;

const TEMP: u8 = 0;
const CONF: u8 = 1;
const THYST: u8 = 2;
const TOS: u8 = 3;

const CONVERSION_NS: u64 = 100_000_000;

const SHUTDOWN: u8 = 1;
const INTERRUPT: u8 = 1 << 1;
const ACTIVE_HIGH: u8 = 1 << 2;

fn chip(temperature: f64, resolution_bits: u8) -> (Board, Arc<Mutex<Lm75>>) {
    Board::with(Lm75::new(&Options { temperature, resolution_bits }).unwrap())
}

/// One conversion at this temperature; whether O.S. is active then.
fn convert(board: &Board, chip: &Mutex<Lm75>, celsius: f64) -> bool {
    let mut chip = chip.lock().unwrap();
    chip.set_temperature(celsius, board.now_ns()).unwrap();
    board.wait_ns(CONVERSION_NS);
    chip.is_os_active(board.now_ns())
}

#[test]
fn temperatures_read_as_in_the_nine_bit_table() {
    // TI, "Temperature data format": 0FA, 032, 001, 000, 1FF, 1CE, 192, with
    // the lowest bit at D7.
    for (celsius, expected) in [
        (125.0, 0x7d00),
        (25.0, 0x1900),
        (0.5, 0x0080),
        (0.0, 0x0000),
        (-0.5, 0xff80),
        (-25.0, 0xe700),
        (-55.0, 0xc900),
    ] {
        let (mut board, _) = chip(celsius, 9);
        assert_eq!(u16::from_be_bytes(board.read(CHIP, TEMP)), expected, "{celsius} °C");
    }
}

#[test]
fn temperatures_read_as_in_the_eleven_bit_table() {
    // NXP table 10, as far as the range of the chip goes.
    for (celsius, expected) in [
        (125.0, 0x3e8),
        (25.0, 0x0c8),
        (0.125, 0x001),
        (0.0, 0x000),
        (-0.125, 0x7ff),
        (-25.0, 0x738),
        (-54.875, 0x649),
        (-55.0, 0x648),
    ] {
        let (mut board, _) = chip(celsius, 11);
        assert_eq!(u16::from_be_bytes(board.read(CHIP, TEMP)), expected << 5, "{celsius} °C");
    }
}

#[test]
fn registers_power_up_as_documented_with_the_pointer_at_the_temperature() {
    let mut chip = Lm75::new(&Options::default()).unwrap();
    chip.start(Direction::Read, 0);
    assert_eq!([chip.read(0), chip.read(0)], [0x19, 0x00]);

    let (mut board, chip) = self::chip(25.0, 9);
    assert_eq!(board.read(CHIP, CONF), [0x00]);
    assert_eq!(board.read(CHIP, THYST), [0x4b, 0x00], "75 °C");
    assert_eq!(board.read(CHIP, TOS), [0x50, 0x00], "80 °C");
    assert!(chip.lock().unwrap().is_os_high(0), "active low, and not active");
}

#[test]
fn limits_hold_nine_bits_and_the_temperature_is_read_only() {
    let (mut board, _) = chip(25.0, 11);
    board.write(CHIP, &[TOS, 0xe7, 0xff, 0x12, 0x34]).unwrap();
    board.write(CHIP, &[THYST, 0xc9, 0x7f]).unwrap();
    board.write(CHIP, &[TEMP, 0x12, 0x34]).unwrap();
    assert_eq!(board.read(CHIP, TOS), [0xe7, 0x80]);
    assert_eq!(board.read(CHIP, THYST), [0xc9, 0x00]);
    assert_eq!(board.read(CHIP, TEMP), [0x19, 0x00]);
}

#[test]
fn half_a_limit_is_not_written() {
    let (mut board, _) = chip(25.0, 9);
    board.write(CHIP, &[TOS, 0x10]).unwrap();
    assert_eq!(board.read(CHIP, TOS), [0x50, 0x00]);
}

#[test]
fn only_two_bits_of_the_pointer_count_and_it_stays_for_later_reads() {
    let (mut board, _) = chip(25.0, 9);
    assert_eq!(board.read(CHIP, 0b1111_1100 | TOS), [0x50, 0x00]);
    let mut again = [0; 4];
    let mut read = [embedded_hal::i2c::Operation::Read(&mut again)];
    periplasm_backend::I2cBus::transaction(&mut board.bus, support::seven(CHIP), &mut read)
        .unwrap();
    assert_eq!(again, [0x50, 0x00, 0x50, 0x00]);
}

#[test]
fn a_comparator_is_active_from_above_tos_to_below_thyst() {
    let (board, chip) = chip(25.0, 9);
    for (celsius, active) in [
        (80.0, false), // not above
        (80.5, true),
        (75.0, true), // not below
        (74.5, false),
        (80.0, false),
        (125.0, true),
        (-55.0, false),
    ] {
        assert_eq!(convert(&board, &chip, celsius), active, "{celsius} °C");
    }
}

#[test]
fn a_comparator_does_not_care_for_reads_or_for_shutdown() {
    let (mut board, chip) = chip(25.0, 9);
    assert!(convert(&board, &chip, 90.0));
    let _: [u8; 2] = board.read(CHIP, TEMP);
    assert!(chip.lock().unwrap().is_os_active(board.now_ns()));
    board.write(CHIP, &[CONF, SHUTDOWN]).unwrap();
    assert!(chip.lock().unwrap().is_os_active(board.now_ns()));
}

#[test]
fn an_interrupt_lasts_until_a_read_and_the_next_is_the_other_crossing() {
    for register in [TEMP, CONF, THYST, TOS] {
        let (mut board, chip) = chip(25.0, 9);
        board.write(CHIP, &[CONF, INTERRUPT]).unwrap();
        let read = |board: &mut Board| {
            let _: [u8; 1] = board.read(CHIP, register);
            chip.lock().unwrap().is_os_active(board.now_ns())
        };
        assert!(convert(&board, &chip, 90.0), "above Tos");
        assert!(convert(&board, &chip, 78.0), "nobody has read");
        assert!(!read(&mut board));
        assert!(!convert(&board, &chip, 95.0), "above once more is no crossing");
        assert!(convert(&board, &chip, 70.0), "below Thyst");
        assert!(!read(&mut board));
        assert!(!convert(&board, &chip, 60.0));
        assert!(convert(&board, &chip, 90.0));
    }
}

#[test]
fn shutdown_ends_an_interrupt() {
    let (mut board, chip) = chip(25.0, 9);
    board.write(CHIP, &[CONF, INTERRUPT]).unwrap();
    assert!(convert(&board, &chip, 90.0));
    board.write(CHIP, &[CONF, INTERRUPT | SHUTDOWN]).unwrap();
    assert!(!chip.lock().unwrap().is_os_active(board.now_ns()));
}

#[test]
fn as_many_conversions_in_a_row_must_agree_as_the_fault_queue_says() {
    for (queue, faults) in [(0b00, 1), (0b01, 2), (0b10, 4), (0b11, 6)] {
        for mode in [0, INTERRUPT] {
            let (mut board, chip) = chip(25.0, 9);
            board.write(CHIP, &[CONF, queue << 3 | mode]).unwrap();
            let rise = |expected: bool, times| {
                for n in 1..=times {
                    assert_eq!(convert(&board, &chip, 90.0), expected, "{faults}: {n}");
                }
            };
            rise(false, faults - 1);
            assert!(!convert(&board, &chip, 78.0), "one that does not agree");
            rise(false, faults - 1);
            rise(true, 1);
            if mode == 0 {
                for n in 1..faults {
                    assert!(convert(&board, &chip, 70.0), "{faults}, falling: {n}");
                }
                assert!(!convert(&board, &chip, 70.0));
            }
        }
    }
}

#[test]
fn the_pin_follows_the_polarity_bit() {
    let (mut board, chip) = chip(25.0, 9);
    let high = |board: &Board| chip.lock().unwrap().is_os_high(board.now_ns());
    assert!(high(&board));
    board.write(CHIP, &[CONF, ACTIVE_HIGH]).unwrap();
    assert!(!high(&board));
    assert!(convert(&board, &chip, 90.0));
    assert!(high(&board));
    board.write(CHIP, &[CONF, 0]).unwrap();
    assert!(!high(&board));
}

#[test]
fn only_the_upper_nine_bits_are_compared() {
    // NXP section 7.4.4.
    let (board, chip) = chip(25.0, 11);
    assert!(!convert(&board, &chip, 80.375));
    assert!(convert(&board, &chip, 80.5));
}

#[test]
fn a_new_temperature_shows_at_the_end_of_a_conversion() {
    let (mut board, chip) = chip(25.0, 9);
    chip.lock().unwrap().set_temperature(-25.0, 0).unwrap();
    board.wait_ns(CONVERSION_NS - 1);
    assert_eq!(board.read(CHIP, TEMP), [0x19, 0x00]);
    board.wait_ns(1);
    assert_eq!(board.read(CHIP, TEMP), [0xe7, 0x00]);
}

#[test]
fn a_chip_that_is_shut_down_keeps_its_temperature_and_its_registers_stay_open() {
    let (mut board, chip) = chip(25.0, 9);
    board.write(CHIP, &[CONF, SHUTDOWN]).unwrap();
    assert!(!convert(&board, &chip, 90.0));
    assert_eq!(board.read(CHIP, TEMP), [0x19, 0x00]);
    board.write(CHIP, &[TOS, 0x55, 0x00]).unwrap();
    assert_eq!(board.read(CHIP, TOS), [0x55, 0x00]);

    board.write(CHIP, &[CONF, 0]).unwrap();
    board.wait_ns(CONVERSION_NS - 1);
    assert_eq!(board.read(CHIP, TEMP), [0x19, 0x00], "it starts a conversion anew");
    board.wait_ns(1);
    assert_eq!(board.read(CHIP, TEMP), [0x5a, 0x00]);
}

#[test]
fn the_two_bytes_of_a_read_are_of_one_conversion() {
    let mut chip = Lm75::new(&Options { temperature: 25.0, resolution_bits: 9 }).unwrap();
    chip.start(Direction::Read, 0);
    let first = chip.read(0);
    chip.set_temperature(-0.5, 0).unwrap();
    // Somebody looks at the pin in the middle, after the conversion.
    chip.is_os_active(CONVERSION_NS);
    assert_eq!([first, chip.read(CONVERSION_NS)], [0x19, 0x00]);
    chip.start(Direction::Read, CONVERSION_NS);
    assert_eq!([chip.read(CONVERSION_NS), chip.read(CONVERSION_NS)], [0xff, 0x80]);
}

#[test]
fn a_long_wait_is_the_same_as_many_short_ones() {
    // Thyst above Tos: both crossings hold at once, and the output oscillates.
    for queue in 0..4 {
        for conversions in [47, 48, 49, 50, 95, 1_001] {
            let limits = |board: &mut Board| {
                board.write(CHIP, &[CONF, queue << 3]).unwrap();
                board.write(CHIP, &[TOS, 0x0a, 0]).unwrap();
                board.write(CHIP, &[THYST, 0x28, 0]).unwrap();
            };
            let (mut board, at_once) = chip(25.0, 9);
            let (mut other, in_steps) = chip(25.0, 9);
            limits(&mut board);
            limits(&mut other);
            let end = conversions * CONVERSION_NS;
            for now in (0..=end).step_by(CONVERSION_NS as usize) {
                in_steps.lock().unwrap().is_os_active(now);
            }
            let (at_once, in_steps) = (at_once.lock().unwrap().is_os_active(end), in_steps);
            let in_steps = in_steps.lock().unwrap().is_os_active(end);
            assert_eq!(at_once, in_steps, "queue {queue}, {conversions} conversions");
        }
    }
}
