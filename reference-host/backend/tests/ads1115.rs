//! The ADS1115 model against TI SBAS444E, and the unmodified driver `ads1x1x`
//! over it.

mod support;

use std::sync::{Arc, Mutex};

use ads1x1x::{Ads1x1x, ComparatorQueue, DataRate16Bit, FullScaleRange, TargetAddr, channel};
use periplasm_backend::native::NativeI2c;
use periplasm_backend::sim::models::ads1115::{Ads1115, Options};
use periplasm_backend::sim::{self, Net, Nets, VirtualClock, Wiring};
use periplasm_backend::{Clock, Level, SharedI2c};
use support::{Board, seven};

const CHIP: u16 = 0x48;

const CONVERSION: u8 = 0;
const CONFIG: u8 = 1;
const LOW: u8 = 2;
const HIGH: u8 = 3;

/// 1/128 s, and 25 µs to wake up.
const SINGLE_NS: u64 = 7_812_500 + 25_000;

fn chip(microvolts: [i32; 4]) -> (Board, Arc<Mutex<Ads1115>>, Net) {
    let nets = Nets::new();
    let wiring = Wiring::new(&nets, [("alert".into(), "ready".into())].into());
    let (board, chip) = Board::with(Ads1115::new(&Options { microvolts }, &wiring).unwrap());
    (board, chip, nets.net("ready"))
}

fn configure(board: &mut Board, config: u16) {
    let [high, low] = config.to_be_bytes();
    board.write(CHIP, &[CONFIG, high, low]).unwrap();
}

fn read(board: &mut Board, register: u8) -> u16 {
    u16::from_be_bytes(board.read(CHIP, register))
}

/// One conversion with this configuration; the code.
fn convert(board: &mut Board, config: u16) -> u16 {
    configure(board, config | 0x8100);
    board.wait_ns(SINGLE_NS);
    read(board, CONVERSION)
}

#[test]
fn registers_are_as_documented_after_a_reset() {
    // Table 8-1 and section 8.1.4.
    let (mut board, ..) = chip([0; 4]);
    assert_eq!(read(&mut board, CONVERSION), 0x0000);
    assert_eq!(read(&mut board, CONFIG), 0x8583);
    assert_eq!(read(&mut board, LOW), 0x8000);
    assert_eq!(read(&mut board, HIGH), 0x7fff);
}

#[test]
fn codes_are_those_of_the_table_in_every_range() {
    // Table 7-3: the code for FS (2^15 - 1) / 2^15, FS / 2^15, 0, -FS / 2^15, -FS.
    let ranges = [6_144_000, 4_096_000, 2_048_000, 1_024_000, 512_000, 256_000];
    for (pga, full_scale) in (0_u16..).zip(ranges) {
        // AIN0 against AIN1, with AIN1 in the middle so that both signs fit.
        let middle = 2_500_000;
        for (numerator, expected) in
            [(32_767, 0x7fff), (1, 0x0001), (0, 0x0000), (-1, 0xffff), (-32_768, 0x8000)]
        {
            let microvolts = (f64::from(full_scale) * f64::from(numerator) / 32_768.0).round();
            let plus = middle + microvolts as i32;
            if !(-300_000..=5_800_000).contains(&plus) {
                continue;
            }
            let (mut board, ..) = chip([plus, middle, 0, 0]);
            let code = convert(&mut board, pga << 9 | 0x0083);
            assert_eq!(code, expected, "{numerator} / 32768 of {full_scale} µV");
        }
    }
}

#[test]
fn the_multiplexer_takes_the_inputs_of_table_8_3() {
    let volts = [1_000_000, 200_000, 30_000, 4_000];
    let differences = [800_000, 996_000, 196_000, 26_000, 1_000_000, 200_000, 30_000, 4_000];
    for (mux, expected) in (0_u16..).zip(differences) {
        let (mut board, ..) = chip(volts);
        // ±2.048 V: steps of 62.5 µV.
        let code = convert(&mut board, mux << 12 | 2 << 9 | 0x0083);
        assert_eq!(f64::from(code) * 62.5, f64::from(expected), "MUX {mux:03b}");
    }
}

#[test]
fn a_single_conversion_takes_its_time_and_the_next_needs_to_be_asked_for() {
    for (rate, samples) in (0_u16..).zip([8, 16, 32, 64, 128, 250, 475, 860]) {
        let (mut board, chip, _) = chip([1_000_000, 0, 0, 0]);
        configure(&mut board, 0x8503 | rate << 5);
        board.wait_ns(25_000 + 1_000_000_000 / samples - 1);
        assert_eq!(read(&mut board, CONFIG) & 0x8000, 0, "{samples} SPS: still converting");
        assert_eq!(read(&mut board, CONVERSION), 0);
        board.wait_ns(1);
        assert_eq!(read(&mut board, CONFIG) & 0x8000, 0x8000, "{samples} SPS: done");
        assert_eq!(read(&mut board, CONVERSION), 16_000);
        chip.lock().unwrap().set_microvolts([0; 4], board.now_ns()).unwrap();
        board.wait_ns(10_000_000_000);
        assert_eq!(read(&mut board, CONVERSION), 16_000, "powered down");
    }
}

#[test]
fn new_settings_count_from_the_next_conversion_in_continuous_mode() {
    let (mut board, ..) = chip([1_000_000, 0, 0, 500_000]);
    configure(&mut board, 0x4483);
    board.wait_ns(SINGLE_NS - 1);
    configure(&mut board, 0x7483);
    board.wait_ns(1);
    assert_eq!(read(&mut board, CONVERSION), 16_000, "AIN0");
    board.wait_ns(7_812_500);
    assert_eq!(read(&mut board, CONVERSION), 8_000, "AIN3");
    // Years later it still converts.
    board.wait_ns(10_u64.pow(17));
    assert_eq!(read(&mut board, CONFIG), 0x7483, "OS reads 0");
}

#[test]
fn the_comparator_asserts_after_its_queue_and_ends_below_the_low_threshold() {
    let (mut board, chip, alert) = chip([1_000_000, 0, 0, 0]);
    // 15 000 and 14 000 steps of 62.5 µV; two conversions in a row.
    board.write(CHIP, &[HIGH, 0x3a, 0x98]).unwrap();
    board.write(CHIP, &[LOW, 0x36, 0xb0]).unwrap();
    configure(&mut board, 0x4481);
    let level_after = |board: &Board, ns| {
        board.wait_ns(ns);
        alert.level(board.now_ns())
    };
    assert_eq!(level_after(&board, SINGLE_NS), Level::High, "one is not two");
    assert_eq!(level_after(&board, 7_812_500), Level::Low, "nobody spoke to the chip");
    let at = |microvolts, now| chip.lock().unwrap().set_microvolts([microvolts, 0, 0, 0], now);
    at(900_000, board.now_ns()).unwrap();
    assert_eq!(level_after(&board, 20_000_000), Level::Low, "between the thresholds");
    at(800_000, board.now_ns()).unwrap();
    assert_eq!(level_after(&board, 7_812_500), Level::High);
}

#[test]
fn a_latched_window_comparator_waits_for_a_read() {
    let (mut board, chip, alert) = chip([100_000, 0, 0, 0]);
    board.write(CHIP, &[HIGH, 0x3a, 0x98]).unwrap();
    board.write(CHIP, &[LOW, 0x36, 0xb0]).unwrap();
    // Window, latching, active high, one conversion.
    configure(&mut board, 0x449c);
    assert_eq!(alert.level(board.now_ns()), Level::Low);
    board.wait_ns(SINGLE_NS);
    assert_eq!(alert.level(board.now_ns()), Level::High);
    chip.lock().unwrap().set_microvolts([900_000, 0, 0, 0], board.now_ns()).unwrap();
    board.wait_ns(100_000_000);
    assert_eq!(alert.level(board.now_ns()), Level::High, "latched");
    read(&mut board, CONVERSION);
    assert_eq!(alert.level(board.now_ns()), Level::Low);
}

#[test]
fn the_pin_pulses_for_8_microseconds_when_continuous_conversions_are_ready() {
    let (mut board, _, alert) = chip([0; 4]);
    board.write(CHIP, &[HIGH, 0x80, 0x00]).unwrap();
    board.write(CHIP, &[LOW, 0x00, 0x00]).unwrap();
    configure(&mut board, 0x44e0);
    let period = 1_000_000_000 / 860;
    board.wait_ns(25_000 + 3 * period);
    let now = board.now_ns();
    assert_eq!(alert.level(now), Level::Low);
    assert_eq!(alert.falls(now), 3);
    let (fell, _) = alert.edge(alert.edges(now) - 3, now).unwrap();
    let (rose, _) = alert.edge(alert.edges(now) - 2, now).unwrap();
    assert_eq!(rose - fell, 8_000);
}

fn driver(volts: [i32; 4]) -> (Arc<VirtualClock>, NativeI2c) {
    let clock = Arc::new(VirtualClock::new());
    let mut bus = sim::Bus::new(clock.clone());
    let chip = Ads1115::new(&Options { microvolts: volts }, &Wiring::default()).unwrap();
    bus.attach_target(seven(CHIP), Box::new(chip), None).unwrap();
    (clock, NativeI2c::new(SharedI2c::new(bus)))
}

#[test]
fn the_driver_converts_the_inputs_it_is_asked_for() {
    let (clock, i2c) = driver([1_000_000, -250_000, 3_300_000, 62]);
    let mut adc = Ads1x1x::new_ads1115(i2c, TargetAddr::default());
    let until_ready = |result: &mut dyn FnMut() -> nb::Result<i16, _>| loop {
        match result() {
            Err(nb::Error::WouldBlock) => clock.delay_ns(100_000),
            other => return other.map_err(|_: nb::Error<ads1x1x::Error<_>>| ()),
        }
    };
    assert_eq!(until_ready(&mut || adc.read(channel::SingleA0)), Ok(16_000));
    assert_eq!(until_ready(&mut || adc.read(channel::SingleA1)), Ok(-4_000));
    assert_eq!(until_ready(&mut || adc.read(channel::SingleA2)), Ok(0x7fff));
    assert_eq!(until_ready(&mut || adc.read(channel::DifferentialA0A1)), Ok(20_000));
    adc.set_full_scale_range(FullScaleRange::Within6_144V).unwrap();
    adc.set_data_rate(DataRate16Bit::Sps8).unwrap();
    assert_eq!(until_ready(&mut || adc.read(channel::SingleA2)), Ok(17_600));
    assert!(clock.now_ns() >= 125_000_000, "8 samples a second");
}

#[test]
fn the_driver_sets_up_the_pin_and_continuous_mode() {
    let (clock, i2c) = driver([1_000_000, 0, 0, 0]);
    let mut adc = Ads1x1x::new_ads1115(i2c, TargetAddr::default());
    adc.set_comparator_queue(ComparatorQueue::One).unwrap();
    adc.use_alert_rdy_pin_as_ready().unwrap();
    let Ok(mut adc) = adc.into_continuous() else { panic!("it does not change its mode") };
    clock.delay_ns(SINGLE_NS);
    assert_eq!(adc.read().unwrap(), 16_000);
}
