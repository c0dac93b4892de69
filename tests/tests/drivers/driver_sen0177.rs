//! The `sen0177` driver as a component, on a simulated board.

use periplasm_tests::{BusFault, DeviceError, Rig};
use wasmtime::component::{ComponentType, Lift};

const AIR: &str = "periplasm:device/air-quality@0.1.0";

const BOARD: &str = r#"
backend = "sim"

[serial.air]
model = "pms"
pm1 = 12
pm2-5 = 345
pm10 = 678
"#;

#[derive(ComponentType, Lift, Debug, PartialEq)]
#[component(record)]
struct Particles {
    pm1: u16,
    #[component(name = "pm2-5")]
    pm2_5: u16,
    pm10: u16,
}

fn read(rig: &mut Rig) -> Result<Particles, DeviceError> {
    rig.call::<_, (Result<Particles, DeviceError>,)>(AIR, "read", ()).unwrap().0
}

fn rig(board: &str) -> Rig {
    Rig::driver("drivers/sen0177", "port = { serial = \"air\" }", board)
}

#[test]
fn it_reads_a_frame_a_second() {
    let mut rig = rig(BOARD);
    for seconds in 1..4 {
        assert_eq!(read(&mut rig), Ok(Particles { pm1: 12, pm2_5: 345, pm10: 678 }));
        assert_eq!(rig.machine.clock().now_ns(), seconds * 1_000_000_000);
    }
}

#[test]
fn a_spoilt_frame_is_an_error_and_the_next_is_read() {
    let mut rig = rig(&format!("{BOARD}spoil-every = 2\n"));
    let found = [(); 3].map(|()| read(&mut rig).is_ok());
    assert_eq!(found, [true, false, true]);
}

#[test]
fn a_sensor_that_says_nothing_is_not_ready_and_one_that_is_pulled_out_is_gone() {
    let silent = "backend = 'sim'\n[serial.air]\nmodel = 'tmc2209'\n";
    assert_eq!(read(&mut rig(silent)), Err(DeviceError::NotReady));
    let gone = format!("{BOARD}fault = {{ kind = \"disappears\" }}\n");
    assert_eq!(read(&mut rig(&gone)), Err(DeviceError::Gone));
    let noisy = format!("{BOARD}fault = {{ kind = \"noise\", times = 1 }}\n");
    let mut rig = rig(&noisy);
    assert_eq!(read(&mut rig), Err(DeviceError::Bus(BusFault::Bus)));
    assert!(read(&mut rig).is_ok());
}
