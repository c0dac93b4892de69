//! The `bme280` driver as a component, on a simulated board.

use periplasm_tests::{BusFault, DeviceError, Rig, root};

const SLOTS: &str = "bus = { i2c = \"environment\", address = 0x76 }";

fn board() -> String {
    std::fs::read_to_string(root().join("compose/pipelines/weather/board.toml")).unwrap()
}

#[test]
fn it_gives_the_answers_of_the_datasheet() {
    // BST-BMP280-DS001 section 3.12: 25.08 °C, 100653.27 Pa. The driver counts
    // in single precision, so the last digits are its own.
    let mut rig = Rig::driver("drivers/bme280", SLOTS, &board());
    assert_eq!(rig.temperature().unwrap(), Ok(25_082));
    let pressure = rig.pressure().unwrap().unwrap();
    assert!(pressure.abs_diff(100_653_270) < 50, "{pressure} milli-Pa");
    let humidity = rig.humidity().unwrap().unwrap();
    assert!(humidity.abs_diff(50_151) < 2, "{humidity} milli-%");
}

#[test]
fn another_chip_at_its_address_is_invalid_data() {
    let board = "backend = \"sim\"\n[i2c.environment]\nallow = [0x76]\n\
                 [[i2c.environment.devices]]\nmodel = \"registers\"\naddress = 0x76\n";
    let mut rig = Rig::driver("drivers/bme280", SLOTS, board);
    assert_eq!(rig.temperature().unwrap(), Err(DeviceError::InvalidData));
}

#[test]
fn a_chip_that_went_away_and_came_back_is_set_up_again() {
    // Init takes 10 transactions and a reading 4: it is gone in the second one.
    let fault = "address = 0x76\nfault = { kind = \"no-acknowledge\", after = 15, times = 3 }";
    let mut rig = Rig::driver("drivers/bme280", SLOTS, &board().replace("address = 0x76", fault));
    let gone = Err(DeviceError::Bus(BusFault::NoAcknowledge));
    let readings: Vec<_> = (0..6).map(|_| rig.temperature().unwrap()).collect();
    assert_eq!(readings, [Ok(25_082), gone, gone, gone, Ok(25_082), Ok(25_082)]);
}
