//! Reads a thermometer and prints each reading: once, or as many times as its
//! first argument says, one second apart. A failed reading is printed and the
//! next one tried: sensors come and go.

use std::process::ExitCode;
use std::time::Duration;

use bindings::periplasm::device::thermometer;
use periplasm_app::{decimal, describe};

periplasm_app::app!();

fn main() -> ExitCode {
    let times = match std::env::args().nth(1).map(|n| n.parse::<u32>()) {
        None => 1,
        Some(Ok(times)) => times,
        Some(Err(error)) => {
            eprintln!("the argument is the number of readings: {error}");
            return ExitCode::from(2);
        }
    };
    let mut failed = false;
    for reading in 0..times {
        if reading > 0 {
            std::thread::sleep(Duration::from_secs(1));
        }
        match thermometer::temperature() {
            Ok(milli_celsius) => println!("{} °C", decimal(milli_celsius.into(), 2)),
            Err(error) => {
                eprintln!("no reading: {}", describe(&error));
                failed = true;
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
