//! The `mpu6050` driver, which is on embedded-hal 0.2, as a component on a
//! simulated board.

use periplasm_tests::{BusFault, DeviceError, Rig};
use wasmtime::component::{ComponentType, Lift};

const MOTION: &str = "periplasm:device/motion@0.1.0";

const BOARD: &str = r#"
backend = "sim"

[i2c.bus]
allow = [0x68, 0x69]

[[i2c.bus.devices]]
model = "mpu6050"
address = 0x69
acceleration = [0.5, -1.0, 1.5]
temperature = 35.0

[[i2c.bus.devices]]
model = "registers"
address = 0x68
"#;

/// mm/s².
#[derive(ComponentType, Lift, Debug, PartialEq)]
#[component(record)]
struct Vector {
    x: i32,
    y: i32,
    z: i32,
}

fn rig(address: u8) -> Rig {
    let slots = format!("bus = {{ i2c = \"bus\", address = {address:#04x} }}");
    Rig::driver("drivers/mpu6050", &slots, BOARD)
}

fn acceleration(rig: &mut Rig) -> Result<Vector, DeviceError> {
    rig.call::<_, (Result<Vector, DeviceError>,)>(MOTION, "acceleration", ()).unwrap().0
}

#[test]
fn it_gives_the_sensitivities_of_the_specification_in_millimetres() {
    // PS-MPU-6000A, section 6.2: 16384 steps are 1 g, that is 9.80665 m/s².
    let mut rig = rig(0x69);
    assert_eq!(acceleration(&mut rig), Ok(Vector { x: 4_903, y: -9_807, z: 14_710 }));
}

#[test]
fn it_gives_the_temperature_of_the_specification() {
    // Section 6.3: -521 at 35 °C; the register map rounds that to 34.998 °C.
    let mut rig = rig(0x69);
    let found = rig.temperature().unwrap().unwrap();
    assert!((34_994..=35_003).contains(&found), "{found}");
}

#[test]
fn a_chip_of_another_identity_is_refused() {
    assert_eq!(acceleration(&mut rig(0x68)), Err(DeviceError::InvalidData));
}

#[test]
fn a_chip_that_disappears_is_an_error_of_the_bus() {
    let board = BOARD.replacen(
        "address = 0x69",
        "address = 0x69\nfault = { kind = \"disappears\", after = 9 }",
        1,
    );
    let slots = "bus = { i2c = \"bus\", address = 0x69 }";
    let mut rig = Rig::driver("drivers/mpu6050", slots, &board);
    let mut found = vec![];
    for _ in 0..3 {
        found.push(acceleration(&mut rig).err());
    }
    assert_eq!(found.last(), Some(&Some(DeviceError::Bus(BusFault::NoAcknowledge))));
    assert_eq!(found[0], None, "one reading before it was gone");
}
