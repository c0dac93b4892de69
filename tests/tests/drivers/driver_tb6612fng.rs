//! The `tb6612fng` driver as a component, on a simulated board.

use std::sync::{Arc, Mutex};

use periplasm_host::Board;
use periplasm_tests::{DeviceError, Rig, app, build, ok, root};

const MOTOR: &str = "periplasm:device/motor@0.1.0";

const SLOTS: &str = "in1 = { output-pin = \"in1\" }\nin2 = { output-pin = \"in2\" }\n\
                     standby = { output-pin = \"standby\" }\nspeed = { pwm = \"speed\" }";

const BOARD: &str = r#"
backend = "sim"

[output-pin.in1]

[output-pin.in2]

[output-pin.standby]

[pwm.speed]
max-duty = 1000
"#;

/// A rig, and what is written down of its hardware.
fn rig(board: &str) -> (Rig, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let rig = Rig::start(build::driver("drivers/tb6612fng", SLOTS), board, |machine| {
        machine.traced(move |name, entry| sink.lock().unwrap().push(format!("{name}: {entry}")))
    });
    (rig, seen)
}

fn drive(rig: &mut Rig, speed: i16) -> Result<(), DeviceError> {
    rig.call::<_, (Result<(), DeviceError>,)>(MOTOR, "drive", (speed,)).unwrap().0
}

/// The last that was seen of each of the four wires.
fn last(seen: &Mutex<Vec<String>>) -> [String; 4] {
    let seen = seen.lock().unwrap();
    ["in1", "in2", "standby", "speed"].map(|name| {
        let prefix = format!("{name}: ");
        let found = seen.iter().rev().find_map(|line| line.strip_prefix(&prefix));
        found.unwrap_or("nothing").to_owned()
    })
}

#[test]
fn the_pins_are_those_of_the_datasheets_table() {
    let (mut rig, seen) = rig(BOARD);
    // "H-SW control function": IN1 and IN2 for CW, CCW, stop.
    for (speed, in1, in2, duty) in
        [(600, "high", "low", "600"), (-1000, "low", "high", "1000"), (0, "low", "low", "0")]
    {
        assert_eq!(drive(&mut rig, speed), Ok(()));
        let [a, b, standby, pulses] = last(&seen);
        assert!(a.contains(in1) && b.contains(in2), "{speed}: {a}, {b}");
        assert!(standby.contains("high"), "{standby}");
        assert!(pulses.contains(duty), "{speed}: {pulses}");
    }
    assert_eq!(drive(&mut rig, 1001), Err(DeviceError::InvalidData));
    let braked = rig.call::<_, (Result<(), DeviceError>,)>(MOTOR, "brake", ()).unwrap().0;
    assert_eq!(braked, Ok(()));
    let [a, b, ..] = last(&seen);
    assert!(a.contains("high") && b.contains("high"), "{a}, {b}");
}

#[test]
fn the_motor_pipeline_goes_there_and_back() {
    let board = ok(Board::load(root().join("compose/pipelines/motor/board.toml")));
    let ran = app::run("compose/pipelines/motor/pipeline.toml", &board, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "50 %\n-50 %\nbrake\n"), "{}", ran.stderr);
}
