//! The `lm75` driver as a component, on a simulated board.

use periplasm_tests::{BusFault, DeviceError, Rig};

/// Negative to the sign bit, which NXP's LM75B datasheet (revision 6.1, table
/// 10) has as 0xE700: -25 °C.
const BOARD: &str = r#"
backend = "sim"

[i2c.bus]
allow = [0x48, 0x49]

[[i2c.bus.devices]]
model = "lm75"
address = 0x48
temperature = -25.0

[[i2c.bus.devices]]
model = "registers"
address = 0x49
contents = [0x7d, 0x00]
"#;

#[test]
fn it_gives_the_answer_of_the_datasheet() {
    let mut rig = Rig::driver("drivers/lm75", "bus = { i2c = \"bus\", address = 0x48 }", BOARD);
    assert_eq!(rig.temperature().unwrap(), Ok(-25_000));
}

#[test]
fn it_reads_the_chip_that_its_slot_was_granted() {
    // A register file with the datasheet's code for +125 °C.
    let mut rig = Rig::driver("drivers/lm75", "bus = { i2c = \"bus\", address = 0x49 }", BOARD);
    assert_eq!(rig.temperature().unwrap(), Ok(125_000));
}

#[test]
fn a_10_bit_address_is_an_error_of_the_request_and_not_a_panic() {
    let board = BOARD.replace("allow = [0x48, 0x49]", "allow-ten-bit = [0x48]");
    let slots = "bus = { i2c = \"bus\", ten-bit-address = 0x48 }";
    let mut rig = Rig::driver("drivers/lm75", slots, &board);
    assert_eq!(rig.temperature().unwrap(), Err(DeviceError::Bus(BusFault::Other)));
}
