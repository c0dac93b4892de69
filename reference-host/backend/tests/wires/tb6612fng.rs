//! The TB6612FNG model against its datasheet, and with `tb6612fng`.

use embedded_hal::digital::OutputPin;
use periplasm_backend::Level;
use periplasm_backend::sim::models::tb6612fng::{Channel, Mode, Output, mode};
use tb6612fng::{DriveCommand, Motor, MotorError};

use crate::cable::{Bench, Duty};

#[test]
fn it_follows_the_table_of_the_datasheet() {
    use Output::{High as H, Low as L, Off};
    // "H-SW control function": IN1, IN2, PWM, STBY; OUT1, OUT2.
    for (in1, in2, pwm, standby, outputs, expected) in [
        (true, true, true, true, (L, L), Mode::ShortBrake),
        (true, true, false, true, (L, L), Mode::ShortBrake),
        (false, true, true, true, (L, H), Mode::Counterclockwise),
        (false, true, false, true, (L, L), Mode::ShortBrake),
        (true, false, true, true, (H, L), Mode::Clockwise),
        (true, false, false, true, (L, L), Mode::ShortBrake),
        (false, false, true, true, (Off, Off), Mode::Stop),
        (true, false, true, false, (Off, Off), Mode::Standby),
        (false, false, false, false, (Off, Off), Mode::Standby),
    ] {
        let found = mode(in1, in2, pwm, standby);
        assert_eq!((found, found.outputs()), (expected, outputs), "{in1} {in2} {pwm} {standby}");
    }
}

#[test]
fn the_tb6612fng_driver_turns_brakes_and_stops_the_motor() {
    let bench = Bench::default();
    let channel = Channel::new(&bench.wiring(&["in1", "in2", "stby"]));
    let duty = Duty::default();
    let mut motor = Motor::new(bench.pin("in1"), bench.pin("in2"), duty.clone()).unwrap();
    let drive = || channel.drive(f64::from(*duty.0.lock().unwrap()) / 1000.0, bench.now_ns());

    motor.drive(DriveCommand::Forward(60)).unwrap();
    // Asleep until standby is high.
    assert_eq!((channel.mode(Level::High, 0), drive()), (Mode::Standby, 0.0));
    bench.pin("stby").set_high().unwrap();
    assert_eq!((channel.mode(Level::High, 0), drive()), (Mode::Clockwise, 0.6));
    motor.drive(DriveCommand::Backward(100)).unwrap();
    assert_eq!((channel.mode(Level::High, 0), drive()), (Mode::Counterclockwise, -1.0));
    motor.drive(DriveCommand::Brake).unwrap();
    assert_eq!((channel.mode(Level::Low, 0), drive()), (Mode::ShortBrake, 0.0));
    motor.drive(DriveCommand::Stop).unwrap();
    assert_eq!((channel.mode(Level::High, 0), drive()), (Mode::Stop, 0.0));
    assert_eq!(motor.drive(DriveCommand::Forward(101)), Err(MotorError::InvalidSpeed));
}
