//! The BME280 model against BST-BME280-DS002, revision 1.6.

mod support;

use std::sync::{Arc, Mutex};

use periplasm_backend::sim::models::bme280::{Bme280, MeasurementTime, Options, Value};
use periplasm_backend::sim::{Ack, Direction, I2cTarget};
use support::Board;

const CHIP: u16 = 0x48;

const CTRL_HUM: u8 = 0xf2;
const STATUS: u8 = 0xf3;
const CTRL_MEAS: u8 = 0xf4;
const CONFIG: u8 = 0xf5;
const DATA: u8 = 0xf7;

const MEASURING: u8 = 0b1000;
const IM_UPDATE: u8 = 0b0001;

/// ×1 for temperature and pressure, with the three modes.
const ONCE_SLEEP: u8 = 0b0010_0100;
const ONCE_FORCED: u8 = 0b0010_0101;
const ONCE_NORMAL: u8 = 0b0010_0111;

/// With humidity ×1: 1 + 2 + 2.5 + 2.5 ms, and 1 + 2 + 2.5 without it.
const ONCE_NS: u64 = 8_000_000;
const DRY_NS: u64 = 5_500_000;

/// Section 5.3, table 18: what the data registers hold after a reset.
const RESET_DATA: [u8; 8] = [0x80, 0, 0, 0x80, 0, 0, 0x80, 0];
/// 415148 = 0x655ac, 519888 = 0x7eed0, 30000 = 0x7530; at ×1 the pressure has
/// 16 bits.
const EXAMPLE_DATA: [u8; 8] = [0x65, 0x5a, 0x00, 0x7e, 0xed, 0x00, 0x75, 0x30];

fn chip(options: &Options) -> (Board, Arc<Mutex<Bme280>>) {
    Board::with(Bme280::new(options).unwrap())
}

fn example() -> Board {
    chip(&Options::default()).0
}

fn set(board: &mut Board, register: u8, value: u8) {
    board.write(CHIP, &[register, value]).unwrap();
}

fn get(board: &mut Board, register: u8) -> u8 {
    let [value] = board.read(CHIP, register);
    value
}

fn data(board: &mut Board) -> [u8; 8] {
    board.read(CHIP, DATA)
}

/// Temperature, pressure, humidity.
fn raw(board: &mut Board) -> (u32, u32, u32) {
    let [p, p_lsb, p_xlsb, t, t_lsb, t_xlsb, h, h_lsb] = data(board);
    (
        u32::from_be_bytes([0, t, t_lsb, t_xlsb]) >> 4,
        u32::from_be_bytes([0, p, p_lsb, p_xlsb]) >> 4,
        u32::from_be_bytes([0, 0, h, h_lsb]),
    )
}

#[test]
fn the_identity_and_the_reset_state_are_those_of_the_memory_map() {
    let mut board = example();
    assert_eq!(get(&mut board, 0xd0), 0x60, "id");
    assert_eq!(get(&mut board, 0xe0), 0x00, "reset always reads 0");
    assert_eq!(board.read(CHIP, CTRL_HUM), [0; 4], "ctrl_hum, status, ctrl_meas, config");
    assert_eq!(data(&mut board), RESET_DATA);
}

#[test]
fn a_read_goes_on_from_register_to_register_and_the_calibration_is_where_table_16_says() {
    let mut board = example();
    let low: [u8; 26] = board.read(CHIP, 0x88);
    assert_eq!(low[..6], [0x70, 0x6b, 0x43, 0x67, 0x18, 0xfc], "T1 27504, T2 26435, T3 -1000");
    assert_eq!(low[6..8], [0x7d, 0x8e], "P1 36477");
    assert_eq!(low[25], 75, "H1");
    // H2 363 = 0x016b, H3 0, H4 327 = 0x147, H5 50 = 0x032, H6 30.
    assert_eq!(board.read(CHIP, 0xe1), [0x6b, 0x01, 0x00, 0x14, 0x27, 0x03, 0x1e]);
    // The address counter is eight bits wide.
    assert_eq!(board.read(CHIP, 0xfe), [0x00, 0x00, 0x00]);
}

#[test]
fn a_forced_measurement_ends_after_its_time_and_leaves_the_chip_asleep() {
    let mut board = example();
    set(&mut board, CTRL_HUM, 1);
    set(&mut board, CTRL_MEAS, ONCE_FORCED);
    board.wait_ns(ONCE_NS - 1);
    assert_eq!((get(&mut board, STATUS), get(&mut board, CTRL_MEAS)), (MEASURING, ONCE_FORCED));
    assert_eq!(data(&mut board), RESET_DATA, "nothing is measured yet");

    board.wait_ns(1);
    assert_eq!((get(&mut board, STATUS), get(&mut board, CTRL_MEAS)), (0, ONCE_SLEEP));
    assert_eq!(data(&mut board), EXAMPLE_DATA);
}

#[test]
fn a_sleeping_chip_measures_nothing() {
    let (mut board, chip) = chip(&Options::default());
    set(&mut board, CTRL_HUM, 1);
    set(&mut board, CTRL_MEAS, ONCE_FORCED);
    board.wait_ns(ONCE_NS);
    chip.lock().unwrap().set_temperature(Value::Raw(0), board.now_ns()).unwrap();
    set(&mut board, CTRL_MEAS, ONCE_SLEEP);
    board.wait_ns(10_000_000_000);
    assert_eq!((get(&mut board, STATUS), data(&mut board)), (0, EXAMPLE_DATA));
}

#[test]
fn a_measurement_takes_as_long_as_section_9_1_computes() {
    // osrs_t, osrs_p, osrs_h as register values; microseconds.
    let table = [
        ((0, 0, 0), 1_000, 1_250),
        ((1, 0, 0), 3_000, 3_550),
        ((1, 1, 0), 5_500, 6_425),
        ((1, 1, 1), 8_000, 9_300),
        ((1, 3, 0), 11_500, 13_325),
        ((2, 5, 1), 40_000, 46_100),
        ((5, 5, 5), 98_000, 112_800),
    ];
    for ((t, p, h), typical, maximum) in table {
        for (measurement_time, us) in
            [(MeasurementTime::Typical, typical), (MeasurementTime::Maximum, maximum)]
        {
            let (mut board, _) = chip(&Options { measurement_time, ..Options::default() });
            set(&mut board, CTRL_HUM, h);
            set(&mut board, CTRL_MEAS, t << 5 | p << 2 | 0b01);
            board.wait_ns(us * 1_000 - 1);
            assert_eq!(get(&mut board, STATUS), MEASURING, "{t} {p} {h} {measurement_time:?}");
            board.wait_ns(1);
            assert_eq!(get(&mut board, STATUS), 0, "{t} {p} {h} {measurement_time:?}");
        }
    }
}

#[test]
fn normal_mode_alternates_measurements_with_the_standby_times_of_table_27() {
    let table = [(0, 500), (1, 62_500), (2, 125_000), (3, 250_000), (4, 500_000), (5, 1_000_000)];
    for (t_sb, us) in table.into_iter().chain([(6, 10_000), (7, 20_000)]) {
        let mut board = example();
        set(&mut board, CTRL_HUM, 1);
        set(&mut board, CONFIG, t_sb << 5);
        set(&mut board, CTRL_MEAS, ONCE_NORMAL);
        for cycle in 0..3 {
            let phase = |board: &mut Board, ns, status| {
                assert_eq!(get(board, STATUS), status, "t_sb {t_sb}, start, cycle {cycle}");
                board.wait_ns(ns - 1);
                assert_eq!(get(board, STATUS), status, "t_sb {t_sb}, end, cycle {cycle}");
                board.wait_ns(1);
            };
            phase(&mut board, ONCE_NS, MEASURING);
            phase(&mut board, us * 1_000, 0);
        }
        assert_eq!((get(&mut board, CTRL_MEAS), data(&mut board)), (ONCE_NORMAL, EXAMPLE_DATA));
    }
}

#[test]
fn a_mode_change_waits_for_the_measurement_and_shuts_out_others() {
    let mut board = example();
    set(&mut board, CTRL_HUM, 1);
    set(&mut board, CTRL_MEAS, ONCE_FORCED);
    set(&mut board, CTRL_MEAS, 0);
    // Section 3.3.1: ignored until the change above has been executed.
    set(&mut board, CTRL_MEAS, ONCE_NORMAL);
    set(&mut board, CTRL_HUM, 5);
    assert_eq!((get(&mut board, CTRL_MEAS), get(&mut board, CTRL_HUM)), (ONCE_FORCED, 1));

    board.wait_ns(ONCE_NS);
    assert_eq!((get(&mut board, CTRL_MEAS), get(&mut board, STATUS)), (0, 0));
    assert_eq!(data(&mut board), EXAMPLE_DATA, "the measurement was not cut short");
    set(&mut board, CTRL_HUM, 5);
    assert_eq!(get(&mut board, CTRL_HUM), 5);
}

#[test]
fn ctrl_hum_has_no_effect_before_ctrl_meas_is_written() {
    let mut board = example();
    set(&mut board, CTRL_MEAS, ONCE_NORMAL);
    board.wait_ns(DRY_NS);
    set(&mut board, CTRL_HUM, 1);
    assert_eq!(get(&mut board, CTRL_HUM), 1);
    board.wait_ns(100 * (DRY_NS + 500_000));
    assert_eq!(raw(&mut board).2, 0x8000);

    set(&mut board, CTRL_MEAS, ONCE_NORMAL);
    board.wait_ns(2 * ONCE_NS);
    assert_eq!(raw(&mut board).2, 30000);
}

#[test]
fn a_skipped_quantity_reads_the_value_of_the_tables_and_the_others_do_not() {
    let (t, p, h) = (519888, 415148 & !0xf, 30000);
    for (osrs, expected) in [
        ((0, 1, 1), (0x80000, p, h)),
        ((1, 0, 1), (t, 0x80000, h)),
        ((1, 1, 0), (t, p, 0x8000)),
        ((0, 0, 0), (0x80000, 0x80000, 0x8000)),
    ] {
        let mut board = example();
        set(&mut board, CTRL_HUM, 1);
        set(&mut board, CTRL_MEAS, ONCE_FORCED);
        board.wait_ns(ONCE_NS);
        assert_eq!(raw(&mut board), (t, p, h));
        set(&mut board, CTRL_HUM, osrs.2);
        set(&mut board, CTRL_MEAS, osrs.0 << 5 | osrs.1 << 2 | 0b10);
        board.wait_ns(ONCE_NS);
        assert_eq!(raw(&mut board), expected, "{osrs:?}");
    }
}

#[test]
fn oversampling_adds_a_bit_at_each_step_from_16_to_20() {
    let all = Value::Raw(0xfffff);
    let options = Options { temperature: all, pressure: all, ..Options::default() };
    for (osrs, expected) in
        [(1, 0xffff0), (2, 0xffff8), (3, 0xffffc), (4, 0xffffe), (5, 0xfffff), (7, 0xfffff)]
    {
        let (mut board, _) = chip(&options);
        set(&mut board, CTRL_MEAS, osrs << 5 | osrs << 2 | 0b01);
        board.wait_ns(1_000_000_000);
        assert_eq!((raw(&mut board).0, raw(&mut board).1), (expected, expected), "osrs {osrs}");
    }
}

#[test]
fn a_burst_shows_one_measurement_even_if_another_ends_in_its_middle() {
    let mut chip = Bme280::new(&Options::default()).unwrap();
    for byte in [CTRL_HUM, 1, CTRL_MEAS, ONCE_NORMAL] {
        assert_eq!(chip.write(byte, 0), Ack::Ack);
    }
    chip.set_temperature(Value::Raw(0x12340), ONCE_NS).unwrap();
    let burst = |chip: &mut Bme280, from: u64, step: u64| {
        chip.start(Direction::Write, from);
        chip.write(DATA, from);
        chip.start(Direction::Read, from);
        let bytes: Vec<u8> = (0..8).map(|n| chip.read(from + n * step)).collect();
        chip.stop(from + 8 * step);
        bytes
    };
    // The second measurement ends at 8 + 0.5 + 8 ms, between two of the bytes.
    assert_eq!(burst(&mut chip, 16_000_000, 200_000), EXAMPLE_DATA);
    let second = [0x65, 0x5a, 0x00, 0x12, 0x34, 0x00, 0x75, 0x30];
    assert_eq!(burst(&mut chip, 18_000_000, 0), second);
}

#[test]
fn a_soft_reset_starts_the_chip_anew_after_its_start_up_time() {
    let mut board = example();
    board.write(CHIP, &[CTRL_HUM, 1, CONFIG, 0x20, CTRL_MEAS, ONCE_NORMAL]).unwrap();
    board.wait_ns(ONCE_NS);
    for other in [0x00, 0xb5, 0xff] {
        set(&mut board, 0xe0, other);
        assert_eq!(data(&mut board), EXAMPLE_DATA, "writing {other:#x} has no effect");
    }

    set(&mut board, 0xe0, 0xb6);
    assert_eq!((get(&mut board, STATUS), get(&mut board, 0xd0)), (IM_UPDATE, 0));
    board.wait_ns(1_999_999);
    set(&mut board, CTRL_MEAS, ONCE_NORMAL);
    assert_eq!(get(&mut board, STATUS), IM_UPDATE);
    board.wait_ns(1);
    assert_eq!((get(&mut board, STATUS), get(&mut board, 0xd0)), (0, 0x60));
    assert_eq!(board.read(CHIP, CTRL_HUM), [0; 4]);
    board.wait_ns(1_000_000_000);
    assert_eq!(data(&mut board), RESET_DATA, "it sleeps");
}

#[test]
fn a_write_is_pairs_of_register_and_data_without_auto_increment() {
    let mut board = example();
    // A last register without data only moves the address counter.
    board.write(CHIP, &[CTRL_MEAS, ONCE_SLEEP, CTRL_HUM, 0xff, CONFIG]).unwrap();
    assert_eq!(board.read(CHIP, CTRL_HUM), [0b111, 0, ONCE_SLEEP, 0, 0]);
    board.write(CHIP, &[CONFIG, 0xff]).unwrap();
    assert_eq!(get(&mut board, CONFIG), 0b1111_1101, "bit 1 does not exist");
}

#[test]
fn read_only_and_missing_registers_ignore_writes() {
    let mut board = example();
    for register in (0x00..=0xff).filter(|r| ![0xe0, CTRL_HUM, CTRL_MEAS, CONFIG].contains(r)) {
        let before = get(&mut board, register);
        set(&mut board, register, !before);
        assert_eq!(get(&mut board, register), before, "{register:#x}");
    }
}

#[test]
fn config_is_not_writable_in_normal_mode() {
    let mut board = example();
    set(&mut board, CONFIG, 0b1010_0000);
    set(&mut board, CTRL_MEAS, ONCE_NORMAL);
    board.wait_ns(DRY_NS);
    set(&mut board, CONFIG, 0);
    assert_eq!(get(&mut board, CONFIG), 0b1010_0000);
    set(&mut board, CTRL_MEAS, 0);
    set(&mut board, CONFIG, 0);
    assert_eq!(get(&mut board, CONFIG), 0);
}

#[test]
fn the_filter_averages_keeps_its_memory_over_skips_and_forgets_when_config_is_written() {
    let at = |raw| Options { temperature: Value::Raw(raw), ..Options::default() };
    let (mut board, chip) = chip(&at(100_000));
    let measure = |board: &mut Board, ctrl_meas| {
        set(board, CTRL_MEAS, ctrl_meas);
        board.wait_ns(DRY_NS);
        raw(board).0
    };
    set(&mut board, CONFIG, 0b0000_0100); // coefficient 2
    assert_eq!(measure(&mut board, ONCE_FORCED), 100_000, "the first one passes");
    chip.lock().unwrap().set_temperature(Value::Raw(200_001), board.now_ns()).unwrap();
    assert_eq!(measure(&mut board, ONCE_FORCED), 150_001, "(100000 + 200001) / 2, in 20 bits");
    assert_eq!(measure(&mut board, 0b0000_0101), 0x80000, "skipped");
    assert_eq!(measure(&mut board, ONCE_FORCED), 175_001, "(150000.5 + 200001) / 2");
    set(&mut board, CONFIG, 0b0000_0100);
    assert_eq!(measure(&mut board, ONCE_FORCED), 200_001, "the first one again");
}

#[test]
fn a_climate_out_of_range_leaves_the_chip_in_the_old_one() {
    let (mut board, chip) = chip(&Options::default());
    assert!(chip.lock().unwrap().set_temperature(Value::Physical(85.5), 0).is_err());
    assert!(chip.lock().unwrap().set_pressure(Value::Physical(f64::NAN), 0).is_err());
    assert!(chip.lock().unwrap().set_humidity(Value::Raw(0x10000), 0).is_err());
    set(&mut board, CTRL_HUM, 1);
    set(&mut board, CTRL_MEAS, ONCE_FORCED);
    board.wait_ns(ONCE_NS);
    assert_eq!(data(&mut board), EXAMPLE_DATA);
}
