//! Turns a motor: its arguments are speeds in percent, each for a second and
//! negative ones backwards; then it brakes. Without arguments it goes there and
//! back.

use std::process::ExitCode;
use std::time::Duration;

use bindings::periplasm::device::motor;
use periplasm_app::{Error, describe};

periplasm_app::app!();

fn main() -> ExitCode {
    let mut percent = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.parse::<i16>() {
            Ok(speed @ -100..=100) => percent.push(speed),
            _ => {
                eprintln!("`{argument}` is no speed: give percent, -100 to 100");
                return ExitCode::from(2);
            }
        }
    }
    let turned = if percent.is_empty() { turn(&[50, -50], 0) } else { turn(&percent, 1) };
    match turned {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the motor does not turn: {}", describe(&error));
            ExitCode::FAILURE
        }
    }
}

fn turn(percent: &[i16], seconds: u64) -> Result<(), Error> {
    for speed in percent {
        motor::drive(speed * 10)?;
        println!("{speed} %");
        std::thread::sleep(Duration::from_secs(seconds));
    }
    motor::brake()?;
    println!("brake");
    Ok(())
}
