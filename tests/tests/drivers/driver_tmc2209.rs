//! The `tmc2209` driver as a component, on a simulated board.

use std::sync::{Arc, Mutex};

use periplasm_tests::{DeviceError, Rig, build};

const MOTOR: &str = "periplasm:device/motor@0.1.0";
const SLOTS: &str = "line = { serial = \"line\" }";
const BOARD: &str = "backend = 'sim'\n[serial.line]\nmodel = 'tmc2209'\n";

fn drive(rig: &mut Rig, speed: i16) -> Result<(), DeviceError> {
    rig.call::<_, (Result<(), DeviceError>,)>(MOTOR, "drive", (speed,)).unwrap().0
}

#[test]
fn every_write_is_counted_by_the_chip_and_what_it_is_told_is_the_datasheets() {
    let seen = Arc::new(Mutex::new(String::new()));
    let sink = Arc::clone(&seen);
    let mut rig = Rig::start(build::driver("drivers/tmc2209", SLOTS), BOARD, |machine| {
        machine.traced(move |_, entry| sink.lock().unwrap().push_str(&format!("{entry}\n")))
    });
    for speed in [1000, -500, 0] {
        assert_eq!(drive(&mut rig, speed), Ok(()));
    }
    let braked = rig.call::<_, (Result<(), DeviceError>,)>(MOTOR, "brake", ()).unwrap().0;
    assert_eq!(braked, Ok(()));
    assert_eq!(drive(&mut rig, -1001), Err(DeviceError::InvalidData));
    // A write of VACTUAL (22h) with 2237: 1600 microsteps · 2²⁴ / 12 MHz a second.
    let seen = seen.lock().unwrap().replace(' ', "");
    assert!(seen.contains("0500a2000008bd"), "{seen}");
}

#[test]
fn a_line_on_which_another_chip_or_none_answers_is_an_error() {
    let elsewhere = format!("{BOARD}address = 1\n");
    let mut rig = Rig::driver("drivers/tmc2209", SLOTS, &elsewhere);
    assert_eq!(drive(&mut rig, 1), Err(DeviceError::NotReady));
}
