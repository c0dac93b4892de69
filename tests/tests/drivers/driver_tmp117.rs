//! The `tmp117` driver, which is async, as a component on a simulated board.

use periplasm_tests::{BusFault, DeviceError, Rig};

/// TI SNOSD82D, table 7-1, has -25 °C as F380h.
const BOARD: &str = r#"
backend = "sim"

[input-pin.ready]

[input-pin.cut]
level = "high"

[i2c.bus]
allow = [0x48, 0x49]

[[i2c.bus.devices]]
model = "tmp117"
address = 0x48
temperature = -25.0
pins = { alert = "ready" }
"#;

fn rig(address: u8, pin: &str, board: &str) -> Rig {
    let slots = format!(
        "bus = {{ i2c = \"bus\", address = {address:#04x} }}\nalert = {{ input-pin = \"{pin}\" }}"
    );
    Rig::driver("drivers/tmp117", &slots, board)
}

#[test]
fn it_gives_the_answer_of_the_datasheet_when_the_pin_says_so() {
    let mut rig = rig(0x48, "ready", BOARD);
    for _ in 0..3 {
        let begin = rig.machine.clock().now_ns();
        assert_eq!(rig.temperature().unwrap(), Ok(-25_000));
        // Eight averaged conversions, table 7-7; nothing else takes time here.
        assert_eq!(rig.machine.clock().now_ns() - begin, 125_000_000);
    }
}

#[test]
fn a_pin_that_is_not_connected_is_an_end_of_the_wait() {
    let mut rig = rig(0x48, "cut", BOARD);
    let begin = rig.machine.clock().now_ns();
    assert_eq!(rig.temperature().unwrap(), Err(DeviceError::NotReady));
    assert_eq!(rig.machine.clock().now_ns() - begin, 500_000_000);
}

#[test]
fn a_chip_that_is_not_there_is_an_error_of_the_bus() {
    let mut rig = rig(0x49, "ready", BOARD);
    let gone = Err(DeviceError::Bus(BusFault::NoAcknowledge));
    assert_eq!(rig.temperature().unwrap(), gone);
}

#[test]
fn a_chip_that_disappears_is_an_error_and_is_back_when_it_is() {
    let fault = "fault = { kind = \"no-acknowledge\", after = 4, times = 1 }\n";
    let mut rig = rig(0x48, "ready", &format!("{BOARD}{fault}"));
    let gone = Err(DeviceError::Bus(BusFault::NoAcknowledge));
    assert_eq!(rig.temperature().unwrap(), gone);
    assert_eq!(rig.temperature().unwrap(), Ok(-25_000));
}
