//! The `ads1x1x` driver as a component, on a simulated board.

use periplasm_tests::{BusFault, DeviceError, Rig};

const ADC: &str = "periplasm:device/adc@0.1.0";

const BOARD: &str = r#"
backend = "sim"

[i2c.bus]
allow = [0x48, 0x4b, 0x50]

[[i2c.bus.devices]]
model = "ads1115"
address = 0x4b
microvolts = [3_300_000, 187, 5_500_000, -300_000]
"#;

fn rig(address: u8, board: &str) -> Rig {
    let slots = format!("bus = {{ i2c = \"bus\", address = {address:#04x} }}");
    Rig::driver("drivers/ads1x1x", &slots, board)
}

fn microvolts(rig: &mut Rig, input: u8) -> Result<i32, DeviceError> {
    rig.call::<_, (Result<i32, DeviceError>,)>(ADC, "microvolts", (input,)).unwrap().0
}

#[test]
fn it_gives_the_ideal_codes_of_the_datasheet_as_voltages() {
    // TI SBAS444E, table 7-3, in the range of ±6.144 V: a code is 187.5 µV, so
    // 3.3 V is 17600, and 187 µV the code 1.
    let mut rig = rig(0x4b, BOARD);
    assert_eq!(rig.call::<_, (u8,)>(ADC, "inputs", ()).unwrap().0, 4);
    let found: Vec<_> = (0..5).map(|input| microvolts(&mut rig, input)).collect();
    let expected =
        [Ok(3_300_000), Ok(187), Ok(5_499_937), Ok(-300_000), Err(DeviceError::InvalidData)];
    assert_eq!(found, expected);
}

#[test]
fn a_chip_that_is_not_there_is_an_error_of_the_bus() {
    let mut rig = rig(0x48, BOARD);
    assert_eq!(microvolts(&mut rig, 0), Err(DeviceError::Bus(BusFault::NoAcknowledge)));
}

#[test]
fn an_address_that_the_chip_cannot_have_is_an_error_of_the_request() {
    let mut rig = rig(0x50, BOARD);
    assert_eq!(microvolts(&mut rig, 0), Err(DeviceError::Bus(BusFault::Other)));
}

#[test]
fn it_goes_on_when_the_chip_is_back() {
    // The range is set and the first question answered; the second is not.
    let fault = "fault = { kind = \"no-acknowledge\", after = 2, times = 1 }\n";
    let mut rig = rig(0x4b, &format!("{BOARD}{fault}"));
    assert_eq!(microvolts(&mut rig, 0), Err(DeviceError::Bus(BusFault::NoAcknowledge)));
    assert_eq!(microvolts(&mut rig, 0), Ok(3_300_000));
}
