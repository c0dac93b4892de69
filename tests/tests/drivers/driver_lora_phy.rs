//! The `lora-phy` driver, all of it async, as a component on a simulated board.

use periplasm_tests::{DeviceError, Rig};
use wasmtime::component::{ComponentType, Lift};

const RADIO: &str = "periplasm:device/radio@0.1.0";

const SLOTS: &str = "radio = { spi = \"radio\" }\nreset = { output-pin = \"reset\" }\n\
                     busy = { input-pin = \"busy\" }\ndio1 = { input-pin = \"dio1\" }";

const BOARD: &str = r#"
backend = "sim"

[spi.radio]
model = "sx1262"
rssi = -80
snr = 7
packets = [{ at-ms = 500, text = "hello" }]
pins = { reset = "reset", busy = "busy", dio1 = "dio1" }

[output-pin.reset]
initial = "high"

[input-pin.busy]

[input-pin.dio1]
"#;

#[derive(ComponentType, Lift, Debug, PartialEq)]
#[component(record)]
struct Packet {
    data: Vec<u8>,
    rssi: i32,
    snr: i32,
}

fn send(rig: &mut Rig, data: &[u8]) -> Result<(), DeviceError> {
    rig.call::<_, (Result<(), DeviceError>,)>(RADIO, "send", (data,)).unwrap().0
}

fn receive(rig: &mut Rig, timeout_ms: u32) -> Result<Option<Packet>, DeviceError> {
    type Received = (Result<Option<Packet>, DeviceError>,);
    rig.call::<_, Received>(RADIO, "receive", (timeout_ms,)).unwrap().0
}

#[test]
fn sending_takes_the_time_on_air_of_the_datasheet() {
    let mut rig = Rig::driver("drivers/lora-phy", SLOTS, BOARD);
    // Set up, once.
    send(&mut rig, b"").unwrap();
    let before = rig.machine.clock().now_ns();
    send(&mut rig, b"thirteen byte").unwrap();
    // Section 6.1.4, SF7, 125 kHz, 4/5: 46.336 ms; and the commands before.
    let passed = rig.machine.clock().now_ns() - before;
    assert!((46_336_000..47_500_000).contains(&passed), "{passed}");
    assert_eq!(send(&mut rig, &[0; 256]), Err(DeviceError::InvalidData));
}

#[test]
fn it_hears_the_packet_that_comes_while_it_listens() {
    let mut rig = Rig::driver("drivers/lora-phy", SLOTS, BOARD);
    assert_eq!(receive(&mut rig, 100), Ok(None));
    let heard = Packet { data: b"hello".to_vec(), rssi: -80_000, snr: 7_000 };
    assert_eq!(receive(&mut rig, 1_000), Ok(Some(heard)));
    assert_eq!(receive(&mut rig, 1_000), Ok(None));
}

#[test]
fn a_chip_that_stays_busy_is_not_waited_for() {
    let stuck = BOARD
        .replace("busy = \"busy\", ", "")
        .replace("[input-pin.busy]", "[input-pin.busy]\nlevel = \"high\"");
    let mut rig = Rig::driver("drivers/lora-phy", SLOTS, &stuck);
    assert_eq!(receive(&mut rig, 1), Err(DeviceError::NotReady));
}
