//! Hardware that one stage gives to another: a motor whose pins and pulses are
//! registers of an expander (`tests/guests/{motor,expander}`).

use std::sync::{Arc, Mutex};

use embedded_hal::i2c::I2c;
use periplasm_backend::Level;
use periplasm_backend::native::NativeI2c;
use periplasm_backend::trace::Act;
use periplasm_host::Pipeline;
use periplasm_tests::{DeviceError, Rig, build, ok};

const MOTOR: &str = "periplasm:device/motor@0.1.0";

/// A board with an expander with `contents` in its registers: two outputs, the
/// fault input, the duty cycle.
fn board(contents: [u8; 4]) -> String {
    format!(
        "backend = \"sim\"\n[output-pin.enable]\n[i2c.control]\nallow = [0x20]\n\
         [[i2c.control.devices]]\nmodel = \"registers\"\naddress = 0x20\ncontents = {contents:?}\n"
    )
}

fn winch(contents: [u8; 4]) -> Rig {
    let pipeline = build::pipeline("tests/guests/motor/pipeline.toml");
    Rig::start(pipeline, &board(contents), |machine| machine)
}

fn drive(rig: &mut Rig, speed: i16) -> Result<(), DeviceError> {
    ok(rig.call::<_, (Result<(), DeviceError>,)>(MOTOR, "drive", (speed,))).0
}

/// What the expander's registers hold, past both stages.
fn registers(rig: &Rig) -> [u8; 4] {
    let mut contents = [0; 4];
    let mut bus = NativeI2c::new(ok(rig.machine.i2c("control")));
    bus.write_read(0x20_u8, &[0], &mut contents).unwrap();
    contents
}

#[test]
fn what_a_stage_drives_arrives_at_the_stage_that_gave_it() {
    let mut rig = winch([0; 4]);
    drive(&mut rig, 500).unwrap();
    assert_eq!(registers(&rig), [1, 0, 0, 100], "half of 200, forwards");
    drive(&mut rig, -1000).unwrap();
    assert_eq!(registers(&rig), [0, 1, 0, 200]);
    let braked: Result<(), DeviceError> =
        ok(rig.call::<_, (Result<(), DeviceError>,)>(MOTOR, "brake", ())).0;
    braked.unwrap();
    assert_eq!(registers(&rig), [1, 1, 0, 200]);
}

#[test]
fn what_it_reads_comes_from_there_too() {
    let mut rig = winch([0, 0, 1, 7]);
    assert_eq!(drive(&mut rig, 500), Err(DeviceError::NotReady), "the fault pin is high");
    assert_eq!(registers(&rig), [0, 0, 1, 7], "nothing was driven");
}

#[test]
fn an_expander_that_does_not_answer_is_an_error_of_the_pin() {
    let board = "backend = \"sim\"\n[output-pin.enable]\n[i2c.control]\nallow = [0x20]\n";
    let pipeline = build::pipeline("tests/guests/motor/pipeline.toml");
    let mut rig = Rig::start(pipeline, board, |machine| machine);
    assert_eq!(drive(&mut rig, 500), Err(DeviceError::NotReady));
}

/// The expander holds a pin of the board, of the kind that it gives.
#[test]
fn a_handle_of_the_board_and_one_of_a_stage_are_not_confused() {
    let seen: Arc<Mutex<Vec<(String, Act)>>> = Arc::default();
    let sink = seen.clone();
    let pipeline = build::pipeline("tests/guests/motor/pipeline.toml");
    let mut rig = Rig::start(pipeline, &board([0; 4]), |machine| {
        machine.traced(move |name, entry| {
            sink.lock().unwrap().push((name.to_owned(), entry.act.clone()));
        })
    });
    drive(&mut rig, 1000).unwrap();
    let seen = seen.lock().unwrap();
    let enabled = ("enable".to_owned(), Act::SetPin(Level::High, Ok(())));
    assert_eq!(seen.first(), Some(&enabled));
    assert!(seen[1..].iter().all(|(name, _)| name == "control"), "{seen:?}");
}

#[test]
fn only_the_giver_asks_the_board() {
    let bytes = build::pipeline("tests/guests/motor/pipeline.toml");
    let pipeline = ok(Pipeline::from_bytes(bytes));
    let mut slots: Vec<String> = pipeline.slots().iter().map(|slot| slot.import()).collect();
    slots.sort();
    assert_eq!(slots, ["expander-bus", "expander-diag", "expander-enable", "motor-diag"]);

    let motor = pipeline.stages().iter().find(|stage| stage.name() == "motor").unwrap();
    let mut taken: Vec<&str> = motor.wires().iter().map(|wire| wire.import.as_str()).collect();
    taken.sort();
    let interfaces = ["input-pin", "output-pin", "pwm"];
    let hal = interfaces.map(|interface| format!("periplasm:hal/{interface}@0.1.0"));
    let mut expected = vec!["fault", "in1", "in2", "speed"];
    expected.extend(hal.iter().map(String::as_str));
    expected.sort();
    assert_eq!(taken, expected);
}
