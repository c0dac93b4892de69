//! The `ds1307` driver as a component, on a simulated board.

use periplasm_tests::{BusFault, DeviceError, Rig};
use wasmtime::component::{ComponentType, Lift, Lower};

const CLOCK: &str = "periplasm:device/clock@0.1.0";

const BOARD: &str = r#"
backend = "sim"

[i2c.bus]
allow = [0x68]

[[i2c.bus.devices]]
model = "ds1307"
address = 0x68
"#;

#[derive(ComponentType, Lift, Lower, Clone, Copy, Debug, PartialEq)]
#[component(record)]
struct DateTime {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

const LEAP: DateTime = DateTime { year: 2028, month: 2, day: 28, hour: 23, minute: 59, second: 59 };

fn rig(board: &str) -> Rig {
    Rig::driver("drivers/ds1307", "bus = { i2c = \"bus\", address = 0x68 }", board)
}

fn now(rig: &mut Rig) -> Result<DateTime, DeviceError> {
    rig.call::<_, (Result<DateTime, DeviceError>,)>(CLOCK, "now", ()).unwrap().0
}

fn set(rig: &mut Rig, to: DateTime) -> Result<(), DeviceError> {
    rig.call::<_, (Result<(), DeviceError>,)>(CLOCK, "set", (to,)).unwrap().0
}

#[test]
fn a_clock_that_was_never_set_is_not_ready_and_runs_once_it_is() {
    // Maxim 19-5225: the oscillator stands still after the first power-up, and
    // February of a leap year has 29 days.
    let mut rig = rig(BOARD);
    assert_eq!(now(&mut rig), Err(DeviceError::NotReady));
    assert_eq!(set(&mut rig, LEAP), Ok(()));
    assert_eq!(now(&mut rig), Ok(LEAP));
    rig.machine.clock().delay_ns(1_000_000_000);
    let after = DateTime { year: 2028, month: 2, day: 29, hour: 0, minute: 0, second: 0 };
    assert_eq!(now(&mut rig), Ok(after));
}

#[test]
fn a_clock_with_a_battery_goes_on() {
    let mut rig = rig(&format!("{BOARD}date-time = \"2028-02-28 23:59:59\"\n"));
    assert_eq!(now(&mut rig), Ok(LEAP));
}

#[test]
fn a_date_that_there_is_not_or_that_it_cannot_keep_is_refused() {
    let mut rig = rig(&format!("{BOARD}date-time = \"2028-02-28 23:59:59\"\n"));
    for wrong in [
        DateTime { year: 2027, day: 29, ..LEAP },
        DateTime { year: 1999, ..LEAP },
        DateTime { year: 2100, ..LEAP },
        DateTime { month: 13, ..LEAP },
        DateTime { hour: 24, ..LEAP },
        DateTime { second: 60, ..LEAP },
    ] {
        assert_eq!(set(&mut rig, wrong), Err(DeviceError::InvalidData), "{wrong:?}");
    }
    assert_eq!(now(&mut rig), Ok(LEAP), "nothing was set");
}

#[test]
fn a_chip_that_is_not_there_is_an_error_of_the_bus() {
    let board = BOARD.replace("address = 0x68", "address = 0x69").replace("[0x68]", "[0x68, 0x69]");
    let gone = DeviceError::Bus(BusFault::NoAcknowledge);
    assert_eq!(now(&mut rig(&board)), Err(gone));
}
