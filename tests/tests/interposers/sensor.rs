//! The crates.io driver `bme280`, which knows of nothing.

use periplasm_tests::{BusFault, DeviceError, build, root};

use super::{Behind, interposer};

const DRIVER: &str = "drivers/bme280";
const REQUEST: &str = "i2c = \"environment\", address = 0x76";

/// What the driver reads and writes: chip, calibration, control, measurement.
const ALL: &str = "read = \"0x88..=0xa1, 0xd0, 0xe1..=0xe7, 0xf2..=0xfe\", \
                   write = \"0xe0, 0xf2..=0xf5\"";

fn board() -> String {
    std::fs::read_to_string(root().join("compose/pipelines/weather/board.toml")).unwrap()
}

#[track_caller]
fn behind(between: &[&str]) -> Behind {
    Behind::start(DRIVER, REQUEST, between, &board())
}

#[test]
fn a_driver_and_its_wires_notice_nothing() {
    let mut plain = behind(&[]);
    let (logger, recorder) = (interposer("i2c-logger", ""), interposer("i2c-recorder", ""));
    let filter = interposer("i2c-filter", ALL);
    let fast = interposer("i2c-limiter", "per-second = 1_000_000_000");
    let expected = (plain.rig.temperature().unwrap(), plain.rig.pressure().unwrap());
    assert_eq!(expected.0, Ok(25_082));
    for between in [
        &[logger.as_str()][..],
        &[&recorder],
        &[&filter],
        &[&logger, &filter],
        &[&recorder, &filter, &logger],
    ] {
        let mut one = behind(between);
        let found = (one.rig.temperature().unwrap(), one.rig.pressure().unwrap());
        assert_eq!(found, expected, "{between:?}");
        assert_eq!(one.wires(), plain.wires(), "{between:?}");
    }
    // It waits a nanosecond now and then.
    let mut one = behind(&[&fast]);
    assert_eq!((one.rig.temperature().unwrap(), one.rig.pressure().unwrap()), expected);
    let acts = |of: &Behind| of.wires().into_iter().map(|entry| entry.act).collect::<Vec<_>>();
    assert_eq!(acts(&one), acts(&plain));
}

#[test]
fn the_request_is_of_the_last_and_the_driver_has_none() {
    let slot = format!("bus = {{ {REQUEST}, through = {} }}", interposer("i2c-logger", ""));
    let pipeline = periplasm_host::Pipeline::from_bytes(build::driver(DRIVER, &slot)).unwrap();
    let slots: Vec<String> = pipeline.slots().iter().map(|slot| slot.import().to_owned()).collect();
    assert!(slots.contains(&"i2clogger-bus".to_owned()), "{slots:?}");
    assert!(!slots.contains(&"device-bus".to_owned()), "{slots:?}");
}

#[test]
fn a_logger_tells_every_transaction() {
    let mut one = behind(&[&interposer("i2c-logger", "")]);
    one.rig.temperature().unwrap().unwrap();
    let (log, wires) = (one.log(), one.wires());
    assert_eq!(log.len(), wires.len());
    assert_eq!(log[0], "i2clogger: 0x76 write d0, read 60");
}

#[test]
fn faults_pass_through_unchanged() {
    for (kind, answer) in [
        ("no-acknowledge", BusFault::NoAcknowledge),
        ("arbitration-loss", BusFault::ArbitrationLoss),
        ("stuck-bus", BusFault::Bus),
    ] {
        let fault = format!("address = 0x76\nfault = {{ kind = {kind:?}, after = 12, times = 2 }}");
        let board = board().replace("address = 0x76", &fault);
        let (logger, recorder) = (interposer("i2c-logger", ""), interposer("i2c-recorder", ""));
        let mut plain = Behind::start(DRIVER, REQUEST, &[], &board);
        let mut one = Behind::start(
            DRIVER,
            REQUEST,
            &[&logger, &interposer("i2c-filter", ALL), &recorder],
            &board,
        );
        let readings =
            |of: &mut Behind| -> Vec<_> { (0..4).map(|_| of.rig.temperature().unwrap()).collect() };
        let expected = readings(&mut plain);
        assert!(expected.contains(&Err(DeviceError::Bus(answer))), "{kind}: {expected:?}");
        assert_eq!(readings(&mut one), expected, "{kind}");
        assert_eq!(one.wires(), plain.wires(), "{kind}");
    }
}

#[test]
fn a_recorder_tells_what_led_to_a_fault_and_each_line_once() {
    let fault = "address = 0x76\nfault = { kind = \"no-acknowledge\", after = 12, times = 1 }";
    let board = board().replace("address = 0x76", fault);
    let recorder = interposer("i2c-recorder", "keep = 3");
    let mut one = Behind::start(DRIVER, REQUEST, &[&recorder], &board);
    while one.rig.temperature().unwrap().is_ok() {}
    let log = one.log();
    assert_eq!(log.len(), 4, "{log:#?}");
    assert_eq!(log[0], "i2crecorder: a transaction failed; the last 3:");
    assert!(log[3].ends_with(": nobody answers"), "{log:#?}");
    one.rig.temperature().unwrap().unwrap();
    assert_eq!(one.log().len(), 4, "nothing more failed");
}

#[test]
fn a_filter_keeps_what_is_denied_off_the_wires() {
    // The driver resets the chip at first, by register 0xe0.
    let filter = interposer("i2c-filter", "read = \"0x80..=0xff\", write = \"0xf2..=0xf5\"");
    let mut one = behind(&[&filter]);
    let denied = DeviceError::Bus(BusFault::NoAcknowledge);
    assert_eq!(one.rig.temperature().unwrap(), Err(denied));
    assert!(one.log().iter().any(|line| line.contains("0x76 may not write register 0xe0")));
    let reset = "w e0";
    let wires: Vec<String> = one.wires().iter().map(ToString::to_string).collect();
    assert!(!wires.iter().any(|line| line.contains(reset)), "{wires:#?}");
}

#[test]
fn a_filter_without_settings_lets_nothing_through() {
    let mut one = behind(&[&interposer("i2c-filter", "")]);
    one.rig.temperature().unwrap().unwrap_err();
    assert_eq!(one.wires(), []);
}

#[test]
fn settings_that_cannot_be_read_end_the_stage_in_words() {
    let mut one = behind(&[&interposer("i2c-filter", "allow = \"0xd0..0xf7\"")]);
    let error = one.rig.temperature().unwrap_err();
    assert_eq!(error.stage.as_deref(), Some("i2cfilter"));
    assert!(error.to_string().contains("0xd0..=0xf7"), "{error}");
}

#[test]
fn a_limiter_makes_transactions_wait_for_their_turn() {
    let mut one = behind(&[&interposer("i2c-limiter", "per-second = 100")]);
    one.rig.temperature().unwrap().unwrap();
    one.rig.temperature().unwrap().unwrap();
    let starts: Vec<u64> = one.wires().iter().map(|entry| entry.at_ns).collect();
    assert!(starts.len() > 10);
    for pair in starts.windows(2) {
        assert!(pair[1] - pair[0] >= 10_000_000, "{starts:?}");
    }
}
