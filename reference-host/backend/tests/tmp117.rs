//! The TMP117 model against TI SNOSD82D, and the unmodified driver `tmp117` over
//! it.

mod support;

use std::sync::{Arc, Mutex};

use periplasm_backend::native::{NativeDelay, NativeI2c, NativeInput, block_on};
use periplasm_backend::sim::models::tmp117::{Options, Tmp117};
use periplasm_backend::sim::{self, Input, InputConfig, Net, Nets, VirtualClock, Wiring, World};
use periplasm_backend::{Clock, Level, SharedI2c};
use support::{Board, device, seven};
use tmp117::register::Average;

const CHIP: u16 = 0x48;

const RESULT: u8 = 0x00;
const CONFIGURATION: u8 = 0x01;
const HIGH_LIMIT: u8 = 0x02;
const LOW_LIMIT: u8 = 0x03;
const UNLOCK: u8 = 0x04;
const EEPROM1: u8 = 0x05;
const OFFSET: u8 = 0x07;

const ONE_SHOT: u16 = 0x0c00;
const MILLISECOND: u64 = 1_000_000;

fn chip(temperature: f64) -> (Board, Arc<Mutex<Tmp117>>, Net) {
    let nets = Nets::new();
    let wiring = Wiring::new(&nets, [("alert".into(), "alert".into())].into());
    let (board, chip) = Board::with(Tmp117::new(&Options { temperature }, &wiring).unwrap());
    (board, chip, nets.net("alert"))
}

fn write(board: &mut Board, register: u8, word: u16) {
    let [high, low] = word.to_be_bytes();
    board.write(CHIP, &[register, high, low]).unwrap();
}

fn read(board: &mut Board, register: u8) -> u16 {
    u16::from_be_bytes(board.read(CHIP, register))
}

/// One conversion without averaging; the result.
fn convert(board: &mut Board) -> u16 {
    write(board, CONFIGURATION, ONE_SHOT);
    board.wait_ns(15_500_000);
    read(board, RESULT)
}

#[test]
fn registers_are_as_documented_after_a_reset() {
    // Table 7-3. The result is -256 °C until something was measured.
    let (mut board, ..) = chip(25.0);
    for (register, expected) in [
        (RESULT, 0x8000),
        (CONFIGURATION, 0x0220),
        (HIGH_LIMIT, 0x6000),
        (LOW_LIMIT, 0x8000),
        (UNLOCK, 0x0000),
        (OFFSET, 0x0000),
        (0x0f, 0x0117),
    ] {
        assert_eq!(read(&mut board, register), expected, "register {register:#04x}");
    }
}

#[test]
fn temperatures_read_as_in_table_7_1() {
    for (celsius, expected) in [
        (-25.0, 0xf380),
        (-0.125, 0xfff0),
        (-0.007_812_5, 0xffff),
        (0.0, 0x0000),
        (0.007_812_5, 0x0001),
        (0.125, 0x0010),
        (1.0, 0x0080),
        (25.0, 0x0c80),
        (100.0, 0x3200),
    ] {
        let (mut board, ..) = chip(celsius);
        assert_eq!(convert(&mut board), expected, "{celsius} °C");
    }
}

#[test]
fn an_offset_is_added_and_stops_at_the_ends_of_the_table() {
    // The last line of table 7-1: 255.9921 °C, 7FFFh.
    for (celsius, offset, expected) in
        [(25.0, 0xff80, 0x0c00), (150.0, 0x7000, 0x7fff), (-55.0, 0x8000, 0x8000)]
    {
        let (mut board, ..) = chip(celsius);
        write(&mut board, OFFSET, offset);
        assert_eq!(convert(&mut board), expected);
    }
}

#[test]
fn conversions_come_in_the_cycles_of_table_7_7() {
    let cycles = [
        [15_500, 125_000, 500_000, 1_000_000],
        [125_000, 125_000, 500_000, 1_000_000],
        [250_000, 250_000, 500_000, 1_000_000],
        [500_000, 500_000, 500_000, 1_000_000],
        [1_000_000; 4],
        [4_000_000; 4],
        [8_000_000; 4],
        [16_000_000; 4],
    ];
    let conversions_us = [15_500, 125_000, 500_000, 1_000_000];
    for (conv, row) in (0_u16..).zip(cycles) {
        for (avg, cycle_us) in (0_u16..).zip(row) {
            let (mut board, ..) = chip(25.0);
            write(&mut board, CONFIGURATION, conv << 7 | avg << 5);
            // The first ends after the conversion itself.
            board.wait_ns(conversions_us[usize::from(avg)] * 1_000);
            assert_eq!(read(&mut board, RESULT), 0x0c80);
            for _ in 0..2 {
                board.wait_ns(cycle_us * 1_000 - 1);
                assert_eq!(read(&mut board, CONFIGURATION) & 0x2000, 0, "CONV {conv} AVG {avg}");
                board.wait_ns(1);
                assert_ne!(read(&mut board, CONFIGURATION) & 0x2000, 0, "CONV {conv} AVG {avg}");
            }
        }
    }
}

#[test]
fn data_ready_is_said_once_by_the_flag_and_by_the_pin() {
    let (mut board, _, alert) = chip(25.0);
    write(&mut board, CONFIGURATION, ONE_SHOT | 0x0004);
    board.wait_ns(15_500_000 - 1);
    assert_eq!(alert.level(board.now_ns()), Level::High);
    board.wait_ns(1);
    assert_eq!(alert.level(board.now_ns()), Level::Low, "nobody spoke to the chip");
    // MOD is "shut down" again (section 7.4.3).
    assert_eq!(read(&mut board, CONFIGURATION), 0x2404);
    assert_eq!(alert.level(board.now_ns()), Level::High);
    assert_eq!(read(&mut board, CONFIGURATION), 0x0404);
}

#[test]
fn alerts_stay_until_they_are_read_and_therm_has_a_hysteresis() {
    let (mut board, chip, alert) = chip(25.0);
    write(&mut board, HIGH_LIMIT, 0x0f00); // 30 °C
    write(&mut board, LOW_LIMIT, 0x0a00); // 20 °C
    let set = |board: &Board, celsius| {
        chip.lock().unwrap().set_temperature(celsius, board.now_ns()).unwrap();
        board.wait_ns(16 * MILLISECOND);
        alert.level(board.now_ns())
    };
    write(&mut board, CONFIGURATION, 0x0000);
    assert_eq!(set(&board, 30.0), Level::High, "not above");
    assert_eq!(set(&board, 31.0), Level::Low);
    assert_eq!(set(&board, 25.0), Level::Low, "until it is read");
    assert_eq!(read(&mut board, CONFIGURATION) & 0xc000, 0x8000);
    assert_eq!(set(&board, 25.0), Level::High);
    assert_eq!(set(&board, 19.0), Level::Low);
    assert_eq!(read(&mut board, CONFIGURATION) & 0xc000, 0x4000);

    write(&mut board, CONFIGURATION, 0x0010);
    assert_eq!(set(&board, 31.0), Level::Low);
    read(&mut board, CONFIGURATION);
    assert_eq!(set(&board, 25.0), Level::Low, "above the low limit");
    assert_eq!(set(&board, 19.0), Level::High);
}

#[test]
fn what_is_programmed_survives_a_reset_and_takes_its_time() {
    let (mut board, ..) = chip(25.0);
    write(&mut board, EEPROM1, 0x1111);
    write(&mut board, UNLOCK, 0x8000);
    write(&mut board, OFFSET, 0x0080);
    assert_eq!(read(&mut board, UNLOCK), 0xc000);
    assert_eq!(read(&mut board, CONFIGURATION) & 0x1000, 0x1000);
    write(&mut board, HIGH_LIMIT, 0x1234);
    board.wait_ns(7 * MILLISECOND);
    assert_eq!(read(&mut board, UNLOCK), 0x8000);
    assert_eq!(read(&mut board, HIGH_LIMIT), 0x6000, "written while it was busy");

    write(&mut board, CONFIGURATION, 0x0002);
    assert_eq!(read(&mut board, OFFSET), 0x0080);
    assert_eq!(read(&mut board, UNLOCK), 0x0000);
    // It was unlocked after EEPROM1 was written, and stored it with the offset.
    assert_eq!(read(&mut board, EEPROM1), 0x0000, "only what is written is programmed");
}

#[test]
fn the_blocking_driver_reads_the_datasheets_temperatures() {
    for celsius in [-25.0, -0.125, 0.0, 1.0, 25.0, 100.0] {
        let clock = Arc::new(VirtualClock::new());
        let mut bus = sim::Bus::new(clock.clone());
        let chip = Tmp117::new(&Options { temperature: celsius }, &Wiring::default()).unwrap();
        bus.attach_target(seven(CHIP), Box::new(chip), None).unwrap();
        let i2c = NativeI2c::new(SharedI2c::new(bus));
        let mut driver = tmp117::Tmp117::new(i2c, 0x48, NativeDelay::new(clock.clone()));
        let id = driver.id().unwrap();
        assert_eq!((id.device, id.revision), (0x117, 0));
        driver.reset().unwrap();
        for average in [Average::NoAverage, Average::Avg64] {
            assert_eq!(f64::from(driver.oneshot(average).unwrap()), celsius);
        }
    }
}

#[test]
fn the_async_driver_waits_for_the_pin() {
    let clock = Arc::new(VirtualClock::new());
    let world = World::new(clock.clone());
    let mut bus = sim::Bus::on(&world);
    let table = "model = 'tmp117'\naddress = 0x48\ntemperature = -25.0\n\
                 pins = { alert = 'alert' }";
    bus.attach(&device(table)).unwrap();
    let alert = Input::new(&world, "alert", &InputConfig::default()).unwrap();
    let i2c = NativeI2c::new(SharedI2c::new(bus));
    let delay = NativeDelay::new(clock.clone());
    let mut driver =
        tmp117::asynchronous::Tmp117::new_alert(i2c, 0x48, NativeInput::new(alert), delay);
    for (average, ms) in [(Average::Avg8, 125), (Average::Avg64, 1_000)] {
        let begin = clock.now_ns();
        let celsius = block_on(&*clock, driver.oneshot(average)).unwrap();
        assert_eq!(celsius, -25.0);
        // No transaction takes time here: all of it was the conversion.
        assert_eq!(clock.now_ns() - begin, ms * MILLISECOND);
    }
}
