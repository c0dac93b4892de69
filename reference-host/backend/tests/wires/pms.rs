//! The PMS5003 model against its data manual, version 2.3, and with `sen0177`.

use periplasm_backend::sim::models::pms::{Options, Pms, frame};
use sen0177::serial::Sen0177;
use sen0177::{AirQualitySensor, SensorError};

use crate::cable::{Bench, Line};

const SECOND: u64 = 1_000_000_000;

#[test]
fn a_frame_is_laid_out_as_in_appendix_i() {
    let air =
        Options { pm1: 1, pm2_5: 0x0203, pm10: 4, counts: [5, 6, 7, 8, 9, 10], spoil_every: 0 };
    let expected = [
        0x42, 0x4d, 0, 28, 0, 1, 2, 3, 0, 4, 0, 1, 2, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0, 10,
        0, 0,
    ];
    let found = frame(&air);
    assert_eq!(found[..30], expected);
    // 42h + 4Dh + 28 + 2 · (1 + 2 + 3 + 4) + 5 + … + 10
    assert_eq!(u16::from_be_bytes([found[30], found[31]]), 0x42 + 0x4d + 28 + 20 + 45);
}

#[test]
fn it_sends_a_frame_a_second_and_stops_when_it_is_told_to() {
    let bench = Bench::default();
    let mut line = Line::new(&bench, Pms::new(&Options::default()));
    assert_eq!((line.take().len(), bench.now_ns()), (32, SECOND));
    assert_eq!((line.take().len(), bench.now_ns()), (32, 2 * SECOND));
    // Appendix II: passive mode, then a frame on request.
    line.send(&[0x42, 0x4d, 0xe1, 0x00, 0x00, 0x01, 0x70]);
    assert_eq!(line.take(), [0x42, 0x4d, 0, 4, 0xe1, 0, 0x01, 0x74]);
    bench.wait_ns(5 * SECOND);
    line.send(&[0x42, 0x4d, 0xe2, 0x00, 0x00, 0x01, 0x71]);
    assert_eq!((line.take().len(), bench.now_ns()), (32, 7 * SECOND));
    // Sleep ends with a start in active mode.
    line.send(&[0x42, 0x4d, 0xe4, 0x00, 0x00, 0x01, 0x73]);
    line.take();
    line.send(&[0x42, 0x4d, 0xe4, 0x00, 0x01, 0x01, 0x74]);
    assert_eq!((line.take().len(), bench.now_ns()), (32, 8 * SECOND));
}

#[test]
fn the_sen0177_driver_reads_the_air() {
    let bench = Bench::default();
    let air = Options { pm1: 12, pm2_5: 345, pm10: 6789, ..Options::default() };
    let mut driver = Sen0177::new(Line::new(&bench, Pms::new(&air)));
    let found = driver.read().unwrap();
    assert_eq!((found.pm1(), found.pm2_5(), found.pm10()), (12, 345, 6789));
    assert_eq!((found.particles_0_3(), found.particles_10()), (1122, 0));
    driver.read().unwrap();
    assert_eq!(bench.now_ns(), 2 * SECOND);
}

#[test]
fn the_sen0177_driver_reports_a_spoilt_frame_and_reads_the_next() {
    let bench = Bench::default();
    let air = Options { spoil_every: 2, ..Options::default() };
    let mut driver = Sen0177::new(Line::new(&bench, Pms::new(&air)));
    driver.read().unwrap();
    assert!(matches!(driver.read(), Err(SensorError::ChecksumMismatch)));
    driver.read().unwrap();
}
