//! The DS1307 model against Maxim 19-5225, and the unmodified driver `ds1307`
//! over it.

mod support;

use std::sync::Arc;

use ds1307::{DateTimeAccess, Hours, NaiveDate, NaiveDateTime, Rtcc};
use periplasm_backend::native::NativeI2c;
use periplasm_backend::sim::models::ds1307::{Ds1307, Options};
use periplasm_backend::sim::{self, Net, Nets, VirtualClock, Wiring};
use periplasm_backend::{Clock, SharedI2c};
use support::{Board, seven};

const CHIP: u16 = 0x48;
const SECOND: u64 = 1_000_000_000;

fn showing(date_time: &str) -> Options {
    Options { date_time: Some(date_time.into()) }
}

fn board(options: &Options) -> (Board, Net) {
    let nets = Nets::new();
    let wiring = Wiring::new(&nets, [("sqw".into(), "sqw".into())].into());
    (Board::with(Ds1307::new(options, &wiring).unwrap()).0, nets.net("sqw"))
}

#[test]
fn it_stands_still_after_the_first_power_up_until_ch_is_cleared() {
    // "Clock and calendar": 01/01/00 01 00:00:00 with CH set; control 03h.
    let (mut board, _) = board(&Options::default());
    board.wait_ns(90 * SECOND);
    assert_eq!(board.read(CHIP, 0), [0x80, 0, 0, 1, 1, 1, 0, 0x03]);
    board.write(CHIP, &[0, 0x00]).unwrap();
    board.wait_ns(90 * SECOND);
    assert_eq!(board.read(CHIP, 0), [0x30, 0x01, 0, 1, 1, 1, 0]);
}

#[test]
fn it_counts_over_the_ends_of_months_years_and_leap_years_to_2099() {
    for (from, to) in [
        ("2026-02-28 23:59:59", [0x00, 0x00, 0x00, 2, 0x01, 0x03, 0x26]),
        ("2028-02-28 23:59:59", [0x00, 0x00, 0x00, 2, 0x29, 0x02, 0x28]),
        ("2000-02-29 23:59:59", [0x00, 0x00, 0x00, 2, 0x01, 0x03, 0x00]),
        ("2026-04-30 23:59:59", [0x00, 0x00, 0x00, 2, 0x01, 0x05, 0x26]),
        ("2026-12-31 23:59:59", [0x00, 0x00, 0x00, 2, 0x01, 0x01, 0x27]),
        ("2099-12-31 23:59:59", [0x00, 0x00, 0x00, 2, 0x01, 0x01, 0x00]),
        ("2026-11-21 09:59:59", [0x00, 0x00, 0x10, 1, 0x21, 0x11, 0x26]),
    ] {
        let (mut board, _) = board(&showing(from));
        board.wait_ns(SECOND);
        assert_eq!(board.read(CHIP, 0), to, "after {from}");
    }
    // Five years with one leap day are 1826 days: six days over whole weeks.
    let (mut board, _) = board(&showing("2025-01-01 00:00:00"));
    board.wait_ns(1_826 * 86_400 * SECOND);
    assert_eq!(board.read(CHIP, 0), [0, 0, 0, 7, 0x01, 0x01, 0x30]);
}

#[test]
fn hours_of_twelve_are_those_of_table_2() {
    for (hour, expected) in [(0, 0x52), (1, 0x41), (11, 0x51), (12, 0x72), (13, 0x61), (23, 0x71)] {
        let (mut board, _) = board(&showing(&format!("2026-11-21 {hour:02}:00:00")));
        let [hours] = board.read(CHIP, 2);
        assert_eq!(hours, ((hour / 10) << 4) | (hour % 10));
        board.write(CHIP, &[2, expected]).unwrap();
        assert_eq!(board.read(CHIP, 2), [expected]);
        board.wait_ns(3_600 * SECOND);
        let next = [0x41, 0x42, 0x72, 0x61, 0x62, 0x52];
        let place = [0, 1, 11, 12, 13, 23].iter().position(|h| *h == hour).unwrap();
        assert_eq!(board.read(CHIP, 2), [next[place]], "an hour after {hour}");
    }
}

#[test]
fn a_write_of_the_seconds_starts_them_anew() {
    let (mut board, _) = board(&showing("2026-11-21 12:00:00"));
    board.wait_ns(SECOND - 1);
    board.write(CHIP, &[0, 0x10]).unwrap();
    board.wait_ns(SECOND - 1);
    assert_eq!(board.read(CHIP, 0), [0x10]);
    board.wait_ns(1);
    assert_eq!(board.read(CHIP, 0), [0x11]);
}

#[test]
fn memory_follows_the_clock_and_wraps_around_to_it() {
    // "Address map": RAM is 08h to 3Fh.
    let (mut board, _) = board(&showing("2026-11-21 12:34:56"));
    board.write(CHIP, &[0x3e, 0xaa, 0xbb]).unwrap();
    assert_eq!(board.read(CHIP, 0x3e), [0xaa, 0xbb, 0x56, 0x34, 0x12]);
}

#[test]
fn the_pin_has_its_level_or_falls_every_second() {
    use periplasm_backend::Level::{High, Low};
    let (mut board, sqw) = board(&showing("2026-11-21 12:00:00"));
    assert_eq!(sqw.level(board.now_ns()), Low, "OUT is 0");
    board.write(CHIP, &[7, 0x80]).unwrap();
    assert_eq!(sqw.level(board.now_ns()), High);
    board.write(CHIP, &[7, 0x10]).unwrap();
    board.wait_ns(10 * SECOND);
    assert_eq!(sqw.falls(board.now_ns()), 11, "one at once, and nobody spoke to the chip");
}

#[test]
fn a_date_that_there_is_not_is_refused() {
    for wrong in ["2026-02-29 00:00:00", "1999-12-31 00:00:00", "2026-1-1 0:0:0", "now", ""] {
        let error = Ds1307::new(&showing(wrong), &Wiring::default()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("`date-time` is \"{wrong}\", but must be")), "{error}");
    }
}

#[test]
fn the_driver_sets_and_reads_the_clock() {
    let clock = Arc::new(VirtualClock::new());
    let mut bus = sim::Bus::new(clock.clone());
    let chip = Ds1307::new(&Options::default(), &Wiring::default()).unwrap();
    bus.attach_target(seven(0x68), Box::new(chip), None).unwrap();
    let mut rtc = ds1307::Ds1307::new(NativeI2c::new(SharedI2c::new(bus)));
    assert!(!rtc.running().unwrap());
    let at = |y, m, d, hour, minute, second| -> NaiveDateTime {
        NaiveDate::from_ymd_opt(y, m, d).unwrap().and_hms_opt(hour, minute, second).unwrap()
    };
    rtc.set_datetime(&at(2028, 2, 28, 23, 59, 58)).unwrap();
    rtc.set_running().unwrap();
    clock.delay_ns(3 * SECOND);
    assert_eq!(rtc.datetime().unwrap(), at(2028, 2, 29, 0, 0, 1));
    rtc.set_hours(Hours::PM(1)).unwrap();
    assert_eq!(rtc.datetime().unwrap(), at(2028, 2, 29, 13, 0, 1));
    rtc.write_ram(3, &[1, 2, 3]).unwrap();
    let mut bytes = [0; 3];
    rtc.read_ram(3, &mut bytes).unwrap();
    assert_eq!(bytes, [1, 2, 3]);
}
